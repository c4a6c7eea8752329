"""KFP's answers to kernels' calls: a 403 in a cell turns rung 3 in every window."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from ..core.auth.base import Given
from ..core.errors import KfpConnectError
from ..core.lease import Lease
from ..core.refused import explain_answer, what_was_said
from .live import Live


class Verdicts:
    """Takes in what KFP answered to kernels' calls of one connection.

    A kernel tells the answer and not what it means: a window shows the server's own reading of it.
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

    def refused(self, body: str) -> None:
        """Let the rung fail that a 403 says does not hold; returns at once."""
        self._then(partial(self._show, body))

    def served(self) -> None:
        """Look at the rungs anew where one does not hold, as a call goes through again."""
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

    async def _show(self, body: str) -> None:
        with suppress(KfpConnectError):  # the rung that it belongs to shows it
            lease = await self._lease()
            said = what_was_said(body.encode("utf-8", "replace"), lease)
            problem = explain_answer(403, said, lease)
            shown = self._live.ladder["authorized"].problem
            is_news = shown is None or shown.to_dict() != problem.to_dict()
            if problem.rung == "authorized" and is_news:
                self._live.show(problem)
            elif problem.rung == "signed-in":  # such as Istio's 403 of a token's audience
                await asyncio.wait({self._live.start(Given())})
