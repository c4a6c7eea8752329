"""KFP's answers to kernels' calls: a 403 in a cell turns rung 3 in every window."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ..core.auth.base import Given
from ..core.errors import KfpConnectError
from ..core.http import Answer
from ..core.lease import Lease
from ..core.proof import refusal
from .live import Live

#: Of what KFP answered, as much as its rules look at.
LONGEST = 8000


class Verdicts:
    """Takes in, one after the other, what KFP answered to kernels' calls of one connection.

    A kernel tells the answer and not what it means: a window shows the server's own reading of it.
    Every method runs on the event loop.

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
        self._last: asyncio.Task[None] | None = None

    def refused(self, body: str) -> None:
        """Let rung 3 fail with what a 403 says; returns at once."""
        self._then(body)

    def served(self) -> None:
        """Look at the rungs anew where one does not hold, as a call went through again."""
        self._then(None)

    def _then(self, body: str | None) -> None:
        work = self._take(self._last, body)
        self._last = asyncio.get_running_loop().create_task(work)

    async def _take(self, before: asyncio.Task[None] | None, body: str | None) -> None:
        if before is not None:
            await asyncio.wait({before})
        live = self._live
        if live.busy:
            await asyncio.wait({live.start(Given())})
        if live.session is None:
            return
        if body is None:
            if not live.ladder["authorized"].holds:
                await asyncio.wait({live.start(Given())})
            return
        with suppress(KfpConnectError):  # the rung that it belongs to shows it
            lease = await self._lease()
            answer = Answer(403, lease.host, _kind(body), body.encode("utf-8", "replace"))
            problem = refusal(answer, lease.headers, lease.way, proven=True)
            if problem.rung == "authorized":
                live.show(problem)


def _kind(body: str) -> tuple[tuple[str, str], ...]:
    is_json = body.lstrip()[:1] == "{"
    return (("content-type", "application/json" if is_json else "text/plain"),)
