"""Past each kind of front door, a notebook's calls work, and go on when the session has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..server.asking import Rest
from ..server.contract import states
from ..stack.authservice import stand_in_authservice
from ..stack.plugin import StackFactory
from ..stack.stack import Stack

EXPERIMENT = "seen-from-a-notebook"
NewNotebook = Callable[..., Any]


async def connect(rest: Rest, stack: Stack, **fields: Any) -> dict[str, Any]:
    """Fill in the form as a user does, and click Connect."""
    stack.have_experiment(EXPERIMENT)
    await rest.put("work", **{"host": stack.host, "username": stack.username, **fields})
    told: dict[str, Any] = await rest.connect("work", password=stack.password)
    return told


async def expect_calls(
    new_notebook: NewNotebook, stack: Stack, end_sessions: Callable[[], None]
) -> None:
    """Look for the experiment in a cell, before and after every session has ended."""
    cell = f"print(kfp_client.list_experiments(namespace={stack.namespace!r}))"
    async with new_notebook() as notebook:
        await notebook.run("%kfp_connect work")
        for end in (end_sessions, lambda: None):
            await notebook.run(cell)
            assert EXPERIMENT in "".join(notebook.texts)
            end()


@pytest.mark.parametrize("options", [{"skip_button": True}, {"prefix": "/kubeflow"}])
async def test_a_front_door_that_starts_by_itself_or_is_under_a_path(
    options: dict[str, Any], rest: Rest, stack_with: StackFactory, new_notebook: NewNotebook
) -> None:
    stack = stack_with(**options)
    assert states(await connect(rest, stack)) == ["ok", "ok", "ok"]
    await expect_calls(new_notebook, stack, stack.end_sessions)


@pytest.mark.parametrize("verified", [True, False])
async def test_a_private_certificate_authority_named_or_skipped(
    verified: bool, rest: Rest, stack_with: StackFactory, new_notebook: NewNotebook
) -> None:
    stack = stack_with(https=True)
    ours = {"ssl_ca_cert": str(stack.ca_file)} if verified else {"verify_ssl": False}
    assert states(await connect(rest, stack, **ours)) == ["ok", "ok", "ok"]
    await expect_calls(new_notebook, stack, stack.end_sessions)


async def test_a_sign_in_at_another_host_after_one_yes(
    rest: Rest, stack_with: StackFactory, new_notebook: NewNotebook
) -> None:
    stack = stack_with(elsewhere=True)
    asked = await connect(rest, stack)
    told = await rest.connect("work", login_host=asked["sign_in"]["host"])
    assert states(told) == ["ok", "ok", "ok"]
    await expect_calls(new_notebook, stack, stack.end_sessions)


async def test_the_older_authservice(rest: Rest, stack: Stack, new_notebook: NewNotebook) -> None:
    with stand_in_authservice(stack) as door:
        told = await connect(rest, stack, host=door.host, namespace=stack.namespace)
        assert states(told) == ["ok", "ok", "ok"]
        await expect_calls(new_notebook, stack, door.end_sessions)
