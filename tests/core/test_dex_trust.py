"""A password goes to no host that its owner did not mean, and never in clear after https."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.auth.dex import Asked
from jupyter_kfp_connect.core.http import Answer

from .answers import HEALTHZ, ORIGIN, healthz, page, signed_out, to
from .fakes import connection
from .script import ARRIVAL, AUTH, CALLBACK, FORM, START, TO_FORM, Script
from .test_dex_refusals import fails

SSO = "https://sso.example.com"
FORM_HTML = (
    "<form method=post action='{}'><input name=login><input name=password type=password></form>"
)


def test_a_sign_in_elsewhere_stops_before_anything_is_sent_there() -> None:
    script = Script()
    problem = fails(script, to(START, f"{SSO}/auth?client_id=c"))
    assert problem.code == "other-login-host"
    assert problem.remedy_copy == SSO
    assert SSO in problem.remedy
    assert all(request.url.startswith(ORIGIN) for request in script.requests)


@pytest.mark.parametrize(
    ("there", "warns"),
    [
        ("http://dex.corp.example", True),
        ("https://dex.corp.example", False),
        ("http://localhost:5556", False),
    ],
)
def test_who_allows_a_sign_in_where_the_password_can_be_read_is_told_before(
    there: str, warns: bool
) -> None:
    problem = fails(Script(), to(START, f"{there}/auth?client_id=c"))
    assert problem.code == "other-login-host"
    assert problem.remedy_copy == there
    assert ("a password sent there can be read" in problem.remedy) is warns


@pytest.mark.parametrize(
    "target",
    [
        f"{SSO}/login",
        "//sso.example.com/login",
        "http://localhost:8081/login",
        "http://localhost.evil.example:8080/login",
    ],
)
def test_a_form_that_posts_elsewhere_gets_no_password(target: str) -> None:
    script = Script()
    problem = fails(script, *TO_FORM[:3], page(FORM, FORM_HTML.format(target)))
    assert problem.code == "other-login-host"
    assert script.posts == []


def test_a_connector_elsewhere_is_not_gone_to() -> None:
    script = Script(connector="sso")
    links = f'<a href="/dex/auth/local">l</a><a href="{SSO}/auth/sso">Log in with SSO</a>'
    problem = fails(script, TO_FORM[0], page(f"{AUTH}?x", links))
    assert problem.code == "other-login-host"


def test_an_approval_elsewhere_is_not_given() -> None:
    script = Script()
    at = f"{ORIGIN}/dex/approval?req=r"
    asks = page(at, f"<form action='{SSO}/x'><input name=approval value=approve></form>")
    problem = fails(script, *TO_FORM, to(FORM, at, status=303), asks)
    assert problem.code == "other-login-host"
    assert len(script.posts) == 1


@pytest.mark.parametrize("where", ["start", "callback"])
def test_a_first_redirect_elsewhere_is_not_followed(where: str) -> None:
    script = Script()
    if where == "start":
        problem = fails(script, first=to(HEALTHZ, f"{SSO}/auth"))
        assert script.requests == []
    else:
        problem = fails(script, *TO_FORM, to(FORM, f"{SSO}/callback", status=303))
    assert problem.code == "other-login-host"


def test_a_login_host_that_was_allowed_is_walked_through() -> None:
    script = Script(connection(login_hosts=[SSO], host="https://kf.example.com/pipeline"))
    kf = "https://kf.example.com"
    at = f"{kf}/pipeline/apis/v2beta1/healthz"
    end = script.run(
        to(f"{kf}/oauth2/start", f"{SSO}/auth/local/login"),
        page(f"{SSO}/auth/local/login", FORM_HTML.format("")),
        to(f"{SSO}/auth/local/login", f"{kf}/oauth2/callback?code=c", status=303),
        to(f"{kf}/oauth2/callback", at, "s=1; Path=/; Secure"),
        healthz(at),
        first=signed_out(at),
    )
    assert not isinstance(end, Asked)
    assert end.cookies.header(at) == "s=1"
    assert [request.url.startswith(SSO) for request in script.requests] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_an_allowed_host_allows_no_other() -> None:
    script = Script(connection(login_hosts=[SSO]))
    problem = fails(script, to(START, "https://deeper.sso.example.com/auth"))
    assert problem.code == "other-login-host"


class TestHttps:
    KF = "https://kf.example.com"
    AT = f"{KF}/pipeline/apis/v2beta1/healthz"

    def script(self, host: str = f"{KF}/pipeline", **fields: object) -> Script:
        return Script(connection(host=host, **fields))

    @pytest.mark.parametrize("target", ["http://kf.example.com/dex", "http://sso.example.com/"])
    def test_nothing_goes_from_https_to_plain_http(self, target: str) -> None:
        script = self.script(login_hosts=["http://sso.example.com"])
        start = to(f"{self.KF}/oauth2/start", target)
        problem = fails(script, start, first=signed_out(self.AT))
        assert problem.code == "downgrade-refused"
        assert len(script.requests) == 1

    def test_a_form_that_posts_in_clear_gets_no_password(self) -> None:
        script = self.script()
        form = page(
            f"{self.KF}/dex/auth/local/login", FORM_HTML.format("http://kf.example.com/dex/login")
        )
        start = to(f"{self.KF}/oauth2/start", "/dex/auth/local/login")
        problem = fails(script, start, form, first=signed_out(self.AT))
        assert problem.code == "downgrade-refused"
        assert script.posts == []

    def test_a_host_typed_with_http_may_sign_in_by_https(self) -> None:
        script = self.script("http://kf.example.com/pipeline")
        plain = "http://kf.example.com"
        start = to(f"{plain}/oauth2/start", f"{self.KF}/dex/auth/local/login")
        form = page(f"{self.KF}/dex/auth/local/login", FORM_HTML.format(""))
        wrong = page(f"{self.KF}/dex/auth/local/login", FORM_HTML.format(""), 401)
        at = f"{plain}/pipeline/apis/v2beta1/healthz"
        problem = fails(script, start, form, wrong, first=signed_out(at))
        assert problem.code == "wrong-password"
        assert script.posts[0].url.startswith("https://")


@pytest.mark.parametrize(
    "target", ["http://[broken", "http://h:port/", "javascript:alert(1)", "mailto:x", "file:///x"]
)
def test_a_link_that_is_no_address_ends_the_walk_with_a_reason(target: str) -> None:
    problem = fails(Script(), to(START, target))
    assert problem.code == "bad-answer"
    script = Script()
    form = page(FORM, FORM_HTML.format(target))
    assert fails(script, *TO_FORM[:3], form).code == "bad-answer"
    assert script.posts == []


def test_the_session_is_sent_to_no_host_but_its_own() -> None:
    script = Script()
    end = script.arrive(*TO_FORM, *ARRIVAL)
    assert end.cookies.header("http://evil.example/") is None


def test_a_login_by_a_page_that_clears_the_session_is_no_session() -> None:
    script = Script()
    gone = "oauth2_proxy_kubeflow=; Path=/; Max-Age=0"
    back = to(CALLBACK, HEALTHZ, gone)
    end = Answer(401, HEALTHZ, [("content-type", "application/json")], b"{}")
    problem = fails(script, *TO_FORM, ARRIVAL[0], back, end, end)
    assert problem.code == "no-way-in"
