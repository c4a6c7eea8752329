"""Real kernels of a real server: what a cell and every window see of each other."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Any

import pytest

from jupyter_kfp_connect.server.sign_ins import SignIns

from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, TIMEOUT, USER, Rest, counted, eventually
from .notebooks import Notebook
from .waiting import Window

CELL = "%kfp_connect work\nprint('as', kfp_client._source.lease().signed_in_as)"


async def put_work(rest: Rest, kubeflow: RunningSandbox) -> None:
    """Make a connection that nobody is signed in to."""
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)


async def come_forward(window: Window, notebook: Notebook) -> str:
    """Answer the cell that waits, as the window that has the notebook open."""
    wanted = await window.wanted()
    assert wanted["kernel_id"] == notebook.id
    await window.act(wanted["sign_in"], "seen")
    sign_in: str = wanted["sign_in"]
    return sign_in


async def fourth_rungs(rest: Rest) -> dict[str, str]:
    """Return what every window shows of each name."""
    told = await rest.ask("GET", "kernels")
    return {kernel["variable"]: kernel["rung"]["detail"] for kernel in told.data}


async def test_a_cell_waits_through_a_wrong_password_and_finishes_with_the_client(
    rest: Rest, kubeflow: RunningSandbox, window: Window, new_notebook: Any
) -> None:
    await put_work(rest, kubeflow)
    async with new_notebook() as notebook:
        cell = notebook.start(CELL)
        await come_forward(window, notebook)
        await rest.sign_in("work", password="wrong")
        assert not cell.done()
        await rest.sign_in("work")
        reply = await cell
        assert reply["status"] == "ok", notebook.texts
        assert notebook.texts[0].startswith("Waiting for you to sign in to “work”")
        assert f"as {USER}" in notebook.texts[-1]
        assert await fourth_rungs(rest) == {"kfp_client": "live"}
    await eventually(lambda: bool(window.heard("sign-in-ended")))
    assert counted(kubeflow, "POST /dex/auth/local/login") == 2


@pytest.mark.parametrize(("action", "told"), [("cancel", "cancelled"), ("left", "closed")])
async def test_what_a_window_does_ends_the_cell_at_once(
    rest: Rest,
    kubeflow: RunningSandbox,
    window: Window,
    new_notebook: Any,
    action: str,
    told: str,
    sign_ins: SignIns,
    no_window: Any,
) -> None:
    await put_work(rest, kubeflow)
    async with new_notebook() as notebook:
        cell = notebook.start(CELL)
        sign_in = await come_forward(window, notebook)
        no_window()  # but this one
        await window.act(sign_in, action)
        reply = await asyncio.wait_for(cell, TIMEOUT)
        assert reply["ename"] == "SignInNeeded"
        assert told in notebook.texts[-1]
    assert sign_ins._waiting == {}


async def test_an_interrupt_takes_the_form_back(
    rest: Rest, kubeflow: RunningSandbox, window: Window, new_notebook: Any, sign_ins: SignIns
) -> None:
    await put_work(rest, kubeflow)
    async with new_notebook() as notebook:
        cell = notebook.start(CELL)
        sign_in = await come_forward(window, notebook)
        await notebook.interrupt()
        reply = await asyncio.wait_for(cell, TIMEOUT)
        assert reply["ename"] == "KeyboardInterrupt"
        await eventually(lambda: bool(window.heard("sign-in-ended")))
        assert window.heard("sign-in-ended")[0]["sign_in"] == sign_in
        assert (await notebook.run("1 + 1"))["status"] == "ok"
    assert sign_ins._waiting == {}


async def test_without_a_window_the_cell_says_so(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any, no_window: Any
) -> None:
    await put_work(rest, kubeflow)
    no_window()
    async with new_notebook() as notebook:
        reply = await asyncio.wait_for(notebook.run(CELL), TIMEOUT)
        assert reply["ename"] == "SignInNeeded"
        assert "jupyter kfp-connect login work" in notebook.texts[-1]


async def test_a_killed_kernel_leaves_every_list_at_once(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any, events: list[dict[str, Any]]
) -> None:
    await put_work(rest, kubeflow)
    await rest.sign_in("work")
    async with new_notebook() as notebook:
        assert (await notebook.run(CELL))["status"] == "ok", notebook.texts
        assert await fourth_rungs(rest) == {"kfp_client": "live"}
        events.clear()
        await notebook.kill()
        await eventually(lambda: any(event["kind"] == "kernels" for event in events))
        assert await fourth_rungs(rest) == {}


async def test_what_a_cell_puts_under_the_name_is_seen_in_every_window(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any
) -> None:
    await put_work(rest, kubeflow)
    await rest.sign_in("work")
    async with new_notebook() as notebook:
        await notebook.run("%kfp_connect work\nc = %kfp_connect work --as second")
        assert await fourth_rungs(rest) == {"kfp_client": "live", "second": "live"}
        await notebook.run("kfp_client = 1\ndel second")
        told = await fourth_rungs(rest)
        assert "holds something of yours" in told["kfp_client"]
        assert told["second"] == "armed"


async def test_a_terminal_and_a_notebook_get_the_same_diagnosis(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any, broker: Any
) -> None:
    await put_work(rest, kubeflow)
    await rest.sign_in("work")
    told = await broker.ask("diagnose", {"connection": "work"})
    assert told.status == 200, told.text
    assert {probe["status"] for probe in told.data["probes"]} == {200}
    async with new_notebook() as notebook:
        await notebook.run("%kfp_connect work --diagnose")
        assert all(probe["what"] in notebook.texts[-1] for probe in told.data["probes"])


def typed_in_a_terminal(*words: str) -> tuple[int, str]:
    """Run the command in a terminal of this server, typing the password; return how it ended."""
    keyboard, screen = os.openpty()
    program = [sys.executable, "-m", "jupyter_kfp_connect", *words]
    with subprocess.Popen(
        program,
        stdin=screen,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # else it would ask at the terminal of the tests
    ) as running:
        os.close(screen)
        assert running.stdout is not None
        assert running.stderr is not None
        asked = b""
        while b"Password of" not in asked or not asked.endswith(b": "):
            asked += running.stderr.read(1)
        os.write(keyboard, f"{PASSWORD}\n".encode())
        told = running.stdout.read().decode()
        status = running.wait(TIMEOUT)
    os.close(keyboard)
    return status, told


async def test_a_sign_in_in_a_terminal_serves_the_next_cell_of_any_notebook(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any
) -> None:
    await put_work(rest, kubeflow)
    async with new_notebook() as notebook:
        status, told = await asyncio.to_thread(typed_in_a_terminal, "login", "work")
        assert (status, PASSWORD in told) == (0, False)
        assert f"Signed in: ok, {USER}" in told
        assert (await notebook.run(CELL))["status"] == "ok", notebook.texts
