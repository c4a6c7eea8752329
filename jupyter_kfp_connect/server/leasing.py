"""What kernels ask for: headers, renewed once for all who ask, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ..core.access import prove_namespace
from ..core.auth.base import Given
from ..core.errors import KfpConnectError, SignInNeeded, error
from ..core.http import Cancelled, closing, settings_of
from ..core.proof import in_namespace
from ..core.session import Lease, Session
from ..core.transport import RequestsTransport
from .live import Live
from .threads import in_thread
from .verdicts import Verdicts


class Leasing:
    """Hands out one connection's leases. Every method runs on the event loop.

    Parameters
    ----------
    live : Live
        The connection.

    Attributes
    ----------
    verdicts : Verdicts
        Takes in what KFP answers to calls that were made with them.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self.verdicts = Verdicts(live, self.lease)
        self._under_way: dict[bool, tuple[Session, asyncio.Task[Lease]]] = {}

    async def lease(self, namespace: str | None = None) -> Lease:
        """Return what a kernel sends with its next call; connects where that takes no person.

        Raises
        ------
        KfpConnectError
            Why there is nothing to send.
        """
        return _for(namespace, await self._ask(None))

    async def proven(self, namespace: str | None = None) -> Lease:
        """Return the same where its namespace may be used: rung 3, by one list.

        A host that was lost is looked at again before: it may be there once more.

        Raises
        ------
        KfpConnectError
            The rung that does not hold.
        """
        live = self._live
        if live.session is not None and not live.ladder["reachable"].holds:
            await asyncio.wait({live.start(Given())})
            lost = live.ladder["reachable"].problem
            if lost is not None:
                raise lost
        lease = await self.lease(namespace)
        session, known = live.session, live.ladder["authorized"]
        if session is None or (known.holds and lease.namespace == known.detail):
            return lease
        await in_thread(partial(_prove, lease, session))
        return lease

    async def refused(
        self,
        generation: int,
        namespace: str | None = None,
        said: tuple[int, bytes] | None = None,
    ) -> Lease:
        """Return something newer than `generation`, which KFP refused; see `HeaderSource`.

        Raises
        ------
        KfpConnectError
            Why there is nothing newer.
        """
        return _for(namespace, await self._ask(generation, said))

    async def _ask(self, refused: int | None, said: tuple[int, bytes] | None = None) -> Lease:
        while True:
            session = await self._session()
            try:
                if refused is None or refused < session.generation:
                    return await self._once(session, session.lease, refused=False)
                renew = partial(session.refused, refused, said)
                return await self._once(session, renew, refused=True)
            except KfpConnectError as problem:
                replaced = self._live.session not in (None, session)
                if problem.code != "disconnected" or not replaced:
                    raise

    async def _session(self) -> Session:
        live = self._live
        if live.session is None and not live.disconnected:
            if isinstance(live.problem, SignInNeeded) and not live.busy:
                raise live.problem  # only a person can help: the same answer, at no request
            await asyncio.wait({live.start(Given())})
            while live.busy and live.session is None:  # what a person gave has taken its place
                await asyncio.wait({live.start(Given())})
        if live.disconnected:
            raise error("disconnected", f"“{live.entry.connection.name}” was disconnected")
        if live.session is None:
            raise live.problem or error("sign-in-needed", "nobody is signed in")
        return live.session

    async def _once(self, session: Session, ask: Callable[[], Lease], *, refused: bool) -> Lease:
        """Ask `session`, or wait for who is asking it already."""
        asked, task = self._under_way.get(refused, (None, None))
        if task is None or asked is not session or task.done():
            task = asyncio.get_running_loop().create_task(self._of(session, ask, refused))
            self._under_way[refused] = (session, task)
        return await asyncio.shield(task)

    async def _of(self, session: Session, ask: Callable[[], Lease], refused: bool) -> Lease:
        try:
            # Never on the loop: a renewal under way holds the session's lock, a token's file may
            # lie on a slow volume, and a token's command takes its time.
            lease = await in_thread(ask)
        except Cancelled:
            name = session.connection.name
            raise error("disconnected", f"“{name}” was disconnected") from None
        except KfpConnectError as problem:
            self._live.not_renewed(session, problem, refused)
            raise
        self._live.renewed(session, lease)
        return lease


def _for(namespace: str | None, lease: Lease) -> Lease:
    if namespace is None or namespace == lease.namespace:
        return lease
    return replace(lease, namespace=namespace, ui_url=in_namespace(lease.ui_url, namespace))


def _prove(lease: Lease, session: Session) -> None:
    with closing(RequestsTransport(settings_of(lease))) as transport:
        prove_namespace(lease, session.connection, transport)
