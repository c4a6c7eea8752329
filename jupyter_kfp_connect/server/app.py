"""The server extension: puts the parts together, and takes them down again."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_dir, jupyter_config_path, jupyter_runtime_dir
from jupyter_events import EventLogger
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, Float, List, TraitError, Unicode, validate

from .. import __version__
from ..core import connections_file
from ..core.catalogue import Catalogue
from ..core.environment import Environment
from ..core.errors import KfpConnectError
from ..core.fields import CLEANERS
from .broker import Broker
from .events import Events
from .handlers import MANAGER
from .kernels import Kernels
from .keychain import Keychain
from .manager import Manager
from .policy import Policy
from .routes import routes
from .sign_ins import SignIns

_KERNEL_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"


class KfpConnect(ExtensionApp):
    """``c.KfpConnect``: an authenticated ``kfp.Client`` in every notebook."""

    name = "jupyter_kfp_connect"
    app_name = "Kubeflow Pipelines connections"
    description = "Connects notebooks to Kubeflow Pipelines."
    version = __version__
    load_other_extensions = True

    connections = Dict(
        key_trait=Unicode(),
        value_trait=Dict(),
        help="Connections for every user of this server, fields by name; locked for them.",
    ).tag(config=True)
    default_connection = Unicode(
        "", help="The connection that is meant where none is named and the user set none."
    ).tag(config=True)
    allow_user_connections = Bool(
        True, help="Whether users may connect to hosts of their own choice through this server."
    ).tag(config=True)
    login_hosts = List(
        Unicode(),
        help="Origins, other than a connection's own, at which signing in is allowed; where this "
        "is set, no other is.",
    ).tag(config=True)
    timeout = Float(10.0, help="Seconds that one call may take.").tag(config=True)

    keyring = Bool(
        True, help="Whether users may keep passwords in the operating system's keyring."
    ).tag(config=True)

    @validate("login_hosts", "timeout")
    def _check(self, proposal: Mapping[str, Any]) -> Any:
        field = proposal["trait"].name
        try:
            clean = CLEANERS[field](field, proposal["value"])
        except KfpConnectError as problem:
            raise TraitError(f"c.KfpConnect.{problem.message}. {problem.remedy}") from None
        return list(clean) if isinstance(clean, tuple) else clean

    _broker: Broker | None = None
    _manager: Manager | None = None

    def initialize_settings(self) -> None:
        """Make the manager and the broker. Nothing here waits for a network."""
        environment = Environment.of_process()
        assert self.serverapp is not None
        logger = self.serverapp.event_logger
        assert logger is not None
        events = Events(logger)
        broker = self._make_broker()
        sign_ins = SignIns(events)
        kernels = Kernels(
            self.serverapp.kernel_manager.list_kernel_ids,
            lambda kernel_id: events.emit("kernels", kernel_id=kernel_id),
        )
        manager = Manager(
            catalogue=self._catalogue(),
            policy=Policy(
                self.allow_user_connections,
                tuple(self.login_hosts),
                self.default_connection or None,
                self.timeout,
                self.keyring,
            ),
            events=events,
            kernels=kernels,
            environment=environment,
            sign_ins=sign_ins,
            keychain=Keychain(self.keyring),
            stamp=broker.stamp if broker is not None else None,
        )
        for problem in manager.catalogue.problems:
            self.log.warning("%s. %s", problem.message, problem.remedy)
        self._manager = manager
        self._listen_to_kernels(logger, manager)
        self.settings[MANAGER] = manager
        if broker is not None:
            self._broker = broker
            try:
                broker.start(manager)
            except OSError as problem:
                self._go_without(problem)
                manager.stamp = None

    def initialize_handlers(self) -> None:
        """Add the routes."""
        self.handlers.extend(routes(""))

    async def stop_extension(self) -> None:
        """Forget every session, close the socket and the sandbox; may run twice."""
        manager, self._manager = self._manager, None
        if manager is not None:
            await manager.close()
        broker, self._broker = self._broker, None
        if broker is not None:
            await broker.stop()

    def _make_broker(self) -> Broker | None:
        if not hasattr(socket, "AF_UNIX"):
            return None  # Windows: kernels there connect in their own process
        try:
            runtime = Path(jupyter_runtime_dir())
            runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
            return Broker(runtime)
        except OSError as problem:
            self._go_without(problem)
            return None

    def _go_without(self, problem: OSError) -> None:
        self.log.warning("kernels will connect in their own process: %s", problem)

    def _catalogue(self) -> Catalogue:
        mine = Path(jupyter_config_dir()) / connections_file.NAME
        folders = [Path(folder) for folder in jupyter_config_path()]
        admin = [folder / connections_file.NAME for folder in folders if folder != mine.parent]
        return Catalogue(self.connections, admin, mine, own=self.allow_user_connections)

    @staticmethod
    def _listen_to_kernels(events: EventLogger, manager: Manager) -> None:
        """Forget what a kernel held when it ends or starts anew."""

        async def listen(logger: Any, schema_id: str, data: Mapping[str, Any]) -> None:
            kernel_id, action = str(data.get("kernel_id")), data.get("action")
            # By the time a restart is told, the new process may have said what it holds.
            over = action == "restart" and not manager.kernels.is_alive(kernel_id)
            if data.get("status") == "success" and (over or action == "shutdown"):
                manager.kernel_ended(kernel_id)

        events.add_listener(schema_id=_KERNEL_ACTIONS, listener=listen)
