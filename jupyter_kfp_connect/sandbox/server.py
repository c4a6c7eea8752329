"""A sandbox as something to start and stop."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application

from .cluster import Cluster
from .front_door import front_door_routes
from .gates import Gate, IdentityGate, OpenGate
from .handlers import TEMPLATES, InfoHandler, RequestsHandler, SandboxHandler
from .kfp_api import Route, api_routes
from .options import USER, USER_NAMESPACE, SandboxOptions
from .packages import MAX_BYTES
from .pages import page_routes
from .token_file import TokenFile
from .tokens import AUDIENCE


class NoPageHandler(SandboxHandler):
    """What the bare API server answers outside its API (`kfp-root.json`)."""

    async def prepare(self) -> None:
        """Say so, whatever the method."""
        await super().prepare()
        self.answer_text("404 page not found\n", 404)


class Sandbox:
    """A Kubeflow look-alike on loopback.

    Parameters
    ----------
    options : SandboxOptions, optional
        What it is asked to be.

    Examples
    --------
    >>> sandbox = Sandbox(SandboxOptions(session_seconds=5))  # doctest: +SKIP
    >>> await sandbox.start()  # doctest: +SKIP
    >>> sandbox.host  # doctest: +SKIP
    'http://localhost:41234/pipeline'
    """

    def __init__(self, options: SandboxOptions | None = None) -> None:
        self.options = options or SandboxOptions()
        self.cluster = Cluster(self.options)
        self._servers: list[HTTPServer] = []
        self._sockets: list[socket.socket] = []
        self._token_file: TokenFile | None = None
        self._info: dict[str, Any] = {}

    @property
    def origin(self) -> str:
        """Scheme, host and port of the main listener."""
        return self._origin(0)

    @property
    def host(self) -> str:
        """The `host` of a connection: the front door's `/pipeline`, or the bare API."""
        return f"{self.origin}/pipeline" if self.options.has_front_door else self.origin

    @property
    def api_host(self) -> str:
        """The bare KFP API, as `ml-pipeline:8888` is inside a cluster."""
        return self._origin(-1)

    @property
    def port(self) -> int:
        """The port of the main listener."""
        return self._port(0)

    async def start(self) -> None:
        """Listen, and write the token file if one is asked for.

        Raises
        ------
        OSError
            Where a port is taken, or the token file cannot be written.
        """
        if self._servers:
            raise RuntimeError("this sandbox has been started")
        try:
            if self.options.has_front_door:
                self._listen(self.options.port, front_door_routes(self.cluster))
                self._listen(self.options.api_port, self._api(IdentityGate()))
            elif self.options.single_user:
                self._listen(self.options.port, self._standalone())
            else:
                self._listen(self.options.port, self._api(IdentityGate()))
            if self.options.token_file is not None:
                self._token_file = TokenFile(
                    self.options.token_file,
                    lambda: self.issue_token(seconds=self.options.token_seconds),
                    self.options.token_seconds,
                )
                self._token_file.start()
        except BaseException:
            await self.stop()
            raise
        self._info.update(
            sandbox=True,
            host=self.host,
            api_host=self.api_host,
            multi_user=not self.options.single_user,
            user=USER if self.options.has_front_door else None,
        )

    async def stop(self) -> None:
        """Stop listening and forget everything; harmless when it does not run."""
        if self._token_file is not None:
            self._token_file.stop()
            self._token_file = None
        servers, self._servers, self._sockets = self._servers, [], []
        for server in servers:
            server.stop()
            await server.close_all_connections()

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        await self.stop()

    def issue_token(
        self,
        namespace: str = USER_NAMESPACE,
        service_account: str = "default-editor",
        *,
        audience: str = AUDIENCE,
        seconds: float = 7_200.0,
    ) -> str:
        """Return a fresh ServiceAccount token; see `TokenIssuer.issue`."""
        return self.cluster.tokens.issue(
            namespace, service_account, audience=audience, seconds=seconds
        )

    def _standalone(self) -> list[Route]:
        gated = {"cluster": self.cluster, "gate": OpenGate()}
        if self.options.api_only:
            return self._api(OpenGate())
        # The standalone UI passes its API on at both places.
        return [
            *api_routes("/apis", gated),
            *api_routes("/pipeline/apis", gated),
            *page_routes(gated),
        ]

    def _api(self, gate: Gate) -> list[Route]:
        return api_routes("/apis", {"cluster": self.cluster, "gate": gate})

    def _listen(self, port: int, routes: list[Route]) -> None:
        plain = {"cluster": self.cluster}
        application = Application(
            [
                (r"/_sandbox/info", InfoHandler, {**plain, "info": self._info}),
                (r"/_sandbox/requests", RequestsHandler, plain),
                *routes,
                (r".*", NoPageHandler, plain),
            ],
            template_path=str(TEMPLATES),
            # tornado's own log lines hold whole addresses, and these hold codes.
            log_function=lambda handler: None,
        )
        address = self.options.address
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.create_server((address, port), family=family, backlog=128)
        listener.setblocking(False)
        server = HTTPServer(application, max_body_size=MAX_BYTES, max_buffer_size=2 * MAX_BYTES)
        server.add_socket(listener)
        self._sockets.append(listener)
        self._servers.append(server)

    def _port(self, index: int) -> int:
        if not self._sockets:
            raise RuntimeError("this sandbox does not run")
        port: int = self._sockets[index].getsockname()[1]
        return port

    def _origin(self, index: int) -> str:
        address = self.options.address
        name = "localhost" if address == "127.0.0.1" else address
        if ":" in name:
            name = f"[{name}]"
        return f"http://{name}:{self._port(index)}"
