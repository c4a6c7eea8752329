"""A token is read anew at each use, and every way it can be broken is told for what it is."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.auth.base import Credential
from jupyter_kfp_connect.core.auth.bearer_token import TokenValue
from jupyter_kfp_connect.core.auth.none import NoCredential
from jupyter_kfp_connect.core.auth.service_account_token import ServiceAccountToken
from jupyter_kfp_connect.core.auth.session_cookie import SessionCookie
from jupyter_kfp_connect.core.auth.tokens import (
    bearer,
    claims_of,
    namespace_of,
    short_subject,
    time_of,
)
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.secret import Secret

from .answers import HOST
from .fakes import ACCOUNT, Transport, jwt, pod

NOWHERE = Transport({})
#: Its claims are [[[[…, deeper than any parser goes.
DEEP = f"a.{urlsafe_b64encode(b'[' * 99_999).decode()}.c"
VARIABLE = "KF_PIPELINES_SA_TOKEN_PATH"


def code_of(work: Any) -> str:
    """Return the code of what `work` raises."""
    with pytest.raises(KfpConnectError) as caught:
        work()
    assert caught.value.remedy
    return caught.value.code


def sent(credential: Credential) -> str:
    """Return the token that it would send now."""
    return credential.headers().values["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("space", ["", "\n", "\r\n", " \t"])
def test_white_space_around_a_token_does_no_harm(space: str) -> None:
    assert bearer(f"{space}abc{space}", "it").values == {"Authorization": "Bearer abc"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "token-empty"),
        (" \n", "token-empty"),
        ("a b", "token-malformed"),
        ("a\nb", "token-malformed"),
        ("tökén", "token-malformed"),
    ],
)
def test_a_token_that_is_none_is_told_without_being_repeated(text: str, code: str) -> None:
    with pytest.raises(KfpConnectError, match="the file /t") as caught:
        bearer(text, "the file /t")
    assert caught.value.code == code
    if text.strip():
        assert text not in str(caught.value)


def test_what_a_token_says_of_itself_is_known() -> None:
    headers = bearer(jwt(3600), "it")
    assert headers.subject == ACCOUNT
    assert headers.expires_at is not None
    assert timedelta(minutes=59) < headers.expires_at - datetime.now(timezone.utc)
    assert bearer(jwt(email="me@example.com"), "it").subject == "me@example.com"
    assert namespace_of(ACCOUNT) == "team-a"
    steering = bearer(jwt(sub="me\x1b[2J\u202e"), "it").subject
    assert steering == "me [2J", "it is shown in terminals"
    assert short_subject(ACCOUNT) == "team-a/default-editor"
    assert (namespace_of("me@example.com"), namespace_of(None)) == (None, None)
    assert short_subject("me@example.com") == "me@example.com"


@pytest.mark.parametrize(
    "token",
    ["abc", "a.b.c", "a.W10.c", "a.!!!.c", "a._w.c", "a.b", DEEP],
    ids=lambda token: token[:8],
)
def test_a_token_that_says_nothing_is_sent_all_the_same(token: str) -> None:
    assert claims_of(token) == {}
    headers = bearer(token, "it")
    assert (headers.expires_at, headers.subject) == (None, None)


@pytest.mark.parametrize("exp", [None, "soon", True, float("nan"), 1e300, -1e300, [1]])
def test_an_end_that_is_no_time_is_no_end(exp: object) -> None:
    assert time_of(exp) is None
    assert bearer(jwt(exp=exp), "it").expires_at is None


class TestMounted:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return Path(pod(tmp_path, token="first").token_file)

    def test_a_swapped_file_is_the_next_token(self, path: Path) -> None:
        credential = ServiceAccountToken(str(path))
        assert sent(credential) == "first"
        fresh = path.with_name("fresh")
        fresh.write_text("second\n")
        fresh.replace(path)
        assert sent(credential) == "second"
        assert credential.watch == str(path)
        assert credential.renews

    @pytest.mark.parametrize("content", [None, "", "\n", "half a\ntoken"])
    def test_a_moment_without_a_good_file_is_bridged_while_the_last_token_lasts(
        self, path: Path, content: str | None
    ) -> None:
        token = jwt(3600)
        path.write_text(token)
        credential = ServiceAccountToken(str(path))
        assert sent(credential) == token
        if content is None:
            path.unlink()
        else:
            path.write_text(content)
        assert sent(credential) == token

    @pytest.mark.parametrize("token", ["no-end", jwt(-5)], ids=["without an end", "ended"])
    def test_a_token_that_may_be_over_bridges_nothing(self, path: Path, token: str) -> None:
        path.write_text(token)
        credential = ServiceAccountToken(str(path))
        assert sent(credential) == token
        path.write_text("")
        assert code_of(credential.headers) == "token-empty"

    @pytest.mark.parametrize(
        ("content", "named_by", "code"),
        [
            (None, None, "token-missing"),
            (None, "the connection", "token-file-missing"),
            (b"", None, "token-empty"),
            (b"\xff\xfe", None, "token-malformed"),
            (b"two words", None, "token-malformed"),
        ],
    )
    def test_what_is_the_matter_with_the_file_is_told(
        self, path: Path, content: bytes | None, named_by: str | None, code: str
    ) -> None:
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        assert code_of(ServiceAccountToken(str(path), named_by=named_by).headers) == code

    @pytest.mark.parametrize(
        ("named_by", "words"),
        [("the connection", "Correct the path"), (VARIABLE, "The token's volume did not mount")],
    )
    def test_who_names_a_missing_file_is_told_and_what_to_do_there(
        self, named_by: str, words: str
    ) -> None:
        problem = ServiceAccountToken("/gone/token", named_by=named_by).problem
        assert problem is not None
        assert problem.message == f"no file at /gone/token, {named_by} names it"
        assert problem.remedy.startswith(words)

    def test_a_pod_of_an_unknown_namespace_is_told_what_prints_the_pod_default(self) -> None:
        problem = ServiceAccountToken("/gone/token").problem
        assert problem is not None
        assert problem.remedy_copy is None
        assert "jupyter kfp-connect manifest pod-default -n NAMESPACE" in problem.remedy

    @pytest.mark.parametrize("path", ["/" + "x" * 300, "/etc/passwd/token", "/", ""])
    def test_a_path_that_cannot_be_looked_at_is_no_token(self, path: str) -> None:
        problem = ServiceAccountToken(path, named_by=VARIABLE).problem
        assert problem is not None
        assert problem.code == "token-file-missing"

    def test_a_token_may_come_and_go(self, tmp_path: Path) -> None:
        here = pod(tmp_path)
        assert ServiceAccountToken.of(here, None).problem is not None
        Path(here.token_file).parent.mkdir(parents=True)
        Path(here.token_file).write_text("x")
        assert ServiceAccountToken.of(here, None).problem is None


class TestGivenByHand:
    @pytest.mark.parametrize(
        ("token", "code"),
        [("abc", "token-refused"), (jwt(-9), "token-expired")],
        ids=["without an end", "ended"],
    )
    def test_a_token_that_was_given_cannot_be_had_anew(self, token: str, code: str) -> None:
        credential = TokenValue(Secret(token))
        assert sent(credential) == token
        assert not credential.renews
        assert code_of(lambda: credential.renew(NOWHERE)) == code

    @pytest.mark.parametrize("text", ["a=b", "Cookie: a=b", "cookie:a=b ", " a=b; c=d"])
    def test_a_cookie_is_taken_as_a_browser_shows_it(self, text: str) -> None:
        headers = SessionCookie(Secret(text), HOST).headers().values
        assert headers["Cookie"].startswith("a=b")

    @pytest.mark.parametrize("text", ["", "abc", "a=b\nX: y", "ä=b"])
    def test_what_is_no_cookie_is_told(self, text: str) -> None:
        assert code_of(lambda: SessionCookie(Secret(text), HOST)) == "cookie-refused"

    def test_a_cookie_that_is_over_and_a_host_that_changed_ask_for_a_person(self) -> None:
        assert (
            code_of(lambda: SessionCookie(Secret("a=b"), HOST).renew(NOWHERE)) == "cookie-refused"
        )
        assert code_of(lambda: NoCredential().renew(NOWHERE)) == "sign-in-needed"
        assert NoCredential().headers().values == {}
