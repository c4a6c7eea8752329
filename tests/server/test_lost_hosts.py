"""A host that is lost after it was connected to: what windows and other cells hear of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from jupyter_kfp_connect.server import verdicts
from jupyter_kfp_connect.server.app import KfpConnect

from ..core.fakes import jwt
from ..kernel.fake_kfp import Answer, Asked, as_recorded, running_kfp
from .asking import BrokerClient, Rest
from .contract import states
from .naming import CONNECT, HEALTHZ, LIST, TEXT, USERS, answer_as
from .test_verdicts import SERVED, rung_of, taken_in

ANSWERS = {HEALTHZ: USERS, LIST: as_recorded("kfp-list-experiments-empty")}
ALONE = {HEALTHZ: as_recorded("kfp-healthz-single-user"), LIST: as_recorded("kfp-single-user-list")}
NO_ANSWER = 0


class Host:
    """A KFP that can be lost.

    Attributes
    ----------
    kfp : FakeKfp
        What serves it.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.kfp = stack.enter_context(running_kfp())

    def is_back(self, answers: dict[str, Answer] = ANSWERS) -> None:
        """Let it answer."""
        answer_as(self.kfp, answers)

    def breaks_off(self) -> None:
        """Let every connection end without an answer, as a port-forward whose pod has gone."""

        def drop(asked: Asked) -> Answer:
            raise ConnectionResetError

        self.kfp.respond = drop

    def has_no_pods(self) -> None:
        """Let the gateway answer for what is behind it."""
        self.kfp.respond = lambda asked: Answer(503, b"no healthy upstream", TEXT)

    async def closes(self) -> None:
        """Let nobody listen at its port any more."""
        self.breaks_off()  # on kept connections
        await asyncio.to_thread(self._stack.close)

    @property
    def looks(self) -> int:
        """How often its healthz was asked for."""
        return sum(asked.path.endswith(HEALTHZ) for asked in self.kfp.asked)


@pytest.fixture
def host() -> Iterator[Host]:
    with ExitStack() as stack:
        yield Host(stack)


async def connected(rest: Rest, host: Host, answers: dict[str, Answer] = ANSWERS) -> str:
    """Connect, and return the connection's id."""
    host.is_back(answers)
    made = await rest.put("work", host=host.kfp.host, namespace="team-a")
    told = await rest.connect("work", token=jwt())
    assert all(state in ("ok", "not-needed") for state in states(told)), told["rungs"]
    return str(made["id"])


async def tell(broker: BrokerClient, connection: str, status: int) -> None:
    """Tell the server of a call, as a kernel does."""
    told = await broker.ask("answered", {"connection_id": connection, "status": status})
    assert told.status == 204


@pytest.mark.parametrize(
    ("lose", "code"), [(Host.breaks_off, "bad-answer"), (Host.has_no_pods, "server-error")]
)
async def test_a_host_that_a_cell_loses_is_red_everywhere_until_a_call_goes_through_again(
    rest: Rest, host: Host, new_notebook: Any, lose: Any, code: str
) -> None:
    await connected(rest, host)
    async with new_notebook() as notebook:
        await notebook.run("%kfp_connect work")
        lose(host)
        reply = await notebook.run("kfp_client.list_experiments()")
        assert f"[{code}]" in reply["evalue"]
        assert (await rung_of(rest, "reachable", "failed"))["code"] == code
        assert states(await rest.get("work")) == ["failed", "unknown", "unknown"]
        host.is_back()
        await notebook.run(SERVED)
        assert notebook.texts == ["served\n"], "the session is none the worse"
        await rung_of(rest, "authorized", "ok")
        assert states(await rest.get("work")) == ["ok", "ok", "ok"]


async def test_who_connects_to_a_host_that_a_cell_lost_is_told_and_gets_no_client(
    rest: Rest, host: Host, new_notebook: Any
) -> None:
    await connected(rest, host)
    async with new_notebook() as notebook:
        await notebook.run("%kfp_connect work")
        await host.closes()
        # No time lies between: what comes next waits for what the server finds.
        for cell in ("kfp_client.list_experiments()", "%kfp_connect work"):
            reply = await notebook.run(cell)
            assert "[connection-refused]" in f"{reply.get('evalue')} {notebook.texts}", cell
        await notebook.run(CONNECT)
        assert json.loads("".join(notebook.texts))["code"] == "connection-refused"
        await notebook.run("%kfp_connect work --status")
        assert "[connection-refused]" in "\n".join(notebook.texts)


async def test_who_connects_once_the_host_is_back_has_a_client_and_turns_the_panel_green(
    rest: Rest, broker: BrokerClient, host: Host
) -> None:
    connection = await connected(rest, host)
    host.breaks_off()
    await tell(broker, connection, NO_ANSWER)
    await rung_of(rest, "reachable", "failed")
    host.is_back()
    assert (await broker.lease("work", prove=True))["host"] == host.kfp.host
    assert states(await rest.get("work")) == ["ok", "ok", "ok"]


async def test_a_lost_host_without_namespaces_gives_no_client_either(
    rest: Rest, broker: BrokerClient, host: Host
) -> None:
    connection = await connected(rest, host, ALONE)
    host.breaks_off()
    await tell(broker, connection, NO_ANSWER)
    told = await broker.ask("lease", {"connection": "work", "prove": True})
    assert told.error["code"] == "bad-answer"
    host.is_back(ALONE)
    await tell(broker, connection, 200)
    assert (await rung_of(rest, "reachable", "ok"))["code"] == "ok"


async def test_a_kernel_that_alone_is_cut_off_turns_nothing_red_and_floods_no_host(
    rest: Rest,
    broker: BrokerClient,
    host: Host,
    extension: KfpConnect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verdicts, "REACHED_FOR", 3_600.0)
    connection = await connected(rest, host)
    before = host.looks
    for _ in range(20):
        await tell(broker, connection, NO_ANSWER)
        await taken_in(extension)
    assert states(await rest.get("work")) == ["ok", "ok", "ok"]
    assert host.looks == before + 1, "the server looked once for itself"


async def test_a_host_that_is_lost_again_after_it_served_is_looked_at_again(
    rest: Rest,
    broker: BrokerClient,
    host: Host,
    extension: KfpConnect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verdicts, "REACHED_FOR", 3_600.0)
    connection = await connected(rest, host)
    for status in (NO_ANSWER, 200):
        await tell(broker, connection, status)
        await taken_in(extension)
    host.breaks_off()
    await tell(broker, connection, NO_ANSWER)
    assert (await rung_of(rest, "reachable", "failed"))["code"] == "bad-answer"


async def test_a_host_that_stays_away_is_not_looked_at_with_each_call_that_fails(
    rest: Rest, broker: BrokerClient, host: Host, extension: KfpConnect
) -> None:
    connection = await connected(rest, host)
    host.has_no_pods()
    await tell(broker, connection, NO_ANSWER)
    await rung_of(rest, "reachable", "failed")
    before = host.looks
    for _ in range(20):
        await tell(broker, connection, NO_ANSWER)
        await taken_in(extension)
    assert host.looks == before


async def test_nobody_is_signed_in_again_for_a_call_to_what_was_disconnected(
    rest: Rest, broker: BrokerClient, host: Host, extension: KfpConnect
) -> None:
    connection = await connected(rest, host)
    await rest.ask("POST", "connections/work/disconnect")
    asked = len(host.kfp.asked)
    await tell(broker, connection, NO_ANSWER)
    await taken_in(extension)
    assert len(host.kfp.asked) == asked
