"""All connections of this server, and what windows and kernels may do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.auth.base import Given
from ..core.catalogue import Catalogue, Entry
from ..core.climb import Climb
from ..core.connection import Connection
from ..core.environment import Environment
from ..core.errors import KfpConnectError, error
from ..core.hosts import origin
from ..core.in_cluster import settings_here
from ..core.probes import Recorder
from ..core.proof import ui_url
from ..core.session import Session
from ..core.transport import RequestsTransport
from .attempt import Attempt
from .describe import describe
from .editing import Editor
from .events import Events
from .kernels import Kernels
from .keychain import Keychain
from .leasing import Leasing
from .live import Live
from .own_sandbox import NAME as SANDBOX
from .own_sandbox import OwnSandbox, require_free_name
from .policy import Policy
from .sign_ins import SignIns
from .stamp import Stamp


@dataclass
class Manager:
    """The connections of one Jupyter server. Every method runs on the event loop.

    Attributes
    ----------
    catalogue : Catalogue
        Which connections there are.
    policy : Policy
        What the administrator decided.
    events : Events
        Tells windows.
    kernels : Kernels
        Who holds what.
    environment : Environment
        Facts of the server's process.
    sign_ins : SignIns
        The cells that wait for one.
    keychain : Keychain
        The operating system's keyring.
    stamp : Stamp or None
        Tells kernels; ``None`` where there is no broker.
    """

    catalogue: Catalogue
    policy: Policy
    events: Events
    kernels: Kernels
    environment: Environment
    sign_ins: SignIns
    keychain: Keychain
    stamp: Stamp | None = None
    _lives: dict[str, Live] = field(default_factory=dict)
    _leasings: dict[str, Leasing] = field(default_factory=dict)
    _sandbox: OwnSandbox = field(default_factory=OwnSandbox)

    @property
    def editor(self) -> Editor:
        """Changes what is kept."""
        return Editor(self.catalogue, self.policy)

    # Reading.

    def live(self, name_or_id: str) -> Live:
        """Return a connection's state; one that is not known may stand in a file by now.

        Raises
        ------
        RequestError
            Code ``unknown-connection``.
        """
        try:
            found = self.catalogue.find(name_or_id)
        except KfpConnectError:
            self._read_again()
            found = self.catalogue.find(name_or_id)
        return self._of(found)

    def id_of(self, name: str | None) -> str | None:
        """Return the id of a connection, or of the default; ``None`` where there is none."""
        name = name or self.default
        known = (entry.connection for entry in self.catalogue)
        return next((each.id for each in known if name in (each.name, each.id)), None)

    def leasing(self, live: Live) -> Leasing:
        """Return what hands out the leases of a connection."""
        key = live.entry.connection.id
        if key not in self._leasings:
            self._leasings[key] = Leasing(live)
        return self._leasings[key]

    @property
    def default(self) -> str | None:
        """The default connection's name, the sandbox last of all."""
        wanted = self.policy.default_connection
        if self.catalogue.chosen_default is None and wanted and self.catalogue.means(wanted):
            return wanted
        return self.catalogue.default

    def overview(self) -> dict[str, Any]:
        """Return what ``GET connections`` answers; files changed by others are read again."""
        self._read_again()
        return {
            "connections": [describe(self._of(entry)) for entry in self.catalogue],
            "default": self.default,
            "policy": {
                "locked": not self.policy.allow_user_connections,
                "keyring": self.keychain.works,
                "broker": self.stamp is not None,
            },
            "problems": [problem.to_dict() for problem in self.catalogue.wrong],
        }

    # Changing.

    def put(self, name: str, body: Mapping[str, Any], may_execute: bool) -> tuple[Live, bool]:
        """Create or change a connection; see `Editor.put`."""
        before = self.catalogue.get(name)
        if before is not None:
            self._of(before)  # there to notice what the change moves
        entry, new = self.editor.put(name, body, may_execute)
        self.events.emit("connections")
        return self._of(entry), new

    async def delete(self, name: str) -> None:
        """Remove one of the user's own, or forget one that was found."""
        entry = self.catalogue.find(name)
        if entry.source == "sandbox":
            await self.stop_sandbox()
            return
        self.editor.remove(entry)
        self._drop(entry)

    def disconnect(self, live: Live) -> None:
        """Forget session and password everywhere; cells that wait for a sign-in are told."""
        live.disconnect()
        self.sign_ins.abandon(live)

    def set_default(self, name: str) -> str:
        """Make one the default, and return its name."""
        connection = self.catalogue.find(name).connection
        self.catalogue.set_default(connection.name)
        self.events.emit("default", connection=connection.name, connection_id=connection.id)
        return connection.name

    def allow_login_host(self, live: Live, host: str) -> None:
        """Add the one origin that a sign-in waits for, after the user said yes to it.

        Raises
        ------
        RequestError
            ``bad-request``: nothing waits for that origin; else see `Editor.allow_login_host`.
        """
        wanted = live.sign_in
        if wanted is None or wanted.kind != "login-host" or origin(host) != wanted.host:
            raise error("bad-request", "login_host: no sign-in waits for that host")
        live.take_entry(self.editor.allow_login_host(live.entry, host), keep_waiting=True)

    def found(self, connection: Connection) -> Live:
        """Take in what was found, unless there is one of that name that is more."""
        known = self.catalogue.get(connection.name)
        if known is None or self._is_outdated(known, connection.host):
            self.catalogue.put_found(Entry(connection, "detected", "found"))
            self.events.emit("connections")
        return self.live(connection.name)

    async def start_sandbox(self) -> Live:
        """Start the server's own sandbox, or return the one that runs.

        Raises
        ------
        RequestError
            ``locked`` by policy; ``bad-request`` where its name is taken.
        """
        self.editor.require_own_connections()
        require_free_name(self.catalogue)
        connection = await self._sandbox.start()
        if connection is not None:
            self.catalogue.put_found(Entry(connection, "sandbox", "found"))
            self.events.emit("connections")
        return self.live(SANDBOX)

    async def stop_sandbox(self) -> None:
        """Stop it; its connection goes with it."""
        entry = self.catalogue.get(SANDBOX)
        if entry is not None and entry.source == "sandbox":
            self.catalogue.drop_found(SANDBOX)
            self._drop(entry)
        await self._sandbox.stop()

    async def close(self) -> None:
        """Forget every session, and stop the sandbox; may run twice."""
        await self.stop_sandbox()
        lives, self._lives, self._leasings = self._lives, {}, {}
        for live in lives.values():
            live.end()
        await self.keychain.close()

    def kernel_ended(self, kernel_id: str) -> None:
        """Forget what a kernel held, and what a cell of it waited for."""
        self.kernels.forget(kernel_id)
        self.sign_ins.forget(kernel_id)

    # What a connection needs of who keeps it; see `owner.Owner`.

    def new_climb(self, live: Live, given: Given, attempt: Attempt) -> Climb:
        """Make a climb for the connection as it is now."""
        connection = self._settled(live.entry.connection)
        settings = settings_here(connection, self.environment)
        return Climb(
            connection,
            given,
            self.environment,
            attempt.ladder,
            lambda: Recorder(RequestsTransport(settings, attempt.cancel), attempt.probes),
            live.entry.source,
            live.generation + 1,
            attempts=attempt.ways,
        )

    def adapt(self, session: Session, connection: Connection) -> None:
        """Let a session take over a change that moves no credential."""
        # The host it uses stays: in a pod it is the service's whole name.
        connection = replace(self._settled(connection), host=session.connection.host)
        namespace = connection.namespace or session.facts.usual_namespace
        session.adapt(
            connection,
            namespace=namespace,
            ui_url=ui_url(connection, self.environment, namespace),
        )

    def changed(self, live: Live, kernels_ask_again: bool) -> None:
        """Tell windows, and kernels where they have to ask again."""
        connection = live.entry.connection
        if kernels_ask_again and self.stamp is not None:
            self.stamp.change()
        self.events.emit("connection", connection=connection.name, connection_id=connection.id)
        self.sign_ins.settle(live)

    def _of(self, entry: Entry) -> Live:
        live = self._lives.get(entry.connection.id)
        if live is None:
            live = self._lives[entry.connection.id] = Live(entry, self)
        live.take_entry(entry)  # the file may have been changed by hand, or by another program
        return live

    def _read_again(self) -> None:
        if self.catalogue.refresh():
            self.events.emit("connections")

    def _is_outdated(self, known: Entry, host: str) -> bool:
        """Whether it was found too, at another host, and nobody has begun to work with that."""
        if known.source != "detected" or known.connection.host == host:
            return False
        live = self._of(known)
        return live.session is None and not live.busy

    def _drop(self, entry: Entry) -> None:
        self._leasings.pop(entry.connection.id, None)
        live = self._of(entry)
        del self._lives[entry.connection.id]
        self.disconnect(live)
        self.events.emit("connections")

    def _settled(self, connection: Connection) -> Connection:
        """Return the connection with what the administrator decided."""
        return replace(
            connection,
            login_hosts=self.policy.login_hosts or connection.login_hosts,
            timeout=connection.timeout or self.policy.timeout,
        )
