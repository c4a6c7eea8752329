"""One connection as the server holds it: its rungs, its session, the attempt under way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from ..core.auth.base import Given
from ..core.catalogue import Entry
from ..core.climb import Climb
from ..core.connection import Connection
from ..core.errors import KfpConnectError, SignInFailed, SignInNeeded, error
from ..core.ladder import Ladder, Rung
from ..core.session import Lease, Session
from ..core.transport import Cancel
from ..core.wanted import SignInWanted, after_failure, wanted_again
from .attempt import Attempt
from .keychain import Remember
from .last_refusal import LastRefusal
from .owner import Owner
from .threads import in_thread


class Live:
    """One connection's state in memory. Every method runs on the event loop.

    Parameters
    ----------
    entry : Entry
        What the catalogue says.
    owner : Owner
        Who keeps it.
    """

    def __init__(self, entry: Entry, owner: Owner[Live]) -> None:
        self.entry = entry
        self.ladder = Ladder()
        self.session: Session | None = None
        self.generation = 0
        self.sign_in: SignInWanted | None = None
        self.remembered: Remember = "no"
        self.disconnected = False
        self.problem: KfpConnectError | None = None
        self.last: Attempt | None = None
        self._owner = owner
        self._attempt: Attempt | None = None
        self._session_cancel = Cancel()
        self._waiting: tuple[Given, Remember] | None = None
        self._refusal: LastRefusal | None = None
        # The rungs before a renewal failed, and whether the host had refused what we send.
        self._unproven: tuple[tuple[Rung, ...], bool] | None = None

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way."""
        return self._attempt is not None

    # What people do.

    def start(self, given: Given, remember: Remember = "server") -> asyncio.Task[None]:
        """Start to connect; of several that give nothing, all wait for the first.

        What a person gives takes the place of an attempt that was given nothing.

        Returns
        -------
        asyncio.Task
            Wait for it with `asyncio.wait`: it is cancelled when the attempt is given up.

        Raises
        ------
        RequestError
            Code ``busy``: something was given, to another sign-in under way too.
        """
        empty, under_way = given == Given(), self._attempt
        if under_way is not None and under_way.task is not None:
            if empty:
                return under_way.task
            if under_way.given:
                raise error("busy", f"“{self.entry.connection.name}” is being signed in to")
            self.cancel()
        session = self.session if empty else None
        attempt = Attempt(self.ladder, again=session is not None, given=not empty)
        attempt.ladder = Ladder(attempt.watch(partial(self._tell, attempt)))
        if session is not None:
            attempt.ladder.put(*self.ladder)
            work = self._look_again(attempt, session)
        else:
            work = self._climb(attempt, given, remember)
        self._attempt, self.last, self.ladder = attempt, attempt, attempt.ladder
        self.disconnected, self._waiting = False, self._waiting if empty else None
        attempt.task = asyncio.get_running_loop().create_task(work)
        self._owner.changed(self, False)
        return attempt.task

    def resume(self) -> asyncio.Task[None]:
        """Go on with the sign-in that waits for a host to be allowed."""
        return self.start(*(self._waiting or (Given(), "server")))

    def cancel(self) -> None:
        """Give up on the attempt under way; a session from before it stays."""
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return
        attempt.cancel.cancel()
        if attempt.task is not None:
            attempt.task.cancel()
        self.ladder = attempt.before
        self._owner.changed(self, False)

    def give_up(self) -> None:
        """Cancel, and forget a sign-in that waits for a host to be allowed."""
        self.cancel()
        if self._waiting is not None:
            self._waiting, self.sign_in = None, None
            self._owner.changed(self, False)

    def disconnect(self) -> None:
        """Forget session and password, here, in the keyring and in every kernel."""
        self._owner.keychain.forget_soon(self.entry.connection)
        self.end()

    def end(self) -> None:
        """Forget what is in memory, as the server stops."""
        self._forget()
        self.disconnected = True
        self._waiting = None
        self._owner.changed(self, True)

    def take_entry(self, entry: Entry, *, keep_waiting: bool = False) -> None:
        """Take over what the catalogue says now; a session that it moves is ended.

        Parameters
        ----------
        entry : Entry
            What it says.
        keep_waiting : bool
            Whether a sign-in that waits for a host to be allowed may go on after the change.
        """
        before, self.entry = self.entry.connection, entry
        now = entry.connection
        if before == now:
            return
        if not before.keeps_session(now):
            self._forget()
            self._owner.keychain.forget_soon(before)
            self._waiting = self._waiting if keep_waiting else None
        elif self.session is not None:
            self._owner.adapt(self.session, now)
            if before.namespace != now.namespace and (not self._attempt or self._attempt.again):
                self.cancel()
                self.start(Given())
        self._owner.changed(self, True)

    # What kernels cause; see `leasing`.

    def renewed(self, session: Session, lease: Lease) -> None:
        """Take note of headers that `session` gave."""
        if session is not self.session:
            return
        newer = lease.generation > self.generation
        self.generation = max(self.generation, lease.generation)
        before = self._unproven
        mended = before is not None and not self.busy and (newer or not before[1])
        if before is not None and mended:
            self._unproven = self.problem = None
            self.ladder.put(*before[0])
        if newer or mended:
            self._owner.changed(self, True)

    def not_renewed(self, session: Session, problem: KfpConnectError, refused: bool) -> None:
        """Take note of what keeps `session` from giving headers.

        Parameters
        ----------
        session : Session
            Which one; another than the present one is of no interest.
        problem : KfpConnectError
            Why not.
        refused : bool
            Whether the host had refused those that there are.
        """
        if session is not self.session or (self._attempt and not self._attempt.again):
            return  # a sign-in under way decides
        self.cancel()
        self._unproven = self._unproven or (tuple(self.ladder), refused)
        self.ladder.fail(problem)
        self._judge(session, problem)
        self._owner.changed(self, True)

    def show(self, problem: KfpConnectError) -> None:
        """Let a rung fail with what KFP answered to a kernel; the session stays."""
        if self.session is not None and not self.busy:
            self.ladder.fail(problem)
            self._owner.changed(self, False)

    # How it is done.

    async def _climb(self, attempt: Attempt, given: Given, remember: Remember) -> None:
        connection = self.entry.connection
        climb, session, problem, kept = None, None, None, None
        keychain = self._owner.keychain
        try:
            if given == Given():
                kept = await keychain.get(connection)
                given = kept or given
                attempt.given = kept is not None  # it may be refused, and then has to be forgotten
            climb = self._owner.new_climb(self, replace(given, remember=remember != "no"), attempt)
            session = await in_thread(climb.run)
        except Exception as raised:
            problem = attempt.explain(raised)
        self._attempt = None
        self._end_session()
        self.session = session
        typed = session is not None and given.password is not None and kept is None
        if (typed and remember != "keyring") or (problem and problem.code == "wrong-password"):
            keychain.forget_soon(connection)  # also what an earlier choice had kept
        self.sign_in = (climb and climb.sign_in) or after_failure(problem, given, self.sign_in)
        self._conclude(problem, climb, given)
        if self.sign_in is None or self.sign_in.kind != "login-host":
            self._waiting = None
        elif self._waiting is None:
            self._waiting = (given, remember)
        if session is not None:
            self._session_cancel = attempt.cancel
            session.follow(self.generation)
            self.generation = session.generation
            renews = given.password is not None and session.renews
            self.remembered = "no" if not renews else "keyring" if kept else "server"
            self._catch_up(session, connection)
        self._owner.changed(self, True)
        # Last: a keyring may ask for its own password first, and nobody signed in waits for that.
        wanted = remember == "keyring" and self.remembered == "server"
        if wanted and await keychain.put(connection, given) and self.session is session:
            self.remembered = "keyring"
            self._owner.changed(self, False)

    def _conclude(self, problem: KfpConnectError | None, climb: Climb | None, given: Given) -> None:
        """Settle what is told of a climb: where nothing was given, why that is may say more."""
        self.problem, last = problem, self._refusal
        if problem is None:
            self._refusal = None
        elif given.password or given.token or given.cookies:
            self._refusal = LastRefusal(problem, self.sign_in)
        elif last is not None and last.stands(problem, climb):
            self.problem, self.sign_in = last.problem, last.form(self.sign_in)
            self.ladder.fail(last.problem)

    def _catch_up(self, session: Session, connection: Connection) -> None:
        """Let a new session take over what was changed while it was made."""
        now = self.entry.connection
        if now != connection:
            self._owner.adapt(session, now)
            if now.namespace != connection.namespace:
                self.start(Given())

    async def _look_again(self, attempt: Attempt, session: Session) -> None:
        problem = None
        try:
            climb = self._owner.new_climb(self, Given(), attempt)
            await in_thread(partial(attempt.look, session, climb.new_transport()))
        except Exception as raised:
            problem = attempt.explain(raised)
        self._attempt = None
        newer = session.generation > self.generation
        self.generation = max(self.generation, session.generation)
        self._unproven = (tuple(attempt.before), True) if problem is not None else None
        self._judge(session, problem)
        self._owner.changed(self, problem is not None or newer)

    def _judge(self, session: Session, problem: KfpConnectError | None) -> None:
        """Keep a session that another try may renew; end one that only a person can."""
        self.problem = problem
        if problem is not None and problem.code == "wrong-password":
            self._owner.keychain.forget_soon(self.entry.connection)
        gone = isinstance(problem, SignInFailed) and not session.renews
        if problem is not None and (gone or isinstance(problem, SignInNeeded)):
            self._end_session()
            self.sign_in = wanted_again(session.way)
            # Where nothing was sent, the next look finds what the host asks for.
            self._refusal = LastRefusal(problem, self.sign_in) if session.way != "none" else None

    def _forget(self) -> None:
        self.cancel()
        self._end_session()
        self.ladder, self.sign_in, self.problem, self._refusal = Ladder(), None, None, None

    def _end_session(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            self._session_cancel.cancel()
            session.close()
        self.remembered = "no"
        self._unproven = None

    def _tell(self, attempt: Attempt) -> None:
        if self._attempt is attempt:
            self._owner.changed(self, False)
