"""What the panel asks next, at front doors where a password alone does not do."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from jupyter_kfp_connect.core.times import iso, written
from jupyter_kfp_connect.kernel.display import ladder_text
from jupyter_kfp_connect.kernel.standing import Standing

from ..server.asking import BrokerClient, Rest
from ..server.contract import rung, states
from ..stack import dex, directory
from ..stack.authservice import stand_in_authservice
from ..stack.oauth2_proxy import COOKIE_NAME
from ..stack.pages import signed_in
from ..stack.plugin import StackFactory
from ..stack.processes import wait_until
from ..stack.stack import Stack

LONG = 60  # seconds that a connection gives one call, where that is not waited for
FORM = 4  # requests until Dex's form is there
KUBEFLOWS_DAY = timedelta(hours=24)
UNVERIFIED = "its certificate is not verified"


def set_cookie_line(stack: Stack, value: str) -> str:
    """Return the line with which the gateway gave out a session, as a browser shows it."""
    lines = [
        line
        for access in stack.accesses()
        for line in access.answer_headers.get("Set-Cookie", [])
        if value in line
    ]
    return f"Set-Cookie: {lines[-1]}"


async def connect(rest: Rest, stack: Stack, password: str, **more: Any) -> dict[str, Any]:
    """Type the connection's fields and the password; return the connection as it is then."""
    await rest.put("mine", host=stack.host, username=stack.username, **more)
    found: dict[str, Any] = await rest.connect("mine", password=password)
    return found


async def test_a_sign_in_at_another_host_is_confirmed_and_goes_on(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(elsewhere=True)
    asked = await connect(rest, stack, stack.password)
    assert rung(asked, "signed-in")["code"] == "other-login-host"
    assert asked["sign_in"]["kind"] == "login-host"
    there = asked["sign_in"]["host"]
    assert stack.dex_issuer.startswith(there)
    # The yes is all that is asked for: the password waits for it.
    confirmed = await rest.connect("mine", login_host=there)
    assert states(confirmed) == ["ok", "ok", "ok"]
    assert confirmed["login_hosts"] == [there]
    again = await connect(rest, stack, stack.password)
    assert states(again) == ["ok", "ok", "ok"]


@pytest.mark.parametrize("connectors", [1, 2])
async def test_a_sign_in_that_takes_no_password_asks_for_a_cookie(
    connectors: int, rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(passwordless=connectors)
    asked = await connect(rest, stack, stack.password)
    failed = rung(asked, "signed-in")
    assert failed["code"] == "no-password-form"
    assert "github" in failed["detail"].lower()
    assert asked["sign_in"] == {"kind": "cookie", "others": ["token"]}


async def test_only_connectors_that_take_a_password_are_there_to_choose(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(passwordless=1, second_connector=True)
    await rest.put("mine", host=stack.host)
    asked = await rest.connect("mine")
    assert asked["sign_in"]["kind"] == "password"
    assert [each["id"] for each in asked["sign_in"]["connectors"]] == [dex.SECOND_CONNECTOR]


async def test_a_directory_that_is_down_asks_for_the_password_once_more(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(directory=True)
    assert stack.directory is not None
    stack.directory.stop()
    try:
        asked = await connect(rest, stack, directory.PASSWORD, connector=directory.CONNECTOR)
    finally:
        stack.directory.start()
    failed = rung(asked, "signed-in")
    assert (failed["code"], failed["actor"]) == ("directory-down", "administrator")
    assert asked["sign_in"]["kind"] == "password"
    again = await rest.connect("mine", password=directory.PASSWORD)
    assert states(again) == ["ok", "ok", "ok"]


async def test_cancel_while_a_directory_hangs_ends_at_once_and_nothing_is_sent_after(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(directory=True)
    assert stack.directory is not None
    typed = {"host": stack.host, "username": directory.USERNAME, "timeout": LONG}
    await rest.put("mine", connector=directory.CONNECTOR, **typed)
    before = len(stack.accesses())
    given = {"password": directory.PASSWORD}
    with stack.directory.on_hold():
        told = await rest.ask("POST", "connections/mine/connect", given, params={"wait": "0"})
        assert told.data["busy"] is True
        await asyncio.to_thread(wait_until, lambda: len(stack.accesses()) >= before + FORM, "form")
        began = time.monotonic()
        cancelled = await rest.ask("POST", "connections/mine/cancel")
        assert time.monotonic() - began < LONG / 2
        assert (cancelled.data["busy"], states(cancelled.data)) == (False, ["unknown"] * 3)
    # The directory goes on, and with it whatever was on its way; the next sign-in is the only one.
    connected = await rest.connect("mine", **given)
    assert states(connected) == ["ok", "ok", "ok"]
    asked = stack.accesses()[before:]
    assert sum(access.is_sign_in for access in asked) <= 2
    assert [access.path for access in asked].count("/oauth2/callback") == 1


async def test_skipped_verification_is_warned_of_wherever_the_connection_is_shown(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(https=True)
    told = await connect(rest, stack, "not-this-one", verify_ssl=False)
    assert rung(told, "reachable")["detail"].endswith(UNVERIFIED)
    told = await connect(rest, stack, stack.password)
    for found in (told, await rest.connect("mine")):  # signed in, and looked at again
        assert states(found) == ["ok", "ok", "ok"]
        # What %kfp_connect --status, `status` and `doctor` print.
        assert UNVERIFIED in ladder_text("", Standing.of_server(found).rungs)
    ours = {"verify_ssl": None, "ssl_ca_cert": str(stack.ca_file)}
    verified = await connect(rest, stack, stack.password, **ours)
    assert states(verified) == ["ok", "ok", "ok"]
    assert UNVERIFIED not in str(verified)


async def test_the_day_a_cookie_ends_is_told_wherever_the_connection_is_shown(
    rest: Rest, stack: Stack
) -> None:
    with signed_in(stack) as session:
        value = session.cookies[COOKIE_NAME]
    ends = datetime.fromtimestamp(int(value.split("|")[1]), timezone.utc) + KUBEFLOWS_DAY
    usual = written(ends)
    await rest.put("mine", host=stack.host)
    pair = await rest.connect("mine", cookies=f"{COOKIE_NAME}={value}")
    line = await rest.connect("mine", cookies=set_cookie_line(stack, value))
    for told, words in ((pair, f"usually until {usual}"), (line, f"until {usual}")):
        assert states(told) == ["ok", "ok", "ok"]
        assert f"{stack.username}, {words}" in rung(told, "signed-in")["detail"]
        assert f"{stack.username}, {words}" in ladder_text("", Standing.of_server(told).rungs)
        assert told["renews"] is False
    # What only the gateway decides is not made up.
    assert pair["expires_at"] is None
    assert line["expires_at"] == iso(ends)
    again = await rest.connect("mine")
    assert usual in rung(again, "signed-in")["detail"]
    with BrokerClient.of_process() as broker:
        lease = await broker.lease("mine")
    assert lease["lasting"] == f"until {usual}"


async def test_a_cookie_that_cannot_be_read_is_asked_for_again_and_not_repeated(
    rest: Rest, stack: Stack
) -> None:
    with signed_in(stack) as session:
        value = session.cookies[COOKIE_NAME]
    await rest.put("mine", host=stack.host)
    told = await rest.connect("mine", cookies=value)
    failed = rung(told, "signed-in")
    assert states(told) == ["ok", "failed", "unknown"]
    assert failed["code"] == "cookie-refused"
    assert "value without its name" in failed["detail"]
    assert "copy the whole row" in failed["remedy"]["text"]
    assert told["sign_in"] == {"kind": "cookie", "others": ["password", "token"]}
    assert value not in "".join(rest.texts)
    right = await rest.connect("mine", cookies=f"{COOKIE_NAME}={value}")
    assert states(right) == ["ok", "ok", "ok"]


async def test_a_cookie_that_tells_no_day_is_shown_to_tell_none(rest: Rest, stack: Stack) -> None:
    with stand_in_authservice(stack) as door:
        door.sessions.add("session-of-a-browser")
        await rest.put("mine", host=door.host, namespace=stack.namespace)
        told = await rest.connect("mine", cookies="authservice_session=session-of-a-browser")
        assert states(told) == ["ok", "ok", "ok"]
        assert rung(told, "signed-in")["detail"].endswith("the cookie does not say until when")
        assert told["expires_at"] is None
        door.end_sessions()
        over = await rest.connect("mine")
        failed = rung(over, "signed-in")
        assert (failed["state"], failed["code"]) == ("failed", "cookie-refused")
        assert over["sign_in"]["kind"] == "cookie"


async def test_an_install_without_any_sign_in_is_green_at_once(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(sign_in=False)
    await rest.put("mine", host=stack.host)
    connected = await rest.connect("mine")
    assert "failed" not in states(connected)
    assert connected["sign_in"] is None
