"""What is asked of a front door, in which order, and what is read off its answers."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.diagnosis.repeated import MASK
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.core.proof import Prover

from .answers import CSRF, HEALTHZ, HOST, ORIGIN, as_json, healthz, page, signed_out, to
from .climbing import Ascent
from .fakes import Transport, connection, given, jwt
from .script import AUTH, START, chooser

COOKIE = {"Cookie": "s=1"}
UNDER = f"{ORIGIN}/kubeflow"
ENV_INFO = f"{ORIGIN}/api/workgroup/env-info"
USERINFO = f"{ORIGIN}/oauth2/userinfo"
TOKEN = jwt()
USER = {"email": "me@example.com"}


def prover(replies: dict[str, Answer], host: str = HOST) -> tuple[Prover, Transport]:
    """Return what asks a host that answers so, and what is sent."""
    transport = Transport(replies)
    return Prover(connection(host=host), transport), transport


@pytest.mark.parametrize(
    "cookie", [CSRF, CSRF.replace("_csrf=", "_csrf_d41d8cd9="), "_oauth2_proxy_csrf=x"]
)
def test_a_start_of_oauth2_proxy_spares_the_call_that_is_refused(cookie: str) -> None:
    start = to(START, "/dex/auth?client_id=c", cookie)
    assert prover({START: start})[0].flow_start() is start
    assert prover({START: to(START, "/login", "session=x")})[0].flow_start() is None


def test_the_page_of_oauth2_proxy_that_names_the_start_spares_it_too() -> None:
    named = page(START, '<form action="/sso/oauth2/start"></form>', 403)
    assert prover({START: named})[0].flow_start() is named


def test_who_we_are_is_asked_beside_the_dashboard_first_and_at_the_root_last() -> None:
    paths = [f"{UNDER}/api/workgroup/env-info", f"{UNDER}/oauth2/userinfo"]
    beside = {paths[1]: as_json(paths[1], USER)}
    asks, transport = prover(beside, f"{UNDER}/pipeline")
    assert asks.identity(COOKIE).user == "me@example.com"
    assert transport.asked == [f"GET {path}" for path in paths]
    root = f"{ORIGIN}/oauth2/userinfo"
    asks, transport = prover({root: as_json(root, USER)}, f"{UNDER}/pipeline")
    assert asks.identity(COOKIE).user == "me@example.com"
    assert transport.asked == [f"GET {path}" for path in (*paths, root)]


def test_a_front_door_at_the_root_is_asked_once_who_we_are() -> None:
    asks, transport = prover({})
    assert asks.identity(COOKIE).user is None
    assert [url.partition(ORIGIN)[2] for url in transport.asked] == [
        "/api/workgroup/env-info",
        "/oauth2/userinfo",
    ]


@pytest.mark.parametrize(
    ("url", "key"), [(ENV_INFO, "user"), (USERINFO, "email"), (USERINFO, "user")]
)
def test_a_front_door_that_takes_the_credential_for_a_name_shows_it_nowhere(
    url: str, key: str
) -> None:
    sent = {
        "Cookie": "theme=dark-mode; session=0123456789-abcdef",
        "Authorization": f"Bearer {TOKEN}",
    }
    for secret in (TOKEN, "0123456789-abcdef"):
        asks, _ = prover({url: as_json(url, {key: f"token {secret}"})})
        assert asks.identity(sent).user == f"token {MASK}"


def test_a_name_that_a_cookie_holds_too_stays_a_name() -> None:
    sent = {"Cookie": "s=1; mail=somebody.at@example.com; last=dark-mode"}
    for name in ("somebody.at@example.com", "dark-mode"):
        asks, _ = prover({ENV_INFO: as_json(ENV_INFO, {"user": name})})
        assert asks.identity(sent).user == name


@pytest.mark.parametrize("who", [given(username="me", password="secret"), given()])
def test_where_no_way_in_takes_a_password_a_cookie_is_asked_for(who: object) -> None:
    start = to(START, "/dex/auth?client_id=c&state=s", CSRF)
    offers = chooser(github="github", corp="oidc")
    replies = {START: start, AUTH: offers, HEALTHZ: signed_out()}
    ascent = Ascent(connection(), who, transport=Transport(replies))  # type: ignore[arg-type]
    ascent.failed("no-password-form")
    assert ascent.climb.sign_in is not None
    assert ascent.climb.sign_in.kind == "cookie"


def test_who_chose_one_that_takes_no_password_is_offered_those_that_do() -> None:
    start = to(START, "/dex/auth?client_id=c&state=s", CSRF)
    away = to(f"{AUTH}/github", "https://github.com/login")
    replies = {START: start, AUTH: chooser(local="local", github="github"), away.url: away}
    who = given(username="me", password="secret", connector="github")
    ascent = Ascent(connection(), who, transport=Transport({**replies, HEALTHZ: healthz()}))
    problem = ascent.failed("no-password-form")
    assert problem.remedy.startswith("Choose another way to sign in: local. ")
    assert "cookie" in problem.remedy
    assert ascent.offered == ["local"]
