"""Ways in without a password: a token through the gateway or past it, a browser's cookie."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.sandbox import SandboxOptions

from ..sandbox.running import RunningSandbox
from ..stack.oauth2_proxy import COOKIE_NAME
from ..stack.pages import signed_in
from ..stack.stack import Stack

#: Where a cookie is copied from, and whether the day it ends comes with it.
ENDS_KNOWN = {"a row": True, "a header": False, "an answer": True, "a request": False}
TOKEN_WAYS = ("token", "token_file", "token_command")


def given(way: str, token: str, folder: Path) -> dict[str, object]:
    """Return the arguments of `connect` that give `token` in one of the three ways."""
    file = folder / "token"
    file.write_text(f"{token}\n")
    if way == "token":
        return {"token": token}
    if way == "token_file":
        return {"token_file": file}
    # Stands for `kubectl create token`: it prints a token, and a word on stderr.
    program = folder / "create-token"
    program.write_text(f'#!/bin/sh\necho "for $1" >&2\nexec cat {file}\n')
    program.chmod(0o700)
    return {"token_command": [os.fspath(program), "default-editor"]}


@pytest.mark.parametrize("way", TOKEN_WAYS)
def test_a_token_leads_through_the_gateway(way: str, stack: Stack, tmp_path: Path) -> None:
    before = stack.sign_in_count()
    client = kfc.connect(host=stack.host, **given(way, stack.id_token(), tmp_path))  # type: ignore[arg-type]
    client.list_experiments(namespace=stack.namespace)
    assert stack.username in repr(client)
    assert stack.sign_in_count() == before


@pytest.mark.parametrize("way", TOKEN_WAYS)
def test_a_token_leads_to_the_api_itself(way: str, tmp_path: Path) -> None:
    with RunningSandbox(SandboxOptions(api_only=True)) as api:
        token = api.sandbox.issue_token()
        client = kfc.connect(host=api.sandbox.host, **given(way, token, tmp_path))  # type: ignore[arg-type]
        client.list_experiments()


@pytest.mark.parametrize("wrong", ["not-a-token", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"])
def test_a_token_that_the_gateway_does_not_know_is_told(wrong: str, stack: Stack) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(host=stack.host, token=wrong)
    assert caught.value.code == "token-refused"
    assert wrong not in str(caught.value)


def test_a_file_that_gets_a_fresh_token_serves_the_next_call(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(stack.id_token())
    client = kfc.connect(host=stack.host, token_file=file)
    file.write_text("worn-out")
    with pytest.raises(kfc.KfpConnectError) as caught:
        client.list_experiments(namespace=stack.namespace)
    assert caught.value.code == "token-refused"
    file.write_text(stack.id_token())
    client.list_experiments(namespace=stack.namespace)


def browser_cookie(stack: Stack) -> str:
    """Return the session that a browser has after signing in."""
    with signed_in(stack) as session:
        return str(session.cookies[COOKIE_NAME])


@pytest.mark.parametrize("as_text", [True, False])
def test_a_cookie_of_the_browser_is_enough(as_text: bool, stack: Stack) -> None:
    value = browser_cookie(stack)
    before = stack.sign_in_count()
    cookies = f"{COOKIE_NAME}={value}" if as_text else {COOKIE_NAME: value}
    client = kfc.connect(host=stack.host, cookies=cookies)
    client.list_experiments(namespace=stack.namespace)
    assert stack.username in repr(client)
    assert stack.sign_in_count() == before


def copied(name: str, value: str) -> dict[str, str]:
    """Return a cookie as people copy it, by where they do."""
    ends = (datetime.now(timezone.utc) + timedelta(hours=20)).isoformat(timespec="milliseconds")
    return {
        "a row": f"{name}\t{value}\tlocalhost\t/\t{ends.replace('+00:00', 'Z')}\t301\t✓\t\t\t",
        "a header": f"Cookie: theme=dark; {name}={value}",
        "an answer": f"Set-Cookie: {name}={value}; Path=/; Max-Age=86400; HttpOnly",
        "a request": f"curl 'http://localhost/' \\\n  -H 'accept: */*' \\\n  -b '{name}={value}'",
    }


@pytest.mark.parametrize(("where", "known"), [*ENDS_KNOWN.items()])
def test_a_cookie_is_taken_as_people_copy_it_and_the_day_it_ends_is_shown(
    where: str, known: bool, stack: Stack
) -> None:
    value = browser_cookie(stack)
    client = kfc.connect(host=stack.host, cookies=copied(COOKIE_NAME, value)[where])
    client.list_experiments(namespace=stack.namespace)
    shown = client._repr_mimebundle_()
    day = rf"until 20\d\d-\d\d-\d\d at \d\d:\d\d UTC{'$' if known else ', a day after it began'}"
    assert re.search(day, shown["text/plain"], re.MULTILINE), shown["text/plain"]
    assert re.search(day.rstrip("$"), shown["text/html"])
    assert value not in str(shown)


def test_a_cookie_without_its_name_is_told_and_not_repeated(stack: Stack) -> None:
    value = browser_cookie(stack)
    with pytest.raises(kfc.SignInNeeded) as caught:
        kfc.connect(host=stack.host, cookies=value)
    assert "without its name" in caught.value.message
    assert value not in str(caught.value)


def test_a_cookie_whose_session_is_over_is_told_with_the_day_it_began(stack: Stack) -> None:
    client = kfc.connect(host=stack.host, cookies={COOKIE_NAME: browser_cookie(stack)})
    stack.end_sessions()
    with pytest.raises(kfc.SignInFailed) as caught:
        client.list_experiments(namespace=stack.namespace)
    assert caught.value.code == "cookie-refused"
    assert "began on 20" in caught.value.message
    assert "browser" in caught.value.remedy


def test_a_made_up_cookie_is_refused(stack: Stack) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(host=stack.host, cookies=f"{COOKIE_NAME}=made-up-value")
    assert caught.value.code == "cookie-refused"
    assert "made-up-value" not in str(caught.value)
