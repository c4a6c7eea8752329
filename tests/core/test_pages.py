"""Pages of every make are read as a browser reads them."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.auth.front_door import (
    approval_form,
    connectors_on,
    password_form,
    start_form,
)
from jupyter_kfp_connect.core.cookies import Cookies
from jupyter_kfp_connect.core.pages import read_page

from .answers import CSRF, CSRF_GONE, HEALTHZ, ORIGIN, SESSION, as_json, page, recorded, to

DEX = f"{ORIGIN}/dex/auth"


def test_the_sign_in_page_of_oauth2_proxy_says_where_to_start() -> None:
    found = start_form(recorded("gateway-page-signed-out"))
    assert found == (f"{ORIGIN}/oauth2/start", {"rd": "/pipeline"})
    assert start_form(recorded("dex-login-page")) is None
    assert start_form(as_json(HEALTHZ, {})) is None


def test_the_form_of_dex_is_read_with_its_escapes_undone() -> None:
    form = password_form(recorded("dex-login-page"))
    assert form is not None
    assert form.action == "/dex/auth/local/login?back=&state=STATE"
    assert (form.text_field, form.password_field) == ("login", "password")
    assert form.method == "post"


def test_the_name_typed_before_is_in_the_form_after_a_wrong_password() -> None:
    form = password_form(recorded("dex-login-wrong-password"))
    assert form is not None
    assert form.fields["login"] == "user@example.com"


def test_the_connectors_are_read_off_the_page_in_its_order() -> None:
    chooser = page(
        f"{DEX}?client_id=x",
        """<a href="/dex/auth/ldap?client_id=x&amp;state=1"><span>Log in with LDAP</span></a>
        <a href="/dex/auth/corp-sso?client_id=x">Sign in via Corporate
        Login</a> <a href="/dex/auth/local?x">Log in with Email</a> <a href="/help">Help</a>
        <a href="/dex/auth/ldap?again">again</a> <a href="http://[broken">broken</a>""",
    )
    found = connectors_on(chooser)
    assert [(each.id, each.title) for each in found] == [
        ("ldap", "LDAP"),
        ("corp-sso", "Corporate Login"),
        ("local", "Email"),
    ]
    assert found[0].url == f"{DEX}/ldap?client_id=x&state=1"


def test_a_form_that_is_there_already_is_the_one_connector() -> None:
    (only,) = connectors_on(recorded("dex-login-page"))
    assert (only.id, only.title, only.url) == ("local", "Email", "")
    (ldap,) = connectors_on(page(f"{DEX}/ldap/login?state=1", "<form><input type=password name=p>"))
    assert ldap.id == "ldap"


@pytest.mark.parametrize("sign", ["\x1b", "\x9b", "\u202e", "\x07"])
def test_a_connector_whose_id_would_steer_a_terminal_is_not_offered(sign: str) -> None:
    chooser = page(
        f"{DEX}?client_id=x", f'<a href="{DEX}/a{sign}]0;x">A</a> <a href="{DEX}/ldap">B</a>'
    )
    assert [each.id for each in connectors_on(chooser)] == ["ldap"]
    form = "<form><input type=password name=p>"
    assert connectors_on(page(f"{DEX}/a{sign}b/login", form)) == []


def test_the_page_that_asks_for_approval_is_known() -> None:
    at = f"{ORIGIN}/dex/approval?req=1&hmac=2"
    asks = page(
        at,
        """<form method=post><input type=hidden name=req value=1>
        <input type=hidden name=approval value=reject></form>
        <form method=post><input type=hidden name=req value=1>
        <input type=hidden name=approval value=approve><button>Grant</button></form>""",
    )
    assert approval_form(asks) == (at, {"req": "1", "approval": "approve"})
    assert approval_form(recorded("dex-login-page")) is None


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "<form",
        "<form><input name=a value='",
        "</form></a></title>",
        "<title>a<title>b</title>",
        "<input type=password name=p>",
        "<form><input type=password>",
        "<script>document.write('<form><input type=password name=p></form>')</script>",
        "<!-- <form><input type=password name=p></form> -->",
    ],
)
def test_a_broken_page_is_read_as_far_as_it_goes(html: str) -> None:
    assert read_page(html).password_form is None


def test_buttons_and_boxes_are_not_sent_and_hidden_fields_are() -> None:
    form = read_page(
        """<form action=go><input name=csrf type=hidden value="a&amp;b"><input name=user>
        <input type=email name=second><input type=PASSWORD name=pw><input type=submit name=s>
        <input type=checkbox name=remember></form>"""
    ).forms[0]
    assert form.fields == {"csrf": "a&b", "user": "", "second": "", "pw": ""}
    assert (form.text_field, form.password_field) == ("user", "pw")


class TestCookies:
    def test_the_session_goes_back_to_its_host_and_the_spent_one_does_not(self) -> None:
        cookies = Cookies()
        cookies.take(to(HEALTHZ, "/x", CSRF))
        assert cookies.header(HEALTHZ) == "oauth2_proxy_kubeflow_csrf=csrf-1"
        cookies.take(to(HEALTHZ, "/x", SESSION, CSRF_GONE))
        assert cookies.header(HEALTHZ) == "oauth2_proxy_kubeflow=session-1"
        assert cookies.names() == ["oauth2_proxy_kubeflow"]

    def test_no_other_host_gets_it(self) -> None:
        cookies = Cookies()
        cookies.take(to("https://kf.example.com/x", "/", "s=1; Path=/"))
        assert cookies.header("https://evil.example/") is None
        assert cookies.header("https://deeper.kf.example.com/") is None
        assert cookies.header("https://example.com/") is None

    def test_a_cookie_for_https_alone_is_not_sent_in_clear(self) -> None:
        cookies = Cookies()
        cookies.take(to("https://kf.example.com/", "/", "s=1; Path=/; Secure"))
        assert cookies.header("https://kf.example.com/") == "s=1"
        assert cookies.header("http://kf.example.com/") is None

    def test_the_end_of_the_session_is_known(self) -> None:
        cookies = Cookies()
        assert cookies.expires_at() is None
        cookies.take(to(HEALTHZ, "/x", "plain=1; Path=/"))
        assert cookies.expires_at() is None
        cookies.take(to(HEALTHZ, "/x", SESSION, CSRF))
        whole, short = cookies.expires_at(["oauth2_proxy_kubeflow"]), cookies.expires_at()
        assert whole is not None
        assert short is not None
        assert 85_000 < (whole - short).total_seconds() < 86_000
