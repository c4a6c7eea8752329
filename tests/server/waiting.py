"""A cell that waits for a sign-in, and the window that has its notebook open."""

from __future__ import annotations

import asyncio
from typing import Any

from .asking import TIMEOUT, BrokerClient, Rest, Told, eventually

KERNEL = "k"


class Cell:
    """A cell of a kernel, as the broker meets it.

    Parameters
    ----------
    broker : BrokerClient
        Whom it asks.
    connection : str
        Which connection it needs.
    kernel_id : str
        Its kernel.
    """

    def __init__(self, broker: BrokerClient, connection: str, kernel_id: str = KERNEL) -> None:
        self._broker = broker
        self.kernel_id = kernel_id
        asked = {"connection": connection, "kernel_id": kernel_id}
        self.answer = asyncio.ensure_future(broker.ask("sign-in", asked))
        self._outcome: asyncio.Future[Told] | None = None

    @property
    def id(self) -> str:
        """Under which it waits."""
        return str(self.answer.result().data["id"])

    def wait(self) -> None:
        """Start to wait for the end."""
        self._outcome = asyncio.ensure_future(self._broker.ask("sign-in/wait", {"id": self.id}))

    @property
    def waits(self) -> bool:
        """Whether it has heard nothing yet."""
        return self._outcome is not None and not self._outcome.done()

    async def outcome(self) -> str:
        """Return how it ended."""
        if self._outcome is None:
            self.wait()
        assert self._outcome is not None
        told = await asyncio.wait_for(self._outcome, TIMEOUT)
        assert told.status == 200, told.text
        return str(told.data["outcome"])


class Window:
    """A JupyterLab window: it hears every event, and answers over REST.

    Parameters
    ----------
    rest : Rest
        The routes.
    events : list
        What it hears.
    """

    def __init__(self, rest: Rest, events: list[dict[str, Any]]) -> None:
        self._rest, self._events = rest, events

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a kind."""
        return [event for event in self._events if event["kind"] == kind]

    async def wanted(self, count: int = 1) -> dict[str, Any]:
        """Wait until sign-ins were asked for that often; return the last event."""
        await eventually(lambda: len(self.heard("sign-in-wanted")) >= count)
        return self.heard("sign-in-wanted")[-1]

    async def act(self, sign_in: str, action: str) -> None:
        """Answer a cell."""
        told = await self._rest.ask("POST", f"sign-ins/{sign_in}", {"action": action})
        assert told.status == 204, told.text

    async def come_forward(self, cell: Cell) -> None:
        """Answer the cell's call, and let it wait."""
        await self.answer(cell)
        cell.wait()

    async def answer(self, cell: Cell) -> None:
        """Answer the cell's call."""

        def calls() -> list[str]:
            wanted = self.heard("sign-in-wanted")
            return [event["sign_in"] for event in wanted if event["kernel_id"] == cell.kernel_id]

        await eventually(lambda: bool(calls()))
        await self.act(calls()[-1], "seen")
        assert (await cell.answer).status == 200
