"""One try to connect, or one look at the rungs of a session that is there."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from ..core.auth.chain import Attempt as Way
from ..core.errors import KfpConnectError, error
from ..core.http import Transport
from ..core.ladder import Ladder
from ..core.probes import Probe
from ..core.recheck import recheck
from ..core.session import Session
from ..core.transport import Cancel

log = logging.getLogger(__name__)


@dataclass
class Attempt:
    """What is under way on one connection.

    Attributes
    ----------
    before : Ladder
        The rungs as they were: they come back when the attempt is given up.
    again : bool
        Whether it only looks at what a session may do.
    given : bool
        Whether a person, or a terminal, gave something to it.
    cancel : Cancel
        Ends what it sends, and later what its session sends.
    ladder : Ladder
        The attempt's own; nobody else writes to it.
    probes : list of Probe
        Every call that it made.
    ways : list of Attempt
        The ways in that it passed over, and why.
    task : asyncio.Task or None
        Set once it runs.
    """

    before: Ladder
    again: bool = False
    given: bool = False
    cancel: Cancel = field(default_factory=Cancel)
    ladder: Ladder = field(default_factory=Ladder)
    probes: list[Probe] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    def watch(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Return what has `tell` called on the event loop, from any thread, until it is over."""
        loop = asyncio.get_running_loop()

        def watch() -> None:
            if not self.cancel.cancelled:
                loop.call_soon_threadsafe(tell)

        return watch

    def look(self, session: Session, transport: Transport) -> None:
        """Prove the rungs of `session` anew; see `recheck`."""
        try:
            recheck(session, self.ladder, transport)
        finally:
            close = getattr(transport, "close", None)
            if close is not None:
                close()

    def explain(self, raised: Exception) -> KfpConnectError:
        """Return `raised` if it is one of ours; a mistake of our own must not hang the panel."""
        if isinstance(raised, KfpConnectError):
            return raised
        # Where it happened, not with what: values of a sign-in are secrets.
        where = "".join(traceback.format_tb(raised.__traceback__))
        log.error("connecting failed with %s:\n%s", type(raised).__name__, where)
        problem = error("unexpected", f"connecting failed with {type(raised).__name__}")
        self.ladder.fail(problem)
        return problem
