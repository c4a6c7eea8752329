"""Inside the cluster, one click with nothing typed; the kernel follows a swapped token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ..kernel.real_kernel import LIMIT, literal
from ..server.asking import Rest
from ..server.contract import rung, states
from .calls import CELL, END, ENOUGH, ROUNDS
from .cluster import ACCOUNT, NAMESPACE, PodVolume

SWAPS = 5
ARM = "__import__('jupyter_kfp_connect.kernel.arming', fromlist=['arm']).arm(None, 'kfp_client')"


class Notebook:
    """A kernel that the server started.

    Parameters
    ----------
    client : AsyncKernelClient
        Connected to it.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def run(self, code: str) -> None:
        """Run a cell, which has to succeed."""
        reply = await self._client.execute_interactive(
            code, allow_stdin=False, output_hook=lambda message: None, timeout=LIMIT
        )
        assert reply["content"]["status"] == "ok", "\n".join(reply["content"]["traceback"])

    async def value(self, expression: str) -> Any:
        """Evaluate an expression as the panel does, in a silent request."""
        reply = await self._client.execute(
            "",
            silent=True,
            store_history=False,
            user_expressions={"it": expression},
            reply=True,
            timeout=LIMIT,
        )
        return reply["content"]["user_expressions"]["it"]

    async def number(self, expression: str) -> int:
        """Evaluate an expression that is a number."""
        return int((await self.value(expression))["data"]["text/plain"])

    async def some_more_calls(self) -> None:
        """Wait until each of the threads of `CELL` has made a call that began after this."""
        enough = await self.number(ROUNDS) + ENOUGH

        async def look() -> None:
            while await self.number(ROUNDS) < enough:
                await asyncio.sleep(0.02)

        await asyncio.wait_for(look(), LIMIT)


@asynccontextmanager
async def armed_notebook(server: Any) -> AsyncIterator[Notebook]:
    """Start a kernel as a notebook does, and arm it as Connect does."""
    kernels = server.kernel_manager
    kernel_id = await kernels.start_kernel()
    client = kernels.get_kernel(kernel_id).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=LIMIT)
        notebook = Notebook(client)
        armed = json.loads(literal(await notebook.value(ARM)))
        assert armed["state"] == "armed", armed
        yield notebook
    finally:
        client.stop_channels()
        await kernels.shutdown_kernel(kernel_id, now=True)


async def test_one_click_with_nothing_typed_signs_in_as_the_pod(pod: PodVolume, rest: Rest) -> None:
    told = (await rest.ask("POST", "detect")).data
    (found,) = told["found"]
    assert (found["name"], found["host"]) == ("environment", pod.host)
    assert pod.seen == []
    connected = await rest.connect("environment")
    assert states(connected) == ["ok", "ok", "ok"]
    assert (connected["way"], connected["renews"]) == ("service-account-token", True)
    assert connected["signed_in_as"] == ACCOUNT
    assert rung(connected, "authorized")["detail"] == NAMESPACE
    assert pod.token not in json.dumps(connected)


async def test_a_kernel_of_the_server_follows_a_swapped_token(
    pod: PodVolume, rest: Rest, jp_serverapp: Any
) -> None:
    await rest.ask("POST", "detect")
    await rest.connect("environment")
    async with armed_notebook(jp_serverapp) as notebook:
        await notebook.run("kfp_client.list_experiments()")
        for _ in range(2):
            pod.swap()
            before = len(pod.seen)
            await notebook.run("kfp_client.list_experiments()")
            assert pod.seen[before:] == [pod.token]

        await notebook.run(CELL)
        for _ in range(SWAPS):
            pod.swap()
            await notebook.some_more_calls()
        await notebook.run(END)
        assert (await notebook.value("_failed"))["data"]["text/plain"] == "[]"


@pytest.mark.parametrize("empty", [False, True])
async def test_a_kernel_of_the_server_goes_on_while_the_file_is_gone_for_a_moment(
    empty: bool, pod: PodVolume, rest: Rest, jp_serverapp: Any
) -> None:
    await rest.ask("POST", "detect")
    await rest.connect("environment")
    async with armed_notebook(jp_serverapp) as notebook:
        await notebook.run(CELL)
        await notebook.some_more_calls()
        link = pod.path.readlink()
        pod.path.unlink()
        if empty:
            pod.path.touch()
        await notebook.some_more_calls()
        pod.path.unlink(missing_ok=True)
        pod.path.symlink_to(link)
        pod.swap()
        await notebook.some_more_calls()
        await notebook.run(END)
        assert (await notebook.value("_failed"))["data"]["text/plain"] == "[]"
    assert pod.seen[-1] == pod.token
