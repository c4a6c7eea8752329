"""Signing in from outside: what goes wrong with pages, passwords and sessions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_kfp_connect import connect
from jupyter_kfp_connect.core.diagnosis.sign_in import Met, Step, explain_step
from jupyter_kfp_connect.core.errors import KfpConnectError, NotReachable, SignInNeeded
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.kernel.client import KubeflowClient
from jupyter_kfp_connect.kernel.prompts import ask_password
from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import PASSWORD as SANDBOX_PASSWORD
from jupyter_kfp_connect.sandbox.options import USER as SANDBOX_USER
from tests.core.answers import CSRF, as_json, healthz, page, recorded, signed_out, to
from tests.core.climbing import climb as climb_to
from tests.core.climbing import passwords
from tests.core.fakes import connection, given
from tests.core.script import (
    ACCEPTED,
    ARRIVAL,
    AUTH,
    BACK,
    CALLBACK,
    FORM,
    START,
    TO_FORM,
    Script,
    chooser,
)
from tests.core.test_dex_refusals import fails
from tests.kernel.fake_kfp import Answer as KfpAnswer
from tests.kernel.fake_kfp import Asked, FakeKfp, running_kfp
from tests.kernel.fake_source import FakeSource, make_lease
from tests.sandbox.running import Clock, RunningSandbox

from .catalogued import ENV_INFO, HEALTHZ, LIST, climb, shows, told

LOGIN = given(username=SANDBOX_USER, password=SANDBOX_PASSWORD)
SIGN_IN = KfpAnswer(302, b"", {"Location": "/dex/auth?client_id=kubeflow"})


@pytest.fixture
def api() -> Iterator[FakeKfp]:
    with running_kfp() as fake:
        yield fake


@pytest.fixture
def source(api: FakeKfp) -> FakeSource:
    return FakeSource(make_lease(api.host))


@pytest.mark.parametrize(
    ("step", "status", "asks", "code"),
    [
        ("page", 200, False, None),
        ("page", 200, True, "no-password-form"),
        ("page", 403, True, "no-password-form"),
        ("page", 401, False, "no-way-in"),
        ("page", 403, False, "no-way-in"),
        ("page", 400, False, "server-error"),
        ("page", 502, False, "server-error"),
        ("connector", 200, True, None),
        ("connector", 400, True, None),
        ("connector", 400, False, "server-error"),
        ("connector", 200, False, "no-password-form"),
        ("password", 0, False, "directory-down"),
        ("password", 303, False, None),
        ("password", 200, True, "wrong-password"),
        ("password", 401, True, "wrong-password"),
        ("password", 500, False, "directory-down"),
        ("password", 500, True, "directory-down"),
        ("password", 502, False, "server-error"),
        ("password", 504, True, "server-error"),
    ],
)
def test_what_a_sign_in_meets_is_told_by_what_it_is(
    step: Step, status: int, asks: bool, code: str | None
) -> None:
    facts = dict.fromkeys(("origin", "called", "seen", "title", "where"), "x")
    problem = explain_step(Met(step, status, asks), **facts)
    assert (problem.code if problem is not None else None) == code


@shows("login-page-as-answer")
def test_a_login_page_with_200_is_never_a_list_of_none(api: FakeKfp, source: FakeSource) -> None:
    api.respond = lambda asked: KfpAnswer.page(200)
    with pytest.raises(SignInNeeded):
        KubeflowClient(source).list_experiments()
    api.respond = lambda asked: KfpAnswer(200, b"Sign in, please", {"Content-Type": "text/plain"})
    with pytest.raises(NotReachable) as caught:
        KubeflowClient(source).list_experiments()
    assert caught.value.code == "bad-answer"
    assert "(200, text/plain): “Sign in, please”" in caught.value.message
    login = recorded("dex-login-page", HEALTHZ)
    assert climb({HEALTHZ: login}, given(cookies="s=1")).problem is not None


@shows("not-signed-in")
@pytest.mark.parametrize("name", ["gateway-api-signed-out", "gateway-page-signed-out"])
def test_oauth2_proxy_s_refusals_ask_for_a_sign_in(name: str) -> None:
    reply = recorded(name, HEALTHZ)
    replies = {HEALTHZ: reply, START: TO_FORM[0]}
    replies |= {answer.url.partition("?")[0]: answer for answer in TO_FORM[1:]}
    told(climb(replies).failed("sign-in-needed"), "not-signed-in")
    told(climb(replies, given(cookies="s=1")).failed("cookie-refused"), "not-signed-in")


@shows("not-signed-in")
def test_a_call_whose_session_is_over_says_so(api: FakeKfp, source: FakeSource) -> None:
    api.respond = lambda asked: KfpAnswer.json({}, 401)
    with pytest.raises(SignInNeeded) as caught:
        KubeflowClient(source).list_experiments()
    assert told(caught.value, "not-signed-in").code == "session-over"


@shows("session-of-a-day")
def test_after_a_day_the_session_is_renewed_or_said_to_be_over() -> None:
    clock = Clock()
    with RunningSandbox(SandboxOptions(session_seconds=86400, clock=clock)) as running:
        kept = climb_to(running, LOGIN).connected()
        dropped = climb_to(running, LOGIN).connected()
        dropped.forget_password()
        clock.now += 86401
        assert kept.refused(1).generation == 2
        with pytest.raises(SignInNeeded) as caught:
            dropped.refused(1)
    assert told(caught.value, "session-of-a-day").code == "session-over"


@shows("password-refused")
@pytest.mark.parametrize("status", [401, 200])
def test_a_wrong_password_is_told_once_and_the_name_is_kept(status: int) -> None:
    again = recorded("dex-login-wrong-password")
    script = Script()
    problem = fails(script, *TO_FORM, Answer(status, again.url, again.headers, again.body))
    assert told(problem, "password-refused").code == "wrong-password"
    assert not problem.retryable
    assert len(script.passwords) == 1


@shows("directory-out")
def test_a_directory_that_is_down_is_no_wrong_password_and_may_be_tried_again() -> None:
    with RunningSandbox(SandboxOptions()) as running:
        running.sandbox.cluster.directory.is_down = True
        problem = climb_to(running, LOGIN).failed("directory-down")
        assert told(problem, "directory-out").actor == "administrator"
        assert problem.retryable
        assert "not refused" in problem.remedy
        assert passwords(running) == 1


@shows("approval-asked")
def test_what_dex_wants_approved_is_granted_and_else_told() -> None:
    with RunningSandbox(SandboxOptions(approval=True)) as running:
        climb_to(running, LOGIN).connected()
    asks = to(FORM, "/dex/approval?req=r", status=303)
    bad = page(f"{AUTH.removesuffix('/auth')}/approval", "unsupported request method", 400)
    script = Script()
    refused = page(bad.url, "Bad request; unsupported request method", 400)
    problem = fails(script, *TO_FORM, asks, bad, refused, signed_out())
    assert told(problem, "approval-asked").code == "no-way-in"


@shows("connector-not-there")
def test_a_connector_that_is_not_offered_comes_with_those_that_are() -> None:
    script = Script(connector="ldap")
    problem = fails(script, TO_FORM[0], chooser("local", "corp"))
    assert told(problem, "connector-not-there").code == "connector-unknown"
    assert "offered: local, corp" in problem.message
    assert script.posts == []


@shows("redirects-copied-by-hand")
def test_addresses_with_amp_in_them_are_read_as_a_browser_does() -> None:
    # Go writes the redirect's target into its page too, with &amp; in it.
    body = b'<a href="/dex/auth?client_id=c&amp;state=s">Found</a>.'
    headers = [("location", "/dex/auth?client_id=c&state=s"), ("content-type", "text/html")]
    start = Answer(302, START, [*headers, ("set-cookie", CSRF)], body)
    script = Script(connector="local")
    chosen = to(f"{AUTH}/local", "/dex/auth/local/login?back=&state=STATE")
    script.arrive(start, chooser("local", "ldap"), chosen, TO_FORM[3], *ARRIVAL)
    assert not any("amp;" in request.url for request in script.requests)
    assert script.query(1) == {"client_id": ["c"], "state": ["s"]}


@shows("no-form-for-a-password")
def test_a_provider_without_a_form_is_named_with_what_can_be_used_instead() -> None:
    script = Script(connector="sso")
    bare = page(f"{AUTH}/sso", "<p>Continue with your organisation</p>")
    problem = fails(script, TO_FORM[0], chooser("local", "sso"), bare)
    assert told(problem, "no-form-for-a-password").code == "no-password-form"
    assert "token" in problem.remedy
    assert "cookie" in problem.remedy


@shows("post-turned-round")
def test_a_post_with_a_dead_session_is_sent_again_as_a_post_and_follows_nothing(
    api: FakeKfp, source: FakeSource
) -> None:
    cookie = "oauth2_proxy_kubeflow=session-2"
    source.next = make_lease(api.host, headers={"Cookie": cookie}, generation=2)

    def respond(asked: Asked) -> KfpAnswer:
        return KfpAnswer.json({"experiment_id": "e"}) if asked.credential == cookie else SIGN_IN

    api.respond = respond
    KubeflowClient(source)._experiment_api.experiment_service_create_experiment(
        experiment={"display_name": "e"}
    )
    assert [asked.method for asked in api.asked] == ["POST", "POST"]
    assert len({asked.path for asked in api.asked}) == 1
    assert api.asked[0].body == api.asked[1].body != b""


@shows("sign-in-ends-in-403")
def test_a_stale_csrf_cookie_is_told_where_no_session_was_made_and_else_no_matter() -> None:
    refused = page(CALLBACK, "<title>Forbidden</title> Unable to find a valid CSRF token", 403)
    script = Script()
    problem = fails(script, *TO_FORM, ACCEPTED, refused, signed_out())
    assert told(problem, "sign-in-ends-in-403").code == "no-way-in"
    assert problem.remedy.startswith("Try once more")
    assert len(script.passwords) == 1
    # With a session all the same, the sign-in worked.
    after = to(CALLBACK, "/", *[v for k, v in BACK.headers if k == "set-cookie"])
    home = page(f"{HEALTHZ.partition('/pipeline')[0]}/", "Forbidden", 403)
    Script().arrive(*TO_FORM, ACCEPTED, after, home, healthz())


@shows("password-in-clear")
def test_who_types_a_password_for_plain_http_is_warned_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(prompt: str) -> str:
        assert "can be read on the way" in capsys.readouterr().err
        return "secret"

    monkeypatch.setattr("jupyter_kfp_connect.kernel.prompts.can_ask", lambda: True)
    monkeypatch.setattr("getpass.getpass", typed)
    assert ask_password(connection(host="http://kubeflow.invalid/pipeline", username="me"))
    with pytest.warns(UserWarning, match="can be read on the way") as seen:  # noqa: SIM117
        with pytest.raises(KfpConnectError):
            connect(host="http://kubeflow.invalid", username="me", password="hunter2", timeout=2)
    assert seen[0].filename == __file__
    assert "hunter2" not in str(seen[0].message)


@shows("password-in-clear")
def test_this_machine_and_https_earn_no_warning_and_a_fall_to_http_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jupyter_kfp_connect.kernel.prompts.can_ask", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "secret")
    for host in ("http://localhost:8080/pipeline", "https://kubeflow.example.com/pipeline"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert ask_password(connection(host=host, username="me"))
    assert capsys.readouterr().err == ""
    secure = "https://kf.example.com/pipeline"
    script = Script(connection(host=secure))
    fall = to("https://kf.example.com/oauth2/start", "http://kf.example.com/dex/auth")
    first = Answer(401, f"{secure}/apis/v2beta1/healthz", [], b"{}")
    problem = fails(script, fall, first=first)
    assert told(problem, "password-in-clear").code == "downgrade-refused"


def test_a_session_that_ends_while_it_is_checked_asks_for_a_sign_in() -> None:
    spaces = as_json(ENV_INFO, {"user": "me", "namespaces": []})
    replies: dict[str, Any] = {HEALTHZ: healthz(), LIST: signed_out(LIST), ENV_INFO: spaces}
    problem = climb(replies, given(cookies="s=1"), namespace="team-a").problem
    assert problem is not None
    assert problem.rung == "signed-in"
