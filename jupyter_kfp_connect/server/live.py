"""One connection as the server holds it: its rungs, its session, the attempt under way."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..core.auth.base import Given
from ..core.catalogue import Entry
from ..core.climb import Climb, SignInWanted
from ..core.errors import KfpConnectError, SignInNeeded, error
from ..core.http import Cancelled
from ..core.ladder import Ladder
from ..core.recheck import recheck
from ..core.session import Lease, Session
from ..core.transport import Cancel
from .describe import describe
from .threads import in_thread

log = logging.getLogger(__name__)

Remember = Literal["server", "no"]


@dataclass
class Attempt:
    """One try to connect: what ends it, and the ladder that it alone writes to."""

    cancel: Cancel
    ladder: Ladder
    task: asyncio.Task[None] | None = None


class Live:
    """One connection's state in memory. Every method runs on the event loop.

    Parameters
    ----------
    entry : Entry
        What the catalogue says.
    new_climb : callable
        Makes a climb for a connection, what was given, a ladder and a way to cancel.
    changed : callable
        Called on the loop after each change; with ``True`` where kernels have to ask again.
    """

    def __init__(
        self,
        entry: Entry,
        new_climb: Callable[[Live, Given, Attempt], Climb],
        changed: Callable[[Live, bool], None],
    ) -> None:
        self.entry = entry
        self.ladder = Ladder()
        self.session: Session | None = None
        self.generation = 0
        self.sign_in: SignInWanted | None = None
        self.remembered: Remember = "no"
        self.disconnected = False
        self._new_climb = new_climb
        self._changed = changed
        self._attempt: Attempt | None = None
        self._renewal: asyncio.Task[Lease] | None = None
        self._problem: KfpConnectError | None = None
        self._waiting: tuple[Given, Remember] | None = None

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way."""
        return self._attempt is not None

    def to_dict(self) -> dict[str, Any]:
        """Return CONNECTION as the wire contract has it."""
        return describe(self)

    # What people do.

    def start(self, given: Given, remember: Remember = "server") -> asyncio.Task[None]:
        """Start to connect; of several that give nothing, all wait for the first.

        Raises
        ------
        RequestError
            Code ``busy``: something was given, and another sign-in is under way.
        """
        empty = given == Given()
        if self._attempt is not None and self._attempt.task is not None:
            if empty:
                return self._attempt.task
            raise error("busy", f"“{self.entry.connection.name}” is being signed in to")
        attempt = Attempt(Cancel(), Ladder())
        attempt.ladder = Ladder(self._tell_from_thread(attempt))
        if empty and self.session is not None:
            attempt.ladder.put(*self.ladder)
            work = self._look_again(attempt, self.session)
        else:
            work = self._climb(attempt, given, remember)
        self._attempt, self.ladder = attempt, attempt.ladder
        self.disconnected = False
        self._waiting = None
        attempt.task = asyncio.get_running_loop().create_task(work)
        self._changed(self, False)
        return attempt.task

    def resume(self) -> asyncio.Task[None]:
        """Go on with the sign-in that waits for a host to be allowed."""
        given, remember = self._waiting or (Given(), self.remembered or "server")
        return self.start(given, remember)

    def cancel(self) -> None:
        """Give up on the attempt under way; a session from before it stays."""
        if self._attempt is None:
            return
        self._attempt.cancel.cancel()
        self._attempt = None
        self.ladder = Ladder()
        self._changed(self, False)

    def disconnect(self) -> None:
        """Forget session and password, here and in every kernel."""
        self.cancel()
        self._end_session()
        self.ladder = Ladder()
        self.sign_in = None
        self.disconnected = True
        self._waiting = None
        self._problem = None
        self._changed(self, True)

    def take_entry(self, entry: Entry) -> None:
        """Take over what the catalogue says now; a session that it moves is ended."""
        before, self.entry = self.entry.connection, entry
        if before == entry.connection:
            return
        if self.session is not None and before.keeps_session(entry.connection):
            self.session.adapt(entry.connection)
            if before.namespace != entry.connection.namespace:
                self.start(Given())
        elif not before.keeps_session(entry.connection):
            self.cancel()
            self._end_session()
            self.ladder, self.sign_in, self._problem = Ladder(), None, None
            if before.origin != entry.connection.origin:
                self._waiting = None
        self._changed(self, True)

    # What kernels ask.

    async def lease(self, namespace: str | None = None) -> Lease:
        """Return what a kernel sends with its next call; connects where that takes no person.

        Raises
        ------
        KfpConnectError
            Why there is nothing to send.
        """
        if self.disconnected:
            raise error("disconnected", f"“{self.entry.connection.name}” was disconnected")
        if self.session is None:
            await self._connect_unattended()
        session = self.session
        if session is None:
            raise self._problem or error("sign-in-needed", "nobody is signed in")
        lease = await self._renewed(session.lease) if session.due else session.lease()
        self._note(lease)
        return replace(lease, namespace=namespace or lease.namespace)

    async def refused(self, generation: int, namespace: str | None = None) -> Lease:
        """Return something newer than what KFP refused, renewed once for all who ask."""
        session = self.session
        if self.disconnected or session is None or generation < session.generation:
            return await self.lease(namespace)
        lease = await self._renewed(lambda: session.refused(generation))
        return replace(lease, namespace=namespace or lease.namespace)

    # How it is done.

    async def _climb(self, attempt: Attempt, given: Given, remember: Remember) -> None:
        self._end_session()
        climb = self._new_climb(self, given, attempt)
        session, problem = None, None
        try:
            session = await in_thread(climb.run)
            if remember == "no":
                session.forget_password()
        except Cancelled:
            return
        except Exception as raised:
            problem = self._explained(raised, attempt)
        if self._attempt is not attempt:
            if session is not None:
                session.close()
            return
        self._attempt = None
        self.session, self._problem = session, problem
        self.sign_in = climb.sign_in
        self.remembered = remember if session is not None and session.renews else "no"
        if climb.sign_in is not None and climb.sign_in.kind == "login-host":
            self._waiting = (given, remember)
        if session is not None:
            self.generation = session.generation
        self._changed(self, True)

    async def _look_again(self, attempt: Attempt, session: Session) -> None:
        climb = self._new_climb(self, Given(), attempt)
        problem = None
        try:
            await in_thread(lambda: recheck(session, attempt.ladder, climb.new_transport()))
        except Cancelled:
            return
        except Exception as raised:
            problem = self._explained(raised, attempt)
        if self._attempt is not attempt:
            return
        self._attempt = None
        self._settle_renewal(session, problem)
        self._changed(self, problem is not None or session.generation != self.generation)
        self.generation = max(self.generation, session.generation)

    async def _connect_unattended(self) -> None:
        """Connect for a kernel, unless only a person could: then the same error, at no request."""
        if isinstance(self._problem, SignInNeeded) and not self.busy:
            raise self._problem
        await self.start(Given())

    async def _renewed(self, renew: Callable[[], Lease]) -> Lease:
        if self._renewal is None:
            self._renewal = asyncio.get_running_loop().create_task(self._renew(renew))
        return await asyncio.shield(self._renewal)

    async def _renew(self, renew: Callable[[], Lease]) -> Lease:
        session = self.session
        try:
            lease = await in_thread(renew)
        except KfpConnectError as problem:
            if session is not None and session is self.session:
                self.ladder.fail(problem)
                self._settle_renewal(session, problem)
                self._changed(self, True)
            raise
        finally:
            self._renewal = None
        self._note(lease)
        return lease

    @staticmethod
    def _explained(raised: Exception, attempt: Attempt) -> KfpConnectError:
        """Return `raised` if it is one of ours; a mistake of our own must not hang the panel."""
        if isinstance(raised, KfpConnectError):
            return raised
        # Where it happened, not with what: values of a sign-in are secrets.
        where = "".join(traceback.format_tb(raised.__traceback__))
        log.error("connecting failed with %s:\n%s", type(raised).__name__, where)
        problem = error("unexpected", f"connecting failed with {type(raised).__name__}")
        attempt.ladder.fail(problem)
        return problem

    def _note(self, lease: Lease) -> None:
        """Tell kernels and windows of headers that changed, by whatever way."""
        if lease.generation == self.generation:
            return
        self.generation = lease.generation
        signed_in = self.ladder["signed-in"]
        if signed_in.state == "failed":
            self.ladder.put(signed_in.ok(lease.signed_in_as or "accepted"))
        self._changed(self, True)

    def _settle_renewal(self, session: Session, problem: KfpConnectError | None) -> None:
        self._problem = problem
        if isinstance(problem, SignInNeeded):
            self._end_session()
            self.sign_in = SignInWanted("cookie" if session.way == "session-cookie" else "password")

    def _end_session(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None
            self.remembered = "no"

    def _tell_from_thread(self, attempt: Attempt) -> Callable[[], None]:
        loop = asyncio.get_running_loop()

        def tell() -> None:
            if self._attempt is attempt:
                self._changed(self, False)

        def watch() -> None:
            if not attempt.cancel.cancelled:
                loop.call_soon_threadsafe(tell)

        return watch
