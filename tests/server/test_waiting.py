"""A cell that needs a sign-in finishes with it, or says at once why it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.sign_ins import SignIns

from ..sandbox.running import RunningSandbox
from .asking import USER, BrokerClient, Rest, counted, eventually
from .contract import rung
from .waiting import Cell, Window


@pytest.fixture
def new_cell(broker: BrokerClient, sign_ins: SignIns) -> Callable[..., Cell]:
    """Give a function that runs a cell which needs a connection."""

    def run(connection: str = "work", **more: Any) -> Cell:
        return Cell(broker, connection, **more)

    return run


@pytest.fixture
def work(rest: Rest, kubeflow: RunningSandbox, jp_asyncio_loop: Any) -> dict[str, Any]:
    """A connection that nobody is signed in to."""
    making = rest.put("work", host=kubeflow.sandbox.host, username=USER)
    made: dict[str, Any] = jp_asyncio_loop.run_until_complete(making)
    return made


async def test_the_cell_finishes_when_the_sign_in_is_done(
    work: Any, rest: Rest, broker: BrokerClient, window: Window, new_cell: Any, sign_ins: SignIns
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    assert cell.answer.result().data["connection"] == "work"
    (wanted,) = window.heard("sign-in-wanted")
    assert (wanted["connection"], wanted["connection_id"]) == ("work", work["id"])
    await rest.sign_in("work")
    assert await cell.outcome() == "done"
    assert (await broker.lease("work"))["signed_in_as"] == USER
    (ended,) = window.heard("sign-in-ended")
    assert ended["sign_in"] == wanted["sign_in"]
    assert sign_ins._waiting == {}


async def test_the_front_door_is_asked_once_for_all_windows(
    work: Any, rest: Rest, kubeflow: RunningSandbox, window: Window, new_cell: Any
) -> None:
    cells = [new_cell(kernel_id=each) for each in ("k", "other")]
    for cell in cells:
        await window.come_forward(cell)
    told = await rest.settled("work")
    assert told["sign_in"]["kind"] == "password"
    assert counted(kubeflow, "GET /oauth2/start") == 1
    # Once it is known, a later cell asks nobody.
    cells.append(new_cell(kernel_id="later"))
    await window.come_forward(cells[-1])
    assert counted(kubeflow, "GET /oauth2/start") == 1
    for cell in cells:
        await window.act(cell.id, "cancel")
        assert await cell.outcome() == "cancelled"


async def test_a_cell_does_not_take_back_a_disconnect(
    work: Any, rest: Rest, kubeflow: RunningSandbox, window: Window, new_cell: Any
) -> None:
    await rest.ask("POST", "connections/work/disconnect")
    cell = new_cell()
    await window.come_forward(cell)
    assert (await rest.get("work"))["busy"] is False
    assert counted(kubeflow, "GET /oauth2/start") == 0
    await window.act(cell.id, "cancel")
    assert await cell.outcome() == "cancelled"


async def test_a_sign_in_from_a_terminal_ends_the_wait_too(
    work: Any, broker: BrokerClient, window: Window, new_cell: Any
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    body = {"connection": "work", "username": USER, "password": "12341234"}
    await broker.ask("connect", body)
    assert await cell.outcome() == "done"


async def test_without_a_window_the_cell_is_told_at_once_what_to_do(
    work: Any, new_cell: Any, window: Window, sign_ins: SignIns, no_window: Any
) -> None:
    no_window()
    told = await new_cell().answer
    assert (told.status, told.data["error"]["code"]) == (409, "sign-in-needed")
    assert told.data["error"]["remedy_copy"] == "jupyter kfp-connect login work"
    assert len(window.heard("sign-in-wanted")) == 1
    assert sign_ins._waiting == {}


async def test_a_cell_that_is_no_kernels_does_not_wait_for_windows(
    work: Any, broker: BrokerClient, window: Window
) -> None:
    told = await broker.ask("sign-in", {"connection": "work", "kernel_id": None})
    assert (told.status, told.data["error"]["code"]) == (409, "sign-in-needed")
    assert window.heard("sign-in-wanted") == []


async def test_who_is_signed_in_meanwhile_brings_no_form_forward(
    work: Any, rest: Rest, new_cell: Any, window: Window
) -> None:
    await rest.sign_in("work")
    cell = new_cell()
    assert (await cell.answer).status == 200
    assert await cell.outcome() == "done"
    assert window.heard("sign-in-wanted") == []


async def test_cancel_in_the_panel_ends_the_cell(
    work: Any, new_cell: Any, window: Window, sign_ins: SignIns
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    await window.act(cell.id, "cancel")
    assert await cell.outcome() == "cancelled"
    assert len(window.heard("sign-in-ended")) == 1
    assert sign_ins._waiting == {}


async def test_an_interrupt_takes_the_form_away_in_every_window(
    work: Any, broker: BrokerClient, new_cell: Any, window: Window, sign_ins: SignIns
) -> None:
    cell = new_cell()
    await window.answer(cell)
    for _ in range(2):  # a second interrupt is no error
        told = await broker.ask("sign-in/cancel", {"id": cell.id})
        assert (told.status, told.data) == (200, {"outcome": "cancelled"})
    assert len(window.heard("sign-in-ended")) == 1
    assert sign_ins._waiting == {}


@pytest.mark.parametrize("path", ["sign-in", "sign-in/wait"])
async def test_a_kernel_that_is_killed_while_its_cell_waits_takes_the_form_away(
    work: Any,
    broker: BrokerClient,
    new_cell: Any,
    window: Window,
    sign_ins: SignIns,
    path: str,
) -> None:
    if path == "sign-in":
        connection = broker.hang(path, {"connection": "work", "kernel_id": "k"})
        event = await window.wanted()
        connection.close()
        await window.act(event["sign_in"], "seen")
    else:
        cell = new_cell()
        await window.answer(cell)
        broker.hang(path, {"id": cell.id}).close()
    await eventually(lambda: len(window.heard("sign-in-ended")) == 1)
    assert sign_ins._waiting == {}


async def test_a_kernel_that_ends_while_its_cell_waits_takes_the_form_away(
    work: Any, new_cell: Any, window: Window, extension: KfpConnect, sign_ins: SignIns
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    other = new_cell(kernel_id="another")
    await window.wanted(2)
    await window.come_forward(other)
    assert extension._manager is not None
    extension._manager.kernel_ended("k")
    assert await cell.outcome() == "cancelled"
    assert [event["kernel_id"] for event in window.heard("sign-in-ended")] == ["k"]
    assert other.waits
    await window.act(other.id, "cancel")
    assert await other.outcome() == "cancelled"


async def test_a_window_that_closes_hands_over_to_another(
    work: Any, rest: Rest, new_cell: Any, window: Window
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    left = asyncio.ensure_future(window.act(cell.id, "left"))
    assert (await window.wanted(2))["sign_in"] == cell.id
    await window.act(cell.id, "seen")
    await left
    assert cell.waits
    await rest.sign_in("work")
    assert await cell.outcome() == "done"


async def test_when_the_last_window_closes_the_cell_is_told_that_nobody_is_there(
    work: Any, new_cell: Any, window: Window, sign_ins: SignIns, no_window: Any
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    no_window()
    await window.act(cell.id, "left")
    assert await cell.outcome() == "nobody"
    assert len(window.heard("sign-in-ended")) == 1
    assert sign_ins._waiting == {}


async def test_a_wrong_password_keeps_form_and_cell_waiting(
    work: Any, rest: Rest, new_cell: Any, window: Window, kubeflow: RunningSandbox
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    refused = await rest.sign_in("work", password="not-this-one")
    assert rung(refused, "signed-in")["code"] == "wrong-password"
    assert refused["sign_in"]["kind"] == "password"
    assert cell.waits
    assert window.heard("sign-in-ended") == []
    await rest.sign_in("work")
    assert await cell.outcome() == "done"
    assert counted(kubeflow, "POST /dex/auth/local/login") == 2


async def test_one_sign_in_serves_every_cell_that_waits_for_it(
    work: Any, rest: Rest, new_cell: Any, window: Window
) -> None:
    cells = []
    for number in range(2):
        cells.append(new_cell(kernel_id=f"k{number}"))
        await window.wanted(number + 1)
        await window.come_forward(cells[-1])
    assert len({cell.id for cell in cells}) == 2
    await rest.sign_in("work")
    assert [await cell.outcome() for cell in cells] == ["done", "done"]
    assert len(window.heard("sign-in-ended")) == 2


async def test_a_sign_in_elsewhere_is_not_the_cells(
    work: Any, rest: Rest, new_cell: Any, window: Window, kubeflow: RunningSandbox
) -> None:
    await rest.put("other", host=kubeflow.sandbox.host)
    cell = new_cell()
    await window.come_forward(cell)
    await rest.sign_in("other")
    assert cell.waits
    await window.act(cell.id, "cancel")
    assert await cell.outcome() == "cancelled"


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "connections/work"), ("POST", "connections/work/disconnect")],
    ids=["removed", "disconnected"],
)
async def test_a_cell_does_not_wait_for_what_was_given_up(
    work: Any, rest: Rest, new_cell: Any, window: Window, method: str, path: str
) -> None:
    cell = new_cell()
    await window.come_forward(cell)
    await rest.ask(method, path)
    assert await cell.outcome() == "cancelled"
    assert len(window.heard("sign-in-ended")) == 1


async def test_after_disconnect_a_cell_may_ask_for_the_form_again(
    work: Any, rest: Rest, new_cell: Any, window: Window
) -> None:
    await rest.sign_in("work")
    await rest.ask("POST", "connections/work/disconnect")
    cell = new_cell()
    await window.come_forward(cell)
    await rest.put("work", title="Work")
    assert cell.waits
    await rest.sign_in("work")
    assert await cell.outcome() == "done"


async def test_an_address_mended_while_the_cell_waits_is_the_one_signed_in_to(
    rest: Rest, new_cell: Any, window: Window, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host="http://127.0.0.1:9/pipeline", username=USER)
    cell = new_cell()
    await window.come_forward(cell)
    await rest.put("work", host=kubeflow.sandbox.host, name="job")
    assert cell.waits
    await rest.sign_in("job")
    assert await cell.outcome() == "done"
    assert window.heard("sign-in-ended")[0]["connection"] == "job"


async def test_a_long_wait_is_told_from_time_to_time(
    work: Any, new_cell: Any, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_kfp_connect.server.broker_routes._LONGEST_WAIT", 0.05)
    cell = new_cell()
    await window.come_forward(cell)
    assert await cell.outcome() == "waiting"
    await window.act(cell.id, "cancel")
    cell.wait()
    assert await cell.outcome() == "cancelled"


async def test_what_nobody_waits_for_is_refused(
    work: Any, rest: Rest, broker: BrokerClient, new_cell: Any, window: Window
) -> None:
    for action in ("seen", "cancel", "left"):
        told = await rest.ask("POST", "sign-ins/nobody", {"action": action})
        assert (told.status, told.error["code"]) == (400, "bad-request")
    told = await broker.ask("sign-in/wait", {"id": "nobody"})
    assert (told.status, told.data["error"]["code"]) == (400, "bad-request")
    told = await broker.ask("sign-in", {"connection": "nowhere", "kernel_id": "k"})
    assert (told.status, told.data["error"]["code"]) == (404, "unknown-connection")
    cell = new_cell()
    await window.come_forward(cell)
    wrong = await rest.ask("POST", f"sign-ins/{cell.id}", {"action": "explode"})
    assert (wrong.status, wrong.error["message"].partition(":")[0]) == (400, "action")
    assert cell.waits
    await window.act(cell.id, "cancel")
    assert await cell.outcome() == "cancelled"
