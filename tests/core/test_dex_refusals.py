"""A sign-in that fails says why, and tries no password twice."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.auth.base import drive
from jupyter_kfp_connect.core.auth.dex import Login, SignIn
from jupyter_kfp_connect.core.auth.dex_session import DexSession
from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES
from jupyter_kfp_connect.core.errors import KfpConnectError, SignInNeeded, error
from jupyter_kfp_connect.core.http import Answer, Request
from jupyter_kfp_connect.core.secret import Secret

from .answers import CSRF, HEALTHZ, HOST, ORIGIN, page, recorded, signed_out, to
from .fakes import PASSWORD, USER, Transport, connection
from .script import ACCEPTED, ARRIVAL, AUTH, BACK, CALLBACK, FORM, START, TO_FORM, Script, chooser


def fails(script: Script, *answers: Answer, first: Answer | None = None) -> KfpConnectError:
    """Play the answers; return what the sign-in ends with."""
    with pytest.raises(KfpConnectError) as caught:
        script.run(*answers, first=first)
    problem = caught.value
    assert problem.remedy
    for text in (str(problem), repr(problem), repr(script.sign_in), repr(script.requests)):
        assert PASSWORD not in text
    return problem


@pytest.mark.parametrize("status", [401, 200])
def test_a_wrong_password_is_told_and_posted_once(status: int) -> None:
    # Dex 2.45 answers 401 and the form again, older ones 200.
    again = recorded("dex-login-wrong-password")
    script = Script()
    problem = fails(script, *TO_FORM, Answer(status, again.url, again.headers, again.body))
    assert problem.code == "wrong-password"
    assert isinstance(problem, SignInNeeded)
    assert not problem.retryable
    assert len(script.passwords) == 1
    assert [each.id for each in script.sign_in.offered] == ["local"]


def test_a_directory_that_is_down_is_no_wrong_password() -> None:
    script = Script()
    down = page(FORM, "Login error. Please contact your administrator", 500)
    problem = fails(script, *TO_FORM, down)
    assert problem.code == "directory-down"
    assert problem.retryable
    assert problem.actor == "administrator"
    assert len(script.passwords) == 1


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_that_loses_the_password_is_shown_and_no_directory_is_blamed(status: int) -> None:
    script = Script()
    lost = page(FORM, f"<p>upstream connect error for {PASSWORD}, csrf-1</p>", status)
    problem = fails(script, *TO_FORM, lost)
    assert problem.code == "server-error"
    assert problem.retryable
    assert f"({status}, text/html): “upstream connect error for •••, •••”" in problem.message
    assert "directory" not in str(problem)
    assert "password was not refused" in problem.remedy
    assert len(script.passwords) == 1


def test_a_gateway_that_loses_the_password_keeps_it_for_the_next_renewal() -> None:
    arrived = Script().arrive(*TO_FORM, *ARRIVAL)
    session = DexSession(connection(), arrived, Login(USER, Secret(PASSWORD)))
    replies = {answer.url.partition("?")[0]: answer for answer in TO_FORM}
    form = FORM.partition("?")[0]
    gone = Answer(503, FORM, [], b"no healthy upstream")
    transport = Transport(replies | {form: lambda asked: gone if asked.form else TO_FORM[3]})
    with pytest.raises(KfpConnectError, match="no healthy upstream"):
        session.renew(transport)
    assert session.renews


class Hanging:
    """A transport that never answers a password."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.answers = list(TO_FORM)
        self.posts = 0

    def send(self, request: Request) -> Answer:
        """Answer as laid down, until a form comes."""
        if request.form is None:
            return self.answers.pop(0)
        self.posts += 1
        raise error(self.code, "nothing came back")

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("code", "told"), [("timed-out", "directory-down"), ("connection-refused",) * 2]
)
def test_a_directory_that_hangs_is_told_apart_from_a_host_that_is_gone(
    code: str, told: str
) -> None:
    transport, walk = Hanging(code), SignIn(connection(), Login(USER, Secret(PASSWORD)))
    with pytest.raises(KfpConnectError) as caught:
        drive(walk.walk(signed_out()), transport)
    assert caught.value.code == told
    assert transport.posts == 1


def test_a_connector_that_hands_visitors_on_takes_no_password() -> None:
    script = Script(connector="github")
    handed_on = to(f"{AUTH}/github?client_id=c", "https://github.com/login/oauth/authorize?x")
    problem = fails(script, TO_FORM[0], chooser("github", "google"), handed_on)
    assert problem.code == "no-password-form"
    assert all(word in problem.message for word in ("github", "https://github.com"))
    assert "cookie" in problem.remedy
    assert script.posts == []


@pytest.mark.parametrize("connector", [None, "ldap"])
@pytest.mark.parametrize("asks", [None, "for what is offered"])
def test_several_that_all_take_no_password_ask_for_none(
    connector: str | None, asks: str | None
) -> None:
    script = Script(connector=connector) if asks is None else Script(asks=asks)
    problem = fails(script, TO_FORM[0], chooser(github="github", corp="oidc"))
    assert problem.code == "no-password-form"
    assert "GITHUB, CORP" in problem.message
    assert all(word in problem.remedy for word in ("cookie", "token"))
    assert script.sign_in.offered == ()
    assert len(script.requests) == 2


def test_a_connector_that_is_not_there_is_not_told_with_those_that_take_no_password() -> None:
    script = Script(connector="gone")
    problem = fails(script, TO_FORM[0], chooser(local="local", corp="ldap", github="github"))
    assert problem.message == "there is no connector “gone”; offered: local, corp"
    assert [each.id for each in script.sign_in.offered] == ["local", "corp"]


@pytest.mark.parametrize(
    ("offers", "wanted"),
    [((chooser("local", "ldap"),), "oidc"), (TO_FORM[1:], "ldap")],
)
def test_an_unknown_connector_is_told_with_those_there_are(
    offers: tuple[Answer, ...], wanted: str
) -> None:
    script = Script(connector=wanted)
    problem = fails(script, TO_FORM[0], *offers)
    assert problem.code == "connector-unknown"
    assert f"“{wanted}”" in problem.message
    assert "local" in problem.message
    assert script.posts == []
    assert script.sign_in.offered[0].id == "local"


def test_a_connector_of_the_connection_that_is_gone_is_told_too() -> None:
    problem = fails(Script(connection(connector="gone")), TO_FORM[0], chooser("a", "b"))
    assert problem.message == "there is no connector “gone”; offered: a, b"


def test_a_connector_that_dex_cannot_start_is_an_administrators_task() -> None:
    script = Script(connector="ldap")
    broken = page(f"{AUTH}/ldap", "<h2>Bad Request</h2> Connector failed to initialize", 400)
    problem = fails(script, TO_FORM[0], chooser("local", "ldap"), broken)
    assert problem.code == "server-error"
    assert "Connector failed to initialize" in problem.message
    assert script.posts == []


def test_a_connector_without_a_form_for_a_password_is_told_by_its_name() -> None:
    script = Script(connector="sso")
    problem = fails(
        script, TO_FORM[0], chooser("local", "sso"), page(f"{AUTH}/sso", "<p>click</p>")
    )
    assert problem.code == "no-password-form"
    assert "“SSO”" in problem.message
    assert "cookie" in problem.remedy


def test_a_sign_in_page_without_any_form_is_told() -> None:
    bare = page(f"{AUTH}?x", "<p>Welcome</p>")
    assert fails(Script(), TO_FORM[0], bare).code == "no-password-form"


def test_the_form_of_another_program_gets_no_password() -> None:
    script = Script()
    form = "<title>Jupyter Server</title><form method=post><input type=password name=p></form>"
    problem = fails(script, to(START, "/login?next=%2F"), page(f"{ORIGIN}/login?next=%2F", form))
    assert problem.code == "no-password-form"
    assert "“Jupyter Server”" in problem.message
    assert script.posts == []


def test_a_front_door_that_is_neither_is_told() -> None:
    basic = Answer(401, f"{HOST}/", [("www-authenticate", "Basic")], b"")
    problem = fails(Script(), Answer(404, START), basic)
    assert problem.code == "no-way-in"


@pytest.mark.parametrize("status", [401, 403])
def test_a_front_door_that_refuses_all_visitors_has_no_problem_of_its_own(status: int) -> None:
    # Such as IAP, basic auth, or a mesh that guards the whole host.
    problem = fails(Script(), *[Answer(status, url, [], b"no") for url in (START, f"{HOST}/")])
    assert (problem.code, problem.actor) == ("no-way-in", "you")


@pytest.mark.parametrize("status", [500, 503])
def test_a_front_door_that_is_down_is_told_and_may_be_tried_again(status: int) -> None:
    problem = fails(Script(), page(START, "Internal Server Error", status))
    assert problem.code == "server-error"
    assert problem.retryable


def test_dex_that_does_not_know_the_front_door_says_so_in_its_words() -> None:
    refusal = page(f"{AUTH}?x", "Bad Request: Unregistered redirect_uri", 400)
    problem = fails(Script(), TO_FORM[0], refusal)
    assert problem.code == "server-error"
    assert "Unregistered redirect_uri" in problem.message


@pytest.mark.parametrize("cookies", [(), (CSRF,)])
def test_a_right_password_without_a_session_in_the_end_is_no_success(
    cookies: tuple[str, ...],
) -> None:
    # Such as 403 at the callback: the cookie of the sign-in itself is no session.
    script = Script()
    refused = page(CALLBACK, "<title>Forbidden</title>", 403, *cookies)
    problem = fails(script, *TO_FORM, ACCEPTED, refused, signed_out())
    assert problem.code == "no-way-in"
    assert "Forbidden" in problem.message
    assert "accepted" in problem.message
    assert len(script.passwords) == 1


def test_a_session_that_the_front_door_does_not_take_is_no_success() -> None:
    script = Script()
    back = to(CALLBACK, HEALTHZ, "oauth2_proxy_kubeflow=x; Path=/")
    problem = fails(script, *TO_FORM, ACCEPTED, back, signed_out(), signed_out())
    assert problem.code == "no-way-in"


def test_a_session_that_is_refused_with_a_reason_is_shown_that_and_where_to_report_it() -> None:
    script = Script()
    said = f"policy 17 says no to session-1 of {PASSWORD}"
    reason = Answer(401, HEALTHZ, [("content-type", "text/plain")], said.encode())
    problem = fails(script, *TO_FORM, ACCEPTED, BACK, reason, reason)
    assert problem.code == "no-way-in"
    assert "accepted" in problem.message
    assert "(401, text/plain): “policy 17 says no to ••• of •••”" in problem.message
    assert ISSUES in problem.remedy
    assert len(script.passwords) == 1


def test_a_circle_of_redirects_ends() -> None:
    script = Script()
    here, there = f"{ORIGIN}/a", f"{ORIGIN}/b"
    circle = [to(here, there), to(there, here)] * 10
    problem = fails(script, to(START, here), *circle[:20])
    assert problem.code == "too-many-redirects"
    assert len(script.requests) == 21


def test_a_circle_after_the_password_ends_too_and_posts_nothing_again() -> None:
    script = Script()
    here, there = f"{ORIGIN}/a", f"{ORIGIN}/b"
    circle = [to(here, there), to(there, here)] * 10
    accepted = to(FORM, here, status=307)
    problem = fails(script, *TO_FORM, accepted, *circle[:17])
    assert problem.code == "too-many-redirects"
    assert len(script.passwords) == 1
