"""A lease held from the Jupyter server, asked for anew only where something changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, NamedTuple

from ..core.errors import KfpConnectError, NotInNotebook
from ..core.lease import Lease
from .broker_client import Broker, BrokerGone, FileMark, file_mark

#: Seconds before its end from which a lease is asked for anew.
_NEAR_ITS_END = 30.0

#: Told in place of a status where a call found nobody, or none that speaks for KFP.
NO_ANSWER = 0


@dataclass(frozen=True)
class Holder:
    """For whom a lease is asked: the kernel, and the variable and namespace it will have there."""

    connection: str | None
    namespace: str | None = None
    kernel_id: str | None = None
    variable: str | None = None


class _Marks(NamedTuple):
    """What has to be as it was for a lease to serve on."""

    stamp: FileMark | None
    watched: FileMark | None


class BrokerSource:
    """Credentials from the server's broker, for one client (a ``HeaderSource``).

    An ordinary call costs a ``stat``: the stamp file changes at every renewal, disconnect and edit,
    a mounted token when the kubelet renews it. Nothing renews on a timer.

    Parameters
    ----------
    broker : Broker
        The way to the server.
    holder : Holder
        Whose lease it is. After the first lease the connection goes by its id, so that a client
        stays bound to it when its name changes.
    clock : callable
        Returns the seconds since 1970.
    """

    def __init__(
        self, broker: Broker, holder: Holder, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._broker = broker
        self._holder = holder
        self._clock = clock
        self._lock, self._pid = Lock(), os.getpid()
        self._held: tuple[Lease, _Marks] | None = None
        self._heard: Callable[[Lease], None] | None = None

    def __repr__(self) -> str:
        return f"<BrokerSource {self._holder.connection or 'default'}>"

    @property
    def connection(self) -> str | None:
        """The connection's id once there was a lease; before, what it was asked for by."""
        return self._holder.connection

    @property
    def namespace(self) -> str | None:
        """The namespace that was asked for; ``None`` for the connection's own."""
        return self._holder.namespace

    @property
    def name(self) -> str | None:
        """The connection's name, as far as it is known; ``None`` for the default."""
        return self._held[0].connection if self._held else self._holder.connection

    def on_lease(self, heard: Callable[[Lease], None]) -> None:
        """Call `heard` with each lease that comes from the server from now on."""
        self._heard = heard

    def lease(self) -> Lease:
        """Return the current lease.

        Raises
        ------
        KfpConnectError
            ``disconnected``, or what keeps the server from having one.
        """
        current = self._current()
        if current is not None:
            return current
        with self._renewing():
            return self._current() or self._ask("/lease", {"connection": self._holder.connection})

    def prove(self) -> Lease:
        """Return a lease whose namespace may be used: rung 3, proven by the server.

        Raises
        ------
        KfpConnectError
            The rung that does not hold.
        """
        with self._renewing():
            return self._ask("/lease", {"connection": self._holder.connection, "prove": True})

    def refused(self, generation: int, said: tuple[int, bytes] | None = None) -> Lease:
        """Return a newer lease than `generation`, which KFP refused.

        Raises
        ------
        KfpConnectError
            As `lease`.
        """
        with self._renewing():
            held = self._held
            if held is not None and held[0].generation != generation:
                return held[0]  # another thread came first
            body = {"connection_id": self._holder.connection, "generation": generation}
            if said is not None:
                body |= {"status": said[0], "body": said[1].decode("utf-8", "replace")}
            return self._ask("/refused", body)

    def answered(self, status: int, body: str = "") -> None:
        """Tell the server what KFP answered to a call, so that its rungs show it in every window.

        Only displays depend on it: nothing is raised where nobody hears.

        Parameters
        ----------
        status : int
            403, or 400 of an upload that lacks a right; `NO_ANSWER`; or 200 for the first call that
            goes through after one that did not.
        body : str, optional
            What a refusal says.
        """
        told = {"connection_id": self._holder.connection, "status": status, "body": body}
        with suppress(BrokerGone, KfpConnectError):
            self._broker.post("/answered", told)

    def _current(self) -> Lease | None:
        held = self._held
        if held is None:
            return None
        lease, marks = held
        if marks.stamp is None or marks != self._marks(lease.watch):
            return None
        ends = lease.expires_at
        if ends is not None and ends.timestamp() - self._clock() < _NEAR_ITS_END:
            return None
        return lease

    def _ask(self, path: str, body: Mapping[str, Any]) -> Lease:
        watch = self._held[0].watch if self._held else None
        marks = self._marks(watch)  # before asking: a change meanwhile has to show
        holder = self._holder
        whole = {"namespace": holder.namespace, "kernel_id": holder.kernel_id, **body}
        if path == "/lease":
            whole["variable"] = holder.variable
        try:
            lease = Lease.from_dict(self._broker.post(path, whole))
        except BrokerGone:
            raise server_gone() from None
        self._holder = replace(holder, connection=lease.connection_id)
        # A file that was not looked at before asking may have changed since: ask once more.
        self._held = (lease, marks if lease.watch == watch else _Marks(marks.stamp, None))
        if self._heard is not None:
            self._heard(lease)
        return lease

    def _marks(self, watch: str | None) -> _Marks:
        return _Marks(self._broker.stamp(), file_mark(watch) if watch else None)

    def _renewing(self) -> Lock:
        if self._pid != os.getpid():  # another thread may have held the lock at the fork
            self._lock, self._pid = Lock(), os.getpid()
        return self._lock


def server_gone() -> KfpConnectError:
    """Return the error where nobody answers at the broker's socket any more."""
    return NotInNotebook(
        "disconnected",
        "the Jupyter server that holds this connection does not answer any more",
        remedy="Restart the kernel in a running Jupyter server, or connect anew with %kfp_connect.",
    )
