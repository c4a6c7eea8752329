"""A signed-in connection: headers for the next call, renewed on use and once for all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from .auth.base import Credential, Headers, lasting
from .connection import Connection
from .errors import SignInFailed, error
from .http import NetworkSettings, Transport, closing
from .lease import HeaderSource, Lease
from .refused import why_refused
from .single_flight import SingleFlight

__all__ = ["Facts", "HeaderSource", "Lease", "Session"]


@dataclass(frozen=True)
class Facts:
    """What was found out while connecting.

    ``usual_namespace`` is the one to work in while the connection names none.
    """

    signed_in_as: str | None = None
    namespace: str | None = None
    usual_namespace: str | None = None
    namespaces: tuple[tuple[str, str], ...] = ()
    kfp_version: str | None = None
    multi_user: bool | None = None
    ui_url: str | None = None
    source: str = "here"


class Session:
    """A connection that was signed in to; a `HeaderSource` for its own process.

    Renewal happens on use, by the wall clock: of many callers one renews, the others take what it
    got, be it a new session or the reason why there is none. Nobody else waits for it.

    Parameters
    ----------
    connection : Connection
        What it belongs to.
    credential : Credential
        What gives its headers.
    facts : Facts
        What was found out.
    settings : NetworkSettings
        How the host is reached.
    new_transport : callable
        Makes a transport for a renewal.
    clock : callable, optional
        Returns now, in UTC.
    generation : int, optional
        The first one: more than any that a session of this connection had before.
    """

    def __init__(
        self,
        connection: Connection,
        credential: Credential,
        facts: Facts,
        *,
        settings: NetworkSettings,
        new_transport: Callable[[], Transport],
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
        generation: int = 1,
    ) -> None:
        self._state = threading.Lock()
        self._flight = SingleFlight()
        self._connection = connection
        self._credential = credential
        self._facts = facts
        self._settings = settings
        self._new_transport = new_transport
        self._clock = clock
        self._generation = generation
        self._headers = credential.headers()
        self._closed = False

    @property
    def connection(self) -> Connection:
        """What it belongs to."""
        return self._connection

    @property
    def facts(self) -> Facts:
        """What was found out while connecting."""
        return self._facts

    @property
    def way(self) -> str:
        """The `auth` in use."""
        return self._credential.way

    @property
    def renews(self) -> bool:
        """Whether it goes on by itself when the credential ends."""
        return self._credential.renews

    @property
    def generation(self) -> int:
        """Grows with each renewal."""
        return self._generation

    @property
    def expires_at(self) -> datetime | None:
        """When the present headers end."""
        return self._headers.expires_at

    @property
    def due(self) -> bool:
        """Whether the next `lease` will renew, and so may take as long as a sign-in."""
        return self._credential.due(self._clock())

    def lease(self) -> Lease:
        """See `HeaderSource.lease`."""
        if self.due:
            self._flight.fly(self._renew, unless=lambda: not self.due)
        return self._current()

    def refused(self, generation: int, said: tuple[int, bytes] | None = None) -> Lease:
        """See `HeaderSource.refused`."""
        lease = self._current()
        if lease.generation > generation:
            return lease
        try:
            self._flight.fly(self._renew, unless=lambda: self._generation > generation)
        except SignInFailed as refused:
            raise why_refused(refused, lease, said) from None
        lease = self._current()
        if lease.generation > generation:
            return lease
        over = lease.expires_at is not None and lease.expires_at <= self._clock()
        worn = "token-expired" if over else "token-refused"
        problem = error(
            worn if "token" in self.way else "session-over",
            f"{lease.host} refuses what we send, and there is nothing newer",
        )
        raise why_refused(problem, lease, said)

    def forget_password(self) -> None:
        """Keep the session until it ends, but nothing that would renew it."""
        forget = getattr(self._credential, "forget_password", None)
        if forget is not None:
            forget()

    # The next three never wait for a renewal under way, which may hang.

    def follow(self, generation: int) -> None:
        """Count on from a session that this one replaces."""
        with self._state:
            self._generation = max(self._generation, generation + 1)

    def close(self) -> None:
        """End it: every later call raises ``disconnected``, and so does a renewal under way."""
        with self._state:
            self._closed = True
            self._headers = Headers()
        self.forget_password()

    def adapt(self, connection: Connection, **facts: Any) -> None:
        """Take over changes that move no credential: title, name, namespace, ui_host, timeout."""
        timeout = connection.timeout or self._settings.timeout
        with self._state:
            self._connection = connection
            self._facts = replace(self._facts, **facts)
            self._settings = replace(self._settings, timeout=timeout)

    def _current(self) -> Lease:
        with self._state:
            self._check_open()
            headers = self._credential.headers()
            if headers.values != self._headers.values:
                self._generation += 1
            self._headers = headers
            return self._lease()

    def _renew(self) -> None:
        self._check_open()
        with closing(self._new_transport()) as transport:
            self._credential.renew(transport)
        self._current()

    def _check_open(self) -> None:
        if self._closed:
            raise error("disconnected", f"“{self._connection.name}” was disconnected")

    def _lease(self) -> Lease:
        connection, facts, settings = self._connection, self._facts, self._settings
        return Lease(
            connection_id=connection.id,
            connection=connection.name,
            host=connection.host,
            # One without namespaces ignores any, or refuses the call (older ones).
            namespace=None
            if facts.multi_user is False
            else connection.namespace or facts.namespace,
            headers=self._headers.values,
            expires_at=self._headers.expires_at,
            generation=self._generation,
            signed_in_as=facts.signed_in_as,
            way=self.way,
            kfp_version=facts.kfp_version,
            multi_user=facts.multi_user,
            ui_url=facts.ui_url,
            source=facts.source,
            verify_ssl=bool(settings.verify),
            ssl_ca_cert=settings.verify if isinstance(settings.verify, str) else None,
            proxy=settings.proxy,
            timeout=settings.timeout,
            watch=self._credential.watch,
            lasting=lasting(self._credential, self._headers),
            own_proxy=settings.own_proxy,
        )

    def __repr__(self) -> str:
        return f"Session({self._connection.name!r}, {self.way!r}, generation={self._generation})"
