"""What comes of kernels' calls: a 403 turns rung 3 in every window, a host that is lost rung 1."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from ..core.auth.base import Given
from ..core.errors import KfpConnectError
from ..core.lease import Lease
from ..core.refused import explain_answer, what_was_said
from .live import Live

#: Seconds for which a host that the server reaches is not looked at again for a kernel that does
#: not: it may have a network of its own, and call on.
REACHED_FOR = 10.0


class Verdicts:
    """Takes in what KFP answered to kernels' calls of one connection.

    A kernel tells the answer and not what it means: a window shows the server's own reading of it,
    and of a host that does not answer what the server finds there itself.
    While one answer is looked into, only the last of those that come is kept. Every method runs on
    the event loop.

    Parameters
    ----------
    live : Live
        The connection.
    lease : callable
        Returns what its kernels send.
    """

    def __init__(self, live: Live, lease: Callable[[], Awaitable[Lease]]) -> None:
        self._live = live
        self._lease = lease
        self._next: Callable[[], Awaitable[None]] | None = None
        self._work: asyncio.Task[None] | None = None
        self._reached_until = 0.0

    def refused(self, status: int, body: str) -> None:
        """Let the rung fail that a refusal says does not hold; returns at once."""
        self._then(partial(self._show, status, body))

    def lost(self) -> None:
        """Look at the rungs anew where the first holds, as a call found nobody there."""
        self._then(self._seek)

    def served(self) -> None:
        """Look at the rungs anew where one does not hold, as a call goes through again."""
        self._reached_until = 0.0
        self._then(self._look)

    def _then(self, step: Callable[[], Awaitable[None]]) -> None:
        self._next = step
        if self._work is None or self._work.done():
            self._work = asyncio.get_running_loop().create_task(self._take())

    async def _take(self) -> None:
        live = self._live
        while self._next is not None:
            if live.busy:  # what is under way may not know of it yet
                await asyncio.wait({live.start(Given())})
            step, self._next = self._next, None
            if live.session is not None:
                await step()

    async def _look(self) -> None:
        if not self._live.ladder["authorized"].holds:
            await asyncio.wait({self._live.start(Given())})

    async def _seek(self) -> None:
        reachable = self._live.ladder["reachable"]
        if not reachable.holds or time.monotonic() < self._reached_until:
            return
        await asyncio.wait({self._live.start(Given())})
        if self._live.ladder["reachable"].holds:
            self._reached_until = time.monotonic() + REACHED_FOR

    async def _show(self, status: int, body: str) -> None:
        with suppress(KfpConnectError):  # the rung that it belongs to shows it
            lease = await self._lease()
            said = what_was_said(body.encode("utf-8", "replace"), lease)
            problem = explain_answer(status, said, lease)
            shown = self._live.ladder["authorized"].problem
            is_news = shown is None or shown.to_dict() != problem.to_dict()
            if problem.rung == "authorized" and is_news:
                self._live.show(problem)
            elif problem.rung == "signed-in":  # such as Istio's 403 of a token's audience
                await asyncio.wait({self._live.start(Given())})
