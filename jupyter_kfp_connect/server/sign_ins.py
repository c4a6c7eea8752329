"""Cells that wait for a person to sign in, and the windows that have them open."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from ..core.auth.base import Given
from ..core.errors import KfpConnectError, error
from .events import Events
from .live import Live

Outcome = Literal["done", "cancelled", "nobody"]

#: Seconds in which a window that has the kernel open says so.
SEEN_WITHIN = 3.0


@dataclass
class SignIn:
    """One cell that waits.

    Attributes
    ----------
    id : str
        Told in events and taken from windows; it opens nothing by itself.
    live : Live
        The connection to be signed in to.
    kernel_id : str
        The cell's kernel.
    seen : asyncio.Event
        Set once a window has it.
    ended : asyncio.Future
        How it ended.
    """

    id: str
    live: Live
    kernel_id: str
    seen: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Future[Outcome] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class SignIns:
    """The cells that wait. Every method runs on the event loop.

    Parameters
    ----------
    events : Events
        Tells windows.
    seen_within : float, optional
        Seconds that a window has to answer.
    """

    def __init__(self, events: Events, seen_within: float = SEEN_WITHIN) -> None:
        self._events = events
        self.seen_within = seen_within
        self._waiting: dict[str, SignIn] = {}

    async def want(self, live: Live, kernel_id: str) -> SignIn:
        """Ask the window that has this kernel open to come forward.

        Only the front door can tell what it asks for. Where nobody has looked, that is done here,
        once: windows that each did would take the form away from who is typing in another.

        Returns
        -------
        SignIn
            A window has it.

        Raises
        ------
        SignInNeeded
            Nobody is there.
        """
        waiting = SignIn(secrets.token_urlsafe(12), live, kernel_id)
        self._waiting[waiting.id] = waiting
        if live.session is not None:
            waiting.ended.set_result("done")  # somebody was quicker: no window has to come forward
            return waiting
        if live.sign_in is None and not live.disconnected:
            live.start(Given())  # after a Disconnect only a person starts one
        if not await self._asked(waiting):
            raise nobody_there(live)
        return waiting

    async def wait(self, id: str, seconds: float) -> Outcome | Literal["waiting"]:
        """Return how it ended, or ``waiting`` when `seconds` are over."""
        waiting = self._find(id)
        done, _ = await asyncio.wait({waiting.ended}, timeout=seconds)
        if not done:
            return "waiting"
        self._waiting.pop(id, None)
        return waiting.ended.result()

    def seen(self, id: str) -> None:
        """A window has it."""
        self._find(id).seen.set()

    async def left(self, id: str) -> None:
        """The window that had it was closed: perhaps another one has it."""
        waiting = self._find(id)
        if not waiting.seen.is_set():
            return  # the others are being asked already
        waiting.seen.clear()
        if not await self._asked(waiting):
            self._waiting[id] = waiting  # the cell still has to hear of it
            self._end(waiting, "nobody")

    def cancel(self, id: str) -> None:
        """The person gave up."""
        self._end(self._find(id), "cancelled")

    def give_up(self, id: str) -> None:
        """The cell gave up, or is gone: nobody will ask how it ended."""
        waiting = self._waiting.pop(id, None)
        if waiting is not None:
            self._end(waiting, "cancelled")

    def settle(self, live: Live) -> None:
        """End every wait for a connection that is signed in to now."""
        if live.session is None:
            return
        for waiting in list(self._waiting.values()):
            if waiting.live is live:
                self._end(waiting, "done")

    def abandon(self, live: Live) -> None:
        """End every wait for a connection that was disconnected or removed."""
        for waiting in list(self._waiting.values()):
            if waiting.live is live:
                self._end(waiting, "cancelled")

    def forget(self, kernel_id: str) -> None:
        """The kernel ended, and its cell with it."""
        for waiting in list(self._waiting.values()):
            if waiting.kernel_id == kernel_id:
                self.give_up(waiting.id)

    async def _asked(self, waiting: SignIn) -> bool:
        self._tell("sign-in-wanted", waiting)
        seen = asyncio.ensure_future(waiting.seen.wait())
        either: set[asyncio.Future[Any]] = {seen, waiting.ended}
        await asyncio.wait(
            either,
            timeout=self.seen_within,
            return_when=asyncio.FIRST_COMPLETED,
        )
        seen.cancel()
        if waiting.seen.is_set() or waiting.ended.done():
            return True
        self._waiting.pop(waiting.id, None)
        return False

    def _end(self, waiting: SignIn, outcome: Outcome) -> None:
        if not waiting.ended.done():
            waiting.ended.set_result(outcome)
            self._tell("sign-in-ended", waiting)

    def _tell(self, kind: Literal["sign-in-wanted", "sign-in-ended"], waiting: SignIn) -> None:
        connection = waiting.live.entry.connection
        self._events.emit(
            kind,
            connection=connection.name,
            connection_id=connection.id,
            kernel_id=waiting.kernel_id,
            sign_in=waiting.id,
        )

    def _find(self, id: str) -> SignIn:
        try:
            return self._waiting[id]
        except KeyError:
            raise error("bad-request", "id: no cell waits under it") from None


def nobody_there(live: Live) -> KfpConnectError:
    """Return the error for a cell that no window has open."""
    name = live.entry.connection.name
    return error(
        "sign-in-needed",
        f"nobody is signed in to “{name}”, and no JupyterLab window has this notebook open",
        remedy="Open the notebook in JupyterLab and sign in in the Kubeflow Pipelines panel, or "
        f"run `jupyter kfp-connect login {name}` in a terminal of this Jupyter server.",
        remedy_copy=f"jupyter kfp-connect login {name}",
    )
