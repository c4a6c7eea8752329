"""An answer that no rule knows is shown as it is, and tells nothing that is secret."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from jupyter_kfp_connect.core.diagnosis.repeated import MASK, without, without_secrets
from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES, as_it_is, in_quotes, masked
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.kernel.display import ladder_bundle, problem_bundle
from tests.core.answers import as_json, healthz, page, signed_out, to
from tests.core.fakes import PASSWORD, USER, given, jwt
from tests.core.script import ACCEPTED, BACK, CALLBACK, FORM, START, TO_FORM, Script
from tests.core.test_dex_refusals import fails

from .catalogued import HEALTHZ, LIST, climb, rung

TOKEN = jwt()
COOKIES = given(cookies="oauth2_proxy_kubeflow=a+b/c==17")
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
    link = f'<a href="{ISSUES}"'
    assert link in problem_bundle(problem)["text/html"]
    assert link in ladder_bundle("kfp", [ascent.ladder["reachable"].to_dict()])["text/html"]


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
    ids=["token", "opaque token", "cookies"],
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


HARD = 'pass/word+17 &"<é=>|'
#: Some that look as if they were escaped already.
BACKSLASHES = 'corp\\user\\\\"17"&x'
ESCAPED = "a%2Bb&amp;c\\u0041+d"
WRITINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in a URL": quote,
    "in a URL, all of it": lambda text: re.sub(
        "%..", lambda match: match[0].lower(), quote(text, safe="")
    ),
    "in a form": lambda text: urlencode({"q": text}),
    "in JSON": json.dumps,
    "in JSON, as Go writes it": lambda text: (
        json.dumps(text).replace("&", "\\u0026").replace("<", "\\u003C")
    ),
    "in JSON, as PHP writes it": lambda text: json.dumps(text).replace("/", "\\/"),
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "in a URL in a URL": lambda text: quote(quote(text, safe=""), safe=""),
    "in HTML in JSON": lambda text: json.dumps(escape(text)),
    "in HTML": escape,
    "in HTML, by numbers": lambda text: "".join(
        char if char.isalnum() and char.isascii() else f"&#{ord(char)};" for char in text
    ),
    "in base64": lambda text: b64encode(text.encode()).decode(),
    "in a longer text's base64": lambda text: b64encode(f"abcd {text}, yes".encode()).decode(),
    "in base64 for URLs": lambda text: urlsafe_b64encode(f"a{text}!".encode()).decode(),
}


@pytest.mark.parametrize(
    "secret",
    [
        HARD,
        BACKSLASHES,
        ESCAPED,
        "corp🔑key",
        "hunter2",
        "opensesame",
        pytest.param(TOKEN, id="token"),
    ],
)
@pytest.mark.parametrize("how", WRITINGS)
def test_a_secret_is_found_however_a_host_writes_it(how: str, secret: str) -> None:
    written = WRITINGS[how](secret)
    left = without(f"before {written} after", [secret])
    assert left.startswith("before ")
    assert left.endswith(" after")
    core = left.removeprefix("before ").removesuffix(" after")
    assert MASK in core
    known = {secret[at : at + 5] for at in range(len(secret) - 4)}
    known |= {written[at : at + 9] for at in range(4, len(written) - 12)}
    assert not [part for part in known if part in core]


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("\\-" * 40 + "x", "\\\\-" * 40 + "y"),
        ("\\" * 40 + "x", "\\" * 60_000 + "y"),
        ("&amp;amp&amp;" * 40 + "x", "&amp;amp&amp;amp&amp;" * 400 + "y"),
        ("%25" * 1000 + "x", "%25" * 60_000),
        ("A" * 3500 + "BBB", "A" * 4_000_000),
        ("A" * 3500 + "BBB", "QUFB" * 1_000_000),
    ],
)
def test_a_cookie_and_an_answer_that_are_made_to_be_slow_stop_no_server(
    secret: str, text: str
) -> None:
    # A pattern made of the secret would go on for minutes, or for ever, in which no thread runs.
    assert without(text, [secret]) == text
    assert without(f"{text} {secret} end", [secret]) == f"{text} {MASK} end"


def test_an_answer_without_end_is_cleaned_as_far_as_it_is_shown() -> None:
    answer = Answer(500, LIST, PLAIN, b"seen opensesame " * 500_000)
    cleaned = without_secrets(answer, ["opensesame"])
    assert "opensesame" not in cleaned.text
    assert len(cleaned.body) < 300_000


@pytest.mark.parametrize("how", WRITINGS)
@pytest.mark.parametrize(
    ("who", "secret"),
    [(given(token="opaque/token-17=="), "opaque/token-17=="), (COOKIES, "a+b/c==17")],
)
def test_a_host_that_writes_what_was_sent_in_another_way_shows_it_nowhere(
    how: str, who: Any, secret: str
) -> None:
    written = WRITINGS[how](secret)
    for kind, body in (
        ("text/plain", f"seen {written}"),
        ("text/html", f"<p>seen {written}</p>"),
        ("application/json", json.dumps({"message": f"seen {written}"})),
        ("application/json", f'{{"message": "seen {written.strip(chr(34))}"}}'),
    ):
        for status in (401, 403, 418, 500):
            reply = Answer(status, LIST, [("content-type", kind)], body.encode())
            ascent = climb({HEALTHZ: healthz(), LIST: reply}, who, namespace="team-a")
            problems = [ascent.problem, *(each.problem for each in ascent.ladder)]
            shown = " ".join(str(problem) for problem in problems if problem)
            assert shown
            assert secret not in shown
            assert written.strip('"') not in shown


@pytest.mark.parametrize(
    "there", ["me:opaque-token-17@kf.example.com", "kf.example.com/opaque-token-17"]
)
def test_a_redirect_that_repeats_what_was_sent_is_told_nowhere(there: str) -> None:
    moved = to(HEALTHZ, f"http://{there}/apis/v2beta1/healthz")
    ascent = climb({HEALTHZ: moved}, given(token="opaque-token-17"))
    problems = [ascent.problem, *(each.problem for each in ascent.ladder)]
    told = " ".join(f"{problem} {problem.remedy_copy}" for problem in problems if problem)
    assert told
    assert "opaque-token-17" not in told


def test_a_password_that_a_page_after_the_sign_in_repeats_is_not_shown() -> None:
    refused = page(CALLBACK, f"<title>no {escape(PASSWORD)} here</title>", 403)
    problem = fails(Script(), *TO_FORM, ACCEPTED, refused, signed_out())
    assert "no ••• here" in problem.message
    # Across the place where a title is cut.
    refused = page(CALLBACK, f"<title>{PASSWORD.rjust(205, '-')}</title>", 403)
    problem = fails(Script(), *TO_FORM, ACCEPTED, refused, signed_out())
    assert PASSWORD[:3] not in problem.message


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, "text/plain", f"the form was {PASSWORD}"),
        (200, "application/json", f'{{"posted": "{PASSWORD}"}}'),
        (403, "application/json", f'{{"message": "no {PASSWORD} here"}}'),
        (418, "text/plain", f"user=me&password={PASSWORD}"),
    ],
)
def test_a_password_that_is_repeated_where_the_sign_in_ends_is_not_shown(
    status: int, kind: str, body: str
) -> None:
    replies: dict[str, Any] = {each.url.partition("?")[0]: each for each in (*TO_FORM, BACK)}
    form = FORM.partition("?")[0]
    replies[form] = lambda request: TO_FORM[3] if request.form is None else ACCEPTED
    replies[HEALTHZ] = Answer(status, HEALTHZ, [("content-type", kind)], body.encode())
    ascent = climb(replies, given(username=USER, password=PASSWORD))
    problem = ascent.problem
    assert problem is not None
    assert MASK in problem.message
    assert PASSWORD not in f"{problem} {problem!r} {ascent.details()}"


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl",
        "Set-Cookie: oauth2_proxy_kubeflow=MTIzNDU2Nzg5|abc",
        "Authorization: Bearer abcdefgh",
        '{"access_token": "hunter2hunter2"}',
        "password=hunter2hunter2",
        "password%3Dhunter2hunter2",
        "password=&quot;hunter2hunter2&quot;",
        r"{\"password\": \"hunter2hunter2\"}",
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
