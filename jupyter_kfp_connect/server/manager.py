"""All connections of this server, and what windows and kernels may do with them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..core.auth.base import Given
from ..core.catalogue import Catalogue, Entry
from ..core.climb import Climb
from ..core.connection import Connection
from ..core.detection import Detected, detect
from ..core.environment import Environment
from ..core.errors import error
from ..core.hosts import origin
from ..core.http import network_settings
from ..core.transport import RequestsTransport
from .editing import Editor
from .events import Events
from .kernels import Kernels
from .live import Attempt, Live
from .policy import Policy
from .stamp import Stamp
from .threads import in_thread

if TYPE_CHECKING:
    from ..sandbox import Sandbox


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
    stamp : Stamp or None
        Tells kernels; ``None`` where there is no broker.
    """

    catalogue: Catalogue
    policy: Policy
    events: Events
    kernels: Kernels
    environment: Environment
    stamp: Stamp | None = None
    _lives: dict[str, Live] = field(default_factory=dict)
    _sandbox: Sandbox | None = None

    @property
    def editor(self) -> Editor:
        """Changes what is kept."""
        return Editor(self.catalogue, self.policy)

    # Reading.

    def live(self, name_or_id: str) -> Live:
        """Return a connection's state.

        Raises
        ------
        RequestError
            Code ``unknown-connection``.
        """
        return self._of(self.catalogue.find(name_or_id))

    @property
    def default(self) -> str | None:
        """The default connection's name, the sandbox last of all."""
        names = [entry.connection.name for entry in self.catalogue]
        wanted = self.policy.default_connection
        if self.catalogue.chosen_default is None and wanted in names:
            return wanted
        return self.catalogue.default

    def overview(self) -> dict[str, Any]:
        """Return what ``GET connections`` answers."""
        return {
            "connections": [self._of(entry).to_dict() for entry in self.catalogue],
            "default": self.default,
            "policy": {
                "locked": not self.policy.allow_user_connections,
                "keyring": False,
                "broker": self.stamp is not None,
            },
        }

    # Changing.

    def put(self, name: str, body: Mapping[str, Any], may_execute: bool) -> tuple[Live, bool]:
        """Create or change a connection; see `Editor.put`."""
        entry, new = self.editor.put(name, body, may_execute)
        self.events.emit("connections")
        live = self._of(entry)
        live.take_entry(entry)
        return live, new

    async def delete(self, name: str) -> None:
        """Remove one of the user's own, or forget one that was found."""
        entry = self.catalogue.find(name)
        if entry.source == "sandbox":
            await self.stop_sandbox()
            return
        self.editor.remove(entry)
        live = self._lives.pop(entry.connection.id, None)
        if live is not None:
            live.disconnect()
        self.events.emit("connections")

    def set_default(self, name: str) -> None:
        """Make one the default."""
        self.catalogue.set_default(self.catalogue.find(name).connection.name)
        self.events.emit("default", connection=name)

    def allow_login_host(self, live: Live, host: str) -> None:
        """Add the one origin that a sign-in waits for, after the user said yes to it.

        Raises
        ------
        RequestError
            ``bad-request`` where nothing waits for that origin; else see
            `Editor.allow_login_host`.
        """
        wanted = live.sign_in
        if wanted is None or wanted.kind != "login-host" or origin(host) != wanted.host:
            raise error("bad-request", "login_host: no sign-in waits for that host")
        live.take_entry(self.editor.allow_login_host(live.entry, host))

    async def detect(self) -> tuple[list[Live], Detected]:
        """Look around, once more each time it is asked for."""
        if not self.policy.allow_user_connections:
            return [], Detected([], [])
        seen = await in_thread(lambda: detect(self.environment))
        lives = []
        for connection in seen.found:
            known = self.catalogue.get(connection.name)
            if known is None:
                known = Entry(connection, "detected", "found")
                self.catalogue.put_found(known)
                self.events.emit("connections")
            lives.append(self._of(known))
        return lives, seen

    async def start_sandbox(self) -> Live:
        """Start the server's own sandbox, or return the one that runs."""
        self.editor.require_own_connections()
        if self._sandbox is None:
            from ..sandbox import Sandbox, SandboxOptions  # only who tries it pays for it

            sandbox = Sandbox(SandboxOptions())
            await sandbox.start()
            self._sandbox = sandbox
            connection = Connection.from_dict(
                {
                    "name": "sandbox",
                    "title": "Sandbox",
                    "host": sandbox.host,
                    "username": "user@example.com",
                }
            )
            self.catalogue.put_found(Entry(connection, "sandbox", "found"))
            self.events.emit("connections")
        return self.live("sandbox")

    async def stop_sandbox(self) -> None:
        """Stop it; its connection goes with it."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is None:
            return
        live = self.live("sandbox")
        live.disconnect()
        self._lives.pop(live.entry.connection.id, None)
        self.catalogue.drop_found("sandbox")
        self.events.emit("connections")
        await sandbox.stop()

    async def default_live(self) -> Live:
        """Return the default connection, looking around where there is none.

        Raises
        ------
        RequestError
            ``unknown-connection``: nothing is set up, and nothing was found.
        """
        if self.default is None:
            await self.detect()
        if self.default is None:
            raise error(
                "unknown-connection",
                "no connection is set up, and none was found",
                remedy="Give Kubeflow's address in the Kubeflow Pipelines panel.",
            )
        return self.live(self.default)

    async def close(self) -> None:
        """Forget every session, and stop the sandbox."""
        for live in self._lives.values():
            live.disconnect()
        await self.stop_sandbox()

    # How it is done.

    def _of(self, entry: Entry) -> Live:
        key = entry.connection.id
        if key not in self._lives:
            self._lives[key] = Live(entry, self._new_climb, self._changed)
        return self._lives[key]

    def _new_climb(self, live: Live, given: Given, attempt: Attempt) -> Climb:
        connection = live.entry.connection
        hosts = self.policy.login_hosts or connection.login_hosts
        timeout = connection.timeout or self.policy.timeout
        connection = replace(connection, login_hosts=hosts, timeout=timeout)
        settings = network_settings(connection, self.environment.variables)
        return Climb(
            connection,
            given,
            self.environment,
            attempt.ladder,
            lambda: RequestsTransport(settings, attempt.cancel),
            live.entry.source,
            live.generation + 1,
        )

    def _changed(self, live: Live, kernels_ask_again: bool) -> None:
        connection = live.entry.connection
        if kernels_ask_again and self.stamp is not None:
            self.stamp.change()
        self.events.emit("connection", connection=connection.name, connection_id=connection.id)


async def settled(task: asyncio.Task[None], seconds: float) -> bool:
    """Wait for an attempt, `seconds` at most; it goes on when they are over.

    Returns
    -------
    bool
        Whether it is done.
    """
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)


def told(lives: Sequence[Live]) -> list[dict[str, Any]]:
    """Return CONNECTIONs."""
    return [live.to_dict() for live in lives]
