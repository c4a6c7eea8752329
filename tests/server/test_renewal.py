"""Sessions that end: renewed on use, once for all, and told when they cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.server.app import KfpConnect

from ..sandbox.running import Clock, RunningSandbox
from .asking import (
    AT_ONCE,
    PASSWORD,
    POSTED,
    BrokerClient,
    Rest,
    SilentServer,
    counted,
    eventually,
)
from .conftest import StartSandbox
from .contract import rung, states


@pytest.fixture
def clock() -> Clock:
    """The sandbox's clock, which hardly moves by itself."""
    standing = Clock(step=0.001)
    standing.now = datetime.now(timezone.utc).timestamp()
    return standing


@pytest.fixture
def kubeflow(start_sandbox: StartSandbox, clock: Clock) -> RunningSandbox:
    """A Kubeflow whose sessions end when its clock is moved."""
    return start_sandbox(clock=clock, session_seconds=3_600)


@pytest.fixture
def directory(kubeflow: RunningSandbox) -> Any:
    """The directory of users, which can go down and whose password can change."""
    return kubeflow.sandbox.cluster.directory


@pytest.fixture
def end_session(
    extension: KfpConnect, kubeflow: RunningSandbox, clock: Clock
) -> Callable[[], None]:
    """Give a function that ends the session, at the host and by what its cookie says.

    No test waits for that: a session that ends soon may do so before it is signed in to.
    """

    def end() -> None:
        assert extension._manager is not None
        session = extension._manager.live("work").session
        assert session is not None
        credential: Any = session._credential
        over = datetime.now(timezone.utc) - timedelta(seconds=1)
        credential._headers = replace(credential._headers, expires_at=over)
        clock.now += 7_200

    return end


async def connected(rest: Rest, kubeflow: RunningSandbox, **given: Any) -> str:
    """Sign in, and return the connection's id."""
    made = await rest.put("work", host=kubeflow.sandbox.host, username="user@example.com")
    assert states(await rest.sign_in("work", **given)) == ["ok", "ok", "ok"]
    return str(made["id"])


async def refuse(broker: BrokerClient, connection_id: str, generation: int) -> Any:
    """Tell the broker that a generation was refused."""
    return await broker.ask("refused", {"connection_id": connection_id, "generation": generation})


async def test_fifty_kernels_that_are_refused_at_once_cost_one_sign_in(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, events: list[dict[str, Any]]
) -> None:
    connection_id = await connected(rest, kubeflow)
    before, mark = await broker.lease("work"), broker.mark()
    events.clear()
    answers = await asyncio.gather(
        *(refuse(broker, connection_id, before["generation"]) for _ in range(50))
    )
    assert {answer.status for answer in answers} == {200}
    assert {answer.data["generation"] for answer in answers} == {before["generation"] + 1}
    assert {answer.data["headers"]["Cookie"] for answer in answers} != {before["headers"]["Cookie"]}
    assert counted(kubeflow, POSTED) == 2
    assert broker.mark() != mark
    await eventually(lambda: bool(events))
    assert (await rest.get("work"))["generation"] == before["generation"] + 1


async def test_a_kernel_with_old_headers_gets_the_new_ones_at_no_request(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    connection_id = await connected(rest, kubeflow)
    await refuse(broker, connection_id, 1)
    for generation in (0, 1):
        assert (await refuse(broker, connection_id, generation)).data["generation"] == 2
    assert counted(kubeflow, POSTED) == 2


async def test_a_session_that_ended_is_renewed_on_use_with_one_sign_in_for_all(
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    events: list[dict[str, Any]],
    end_session: Callable[[], None],
) -> None:
    began = datetime.now(timezone.utc)
    await connected(rest, kubeflow)
    first = await broker.lease("work")
    mark, signed_in = broker.mark(), counted(kubeflow, POSTED)
    expires = datetime.fromisoformat(first["expires_at"].replace("Z", "+00:00"))
    hour = timedelta(seconds=3_600)
    # Cookies count in whole seconds.
    assert began + hour - timedelta(seconds=1) <= expires <= datetime.now(timezone.utc) + hour
    events.clear()
    end_session()
    await rest.get("work")
    assert counted(kubeflow, POSTED) == signed_in
    leases = await asyncio.gather(*(broker.lease("work") for _ in range(20)))
    assert {lease["generation"] for lease in leases} == {first["generation"] + 1}
    assert counted(kubeflow, POSTED) == signed_in + 1
    assert broker.mark() != mark
    assert [event["kind"] for event in events] == ["connection"]


async def test_a_directory_that_is_down_costs_neither_password_nor_session(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, directory: Any
) -> None:
    connection_id = await connected(rest, kubeflow)
    directory.is_down = True
    refused = await refuse(broker, connection_id, 1)
    assert (refused.status, refused.data["error"]["code"]) == (409, "directory-down")
    told = await rest.get("work")
    assert states(told) == ["ok", "failed", "unknown"]
    assert told["remembered"] == "server"
    directory.is_down = False
    assert (await refuse(broker, connection_id, 1)).data["generation"] == 2
    assert states(await rest.get("work")) == ["ok", "ok", "ok"]


async def test_a_password_that_was_changed_is_tried_once_and_then_asked_for(
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    directory: Any,
    events: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection_id = await connected(rest, kubeflow)
    monkeypatch.setattr(directory, "check_password", lambda *_: False)
    mark = broker.mark()
    events.clear()
    for _ in range(3):
        told = await refuse(broker, connection_id, 1)
        assert (told.status, told.data["error"]["code"]) == (409, "wrong-password")
        assert PASSWORD not in told.text
    assert counted(kubeflow, POSTED) == 2
    shown = await rest.get("work")
    assert states(shown) == ["ok", "failed", "unknown"]
    assert rung(shown, "signed-in")["code"] == "wrong-password"
    assert (shown["sign_in"]["kind"], shown["remembered"]) == ("password", "no")
    assert broker.mark() != mark
    assert any(event["connection_id"] == connection_id for event in events)
    monkeypatch.undo()
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]


async def test_without_the_password_kept_the_end_of_the_session_is_shown(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, end_session: Callable[[], None]
) -> None:
    await connected(rest, kubeflow, remember="no")
    await broker.lease("work")
    end_session()
    told = await broker.ask("lease", {"connection": "work"})
    assert (told.status, told.data["error"]["code"]) == (409, "session-over")
    shown = await rest.get("work")
    assert states(shown) == ["ok", "failed", "unknown"]
    assert shown["sign_in"]["kind"] == "password"
    assert counted(kubeflow, POSTED) == 1


async def test_a_look_renews_a_session_that_was_refused(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, clock: Clock
) -> None:
    await connected(rest, kubeflow)
    mark = broker.mark()
    clock.now += 7_200  # the gateway forgets the session before its cookie says so
    looked = await rest.connect("work")
    assert states(looked) == ["ok", "ok", "ok"]
    assert looked["generation"] == 2
    assert broker.mark() != mark
    assert counted(kubeflow, POSTED) == 2


async def test_a_host_that_went_away_is_shown_and_found_again(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, clock: Clock
) -> None:
    connection_id = await connected(rest, kubeflow)
    port, sandbox = kubeflow.sandbox.port, kubeflow.sandbox
    await asyncio.to_thread(kubeflow._run, sandbox.stop())
    told = await refuse(broker, connection_id, 1)
    assert told.data["error"]["code"] == "connection-refused"
    gone = await rest.get("work")
    assert states(gone) == ["failed", "unknown", "unknown"]
    assert gone["remembered"] == "server"
    with RunningSandbox(SandboxOptions(port=port, clock=clock)):
        assert (await refuse(broker, connection_id, 1)).data["generation"] == 2
    assert states(await rest.get("work")) == ["ok", "ok", "ok"]


async def test_disconnect_ends_a_renewal_that_hangs(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    connection_id = await connected(rest, kubeflow)
    await asyncio.to_thread(kubeflow._run, kubeflow.sandbox.stop())
    port = int((await rest.get("work"))["host"].rpartition(":")[2].partition("/")[0])
    with SilentServer(port) as silent:
        waiting = asyncio.ensure_future(refuse(broker, connection_id, 1))
        await silent.reached()
        # The server answers everybody else meanwhile.
        assert states(await rest.get("work")) == ["ok", "ok", "ok"]
        await rest.ask("POST", "connections/work/disconnect")
        told = await asyncio.wait_for(waiting, AT_ONCE)
        assert told.data["error"]["code"] == "disconnected"
        assert silent.asked == 1
    assert states(await rest.get("work")) == ["unknown"] * 3


async def test_a_mistake_of_our_own_neither_hangs_the_panel_nor_ends_the_session(
    rest: Rest, kubeflow: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connected(rest, kubeflow)

    def fail(*_: object) -> None:
        raise ZeroDivisionError(PASSWORD)

    for place in ("attempt.recheck", "manager.settings_here"):
        monkeypatch.setattr(f"jupyter_kfp_connect.server.{place}", fail)
        told = await rest.connect("work")
        assert told["busy"] is False
        assert rung(told, "reachable")["code"] == "unexpected"
        assert PASSWORD not in str(told)
        monkeypatch.undo()
    assert states(await rest.connect("work")) == ["ok", "ok", "ok"]
    monkeypatch.setattr("jupyter_kfp_connect.core.climb.Climb.run", fail)
    told = await rest.sign_in("work")
    assert (told["busy"], rung(told, "reachable")["code"]) == (False, "unexpected")
