"""An answer that no rule knows is shown as it is, and tells nothing that is secret."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES, as_it_is, in_quotes, masked
from jupyter_kfp_connect.core.http import Answer
from tests.core.answers import as_json, healthz, page
from tests.core.fakes import given, jwt
from tests.core.script import START, Script
from tests.core.test_dex_refusals import fails

from .catalogued import HEALTHZ, LIST, climb, rung

TOKEN = jwt()
COOKIE = "oauth2_proxy_kubeflow=opensesame"
PLAIN = [("content-type", "text/plain; charset=utf-8")]


def test_status_type_and_start_are_shown_with_where_to_report_it() -> None:
    reply = Answer(418, HEALTHZ, PLAIN, b"I am a teapot. " + b"x" * 1000)
    ascent = climb({HEALTHZ: reply})
    problem = ascent.failed("not-kfp")
    remedy = ascent.ladder["reachable"].remedy
    assert remedy is not None
    assert remedy.link == ISSUES
    assert "(418, text/plain): “I am a teapot. xxx" in problem.message
    assert problem.message.count("x") < 310
    assert ISSUES in problem.remedy


@pytest.mark.parametrize(
    ("status", "code"), [(500, "server-error"), (418, "server-error"), (409, "server-error")]
)
def test_a_list_that_is_answered_strangely_is_shown(status: int, code: str) -> None:
    replies = {HEALTHZ: healthz(), LIST: as_json(LIST, {"oh": "database is locked"}, status)}
    problem = climb(replies, given(token=TOKEN)).failed(code)
    assert f"({status}, application/json)" in problem.message
    assert "database is locked" in problem.message
    assert ISSUES in problem.remedy


@pytest.mark.parametrize(
    ("status", "name"), [(400, "authorized"), (403, "authorized"), (401, "signed-in")]
)
def test_a_refusal_that_no_rule_knows_is_shown(status: int, name: str) -> None:
    reply = as_json(LIST, {"message": "policy 17 says no"}, status)
    ascent = climb({HEALTHZ: healthz(), LIST: reply}, given(token=TOKEN))
    problem = ascent.problem or rung(ascent, name)
    assert f"({status}, application/json): “policy 17 says no”" in problem.message
    assert ISSUES in problem.remedy


def test_a_front_door_s_own_mistake_is_shown() -> None:
    problem = fails(Script(), page(START, "<h1>upstream connect error</h1>", 503))
    assert "(503, text/html): “upstream connect error”" in problem.message
    assert ISSUES in problem.remedy


@pytest.mark.parametrize(
    ("who", "secret"),
    [
        (given(token=TOKEN), TOKEN),
        (given(token="opaque-token-17"), "opaque-token-17"),
        (given(cookies=COOKIE), "opensesame"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 418, 500])
def test_a_host_that_answers_with_what_was_sent_shows_nobody(
    who: Any, secret: str, status: int
) -> None:
    # The second time across the place where the text is cut.
    said = f"who sends {secret} and {COOKIE}?".ljust(297) + secret
    for replies in (
        {HEALTHZ: Answer(status, HEALTHZ, PLAIN, said.encode())},
        {HEALTHZ: healthz(), LIST: as_json(LIST, {"message": said}, status)},
        {HEALTHZ: healthz(), LIST: Answer(status, LIST, PLAIN, said.replace(" ", ".").encode())},
    ):
        ascent = climb(replies, who, namespace="team-a")
        problems = [ascent.problem, *(each.problem for each in ascent.ladder)]
        shown = " ".join(f"{problem} {problem!r}" for problem in problems if problem)
        assert secret not in shown
        assert not re.search(rf"{secret[:3]}.?”", shown)


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl",
        "Set-Cookie: oauth2_proxy_kubeflow=MTIzNDU2Nzg5|abc",
        "Authorization: Bearer abcdefgh",
        '{"access_token": "hunter2hunter2"}',
        "password=hunter2hunter2",
        "/callback?code=hunter2&state=hunter2",
        "0123456789abcdef0123456789abcdef0123",
    ],
)
def test_what_looks_like_a_secret_of_anybody_is_masked(secret: str) -> None:
    text = masked(f"seen: {secret} end")
    for part in ("hunter2", "eyJzdWIi", "MTIzNDU2", "abcdefgh", "0123456789abcdef"):
        assert part not in text
    assert "•••" in text
    assert text.endswith(" end")


@pytest.mark.parametrize(
    "text",
    [
        "List experiments failed: Failed to authorize with API: Unauthenticated",
        '{"experiments": [], "next_page_token": "", "storage_state": "AVAILABLE"}',
        "upstream connect error or disconnect/reset before headers. reset reason: timeout",
        "/apis/v2beta1/experiments?namespace=kubeflow-user-example-com&page_size=1",
    ],
)
def test_what_people_have_to_read_stays(text: str) -> None:
    assert masked(text) == text


def test_hostile_text_steers_no_terminal_and_stalls_nothing() -> None:
    evil = "\x1b]52;c;ZXZpbA==\x07\u202eevil\n\r" + "password" * 50_000
    answer = Answer(200, HEALTHZ, [("content-type", "te\x1bxt")], evil.encode())
    shown = as_it_is(answer, {})
    assert shown.isprintable()
    assert len(shown) < 400
    assert in_quotes(204, "", "") == "(204, no content type), and nothing in it"
