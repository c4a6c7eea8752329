"""What the panel asks next, at front doors where a password alone does not do."""

from __future__ import annotations

from typing import Any

from ..server.asking import Rest
from ..server.contract import rung, states
from ..stack import directory
from ..stack.plugin import StackFactory
from ..stack.stack import Stack


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
    confirmed = await connect(rest, stack, stack.password, login_hosts=[there])
    assert states(confirmed) == ["ok", "ok", "ok"]


async def test_a_sign_in_that_takes_no_password_asks_for_a_cookie(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(passwordless=True)
    asked = await connect(rest, stack, stack.password)
    failed = rung(asked, "signed-in")
    assert failed["code"] == "no-password-form"
    assert "github" in failed["detail"]
    assert asked["sign_in"]["kind"] == "cookie"


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


async def test_an_install_without_any_sign_in_is_green_at_once(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(sign_in=False)
    await rest.put("mine", host=stack.host)
    connected = await rest.connect("mine")
    assert "failed" not in states(connected)
    assert connected["sign_in"] is None
