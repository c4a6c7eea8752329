"""Asks the server as windows and kernels do."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from .contract import conforms

USER = "user@example.com"
PASSWORD = "12341234"
#: Seconds for what has to happen: a deadline costs nothing where it does.
TIMEOUT = 60.0
#: Seconds for what has to end though the host hangs: it does so for HANGS.
AT_ONCE, HANGS = 30.0, 300.0
#: Has a request wait for the end of what it starts, as long as the server allows.
PATIENTLY = {"wait": "60"}

#: What each route answers when all is well.
_DEFINITIONS = {
    "connections": "Connections",
    "detect": "Detected",
    "kernels": "Kernels",
    "overview": "Overview",
}


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    data: Any
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def error(self) -> dict[str, Any]:
        """What the envelope holds."""
        return dict(self.data["error"])


class Rest:
    """The REST routes.

    Parameters
    ----------
    fetch : callable
        ``jp_fetch``.
    """

    def __init__(self, fetch: Callable[..., Any]) -> None:
        self._fetch = fetch
        self.texts: list[str] = []

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Told:
        """Make one request; the answer is held against the contract."""
        headers = more.pop("headers", {})
        payload = None
        if method in ("PUT", "POST"):
            payload = body if isinstance(body, (str, bytes)) else json.dumps(body or {})
            headers = {"Content-Type": "application/json"} | headers
        response = await self._fetch(
            "jupyter-kfp-connect",
            *path.split("/"),
            method=method,
            body=payload,
            headers=headers,
            raise_error=False,
            # The client's own limit is 20 seconds; a route may be waited at for TIMEOUT.
            connect_timeout=2 * TIMEOUT,
            request_timeout=2 * TIMEOUT,
            **more,
        )
        text = response.body.decode()
        answered = dict(response.headers.get_all())
        self.texts.append(text + str(answered))
        is_json = bool(text) and answered["Content-Type"].startswith("application/json")
        told = Told(response.code, json.loads(text) if is_json else None, text, answered)
        _hold_to_contract(path, told)
        return told

    async def put(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Create or change a connection."""
        told = await self.ask("PUT", f"connections/{name}", fields)
        assert told.status in (200, 201), told.text
        return dict(told.data)

    async def get(self, name: str) -> dict[str, Any]:
        """Read one connection."""
        told = await self.ask("GET", "connections")
        (found,) = [each for each in told.data["connections"] if each["name"] == name]
        return dict(found)

    async def connect(self, name: str, **given: Any) -> dict[str, Any]:
        """Connect, and wait until the ladder has settled."""
        path = f"connections/{name}/connect"
        told = await self.ask("POST", path, given, params=PATIENTLY)
        assert told.status == 200, told.text
        return dict(told.data)

    async def sign_in(self, name: str, **given: Any) -> dict[str, Any]:
        """Connect with the sandbox's user name and password."""
        return await self.connect(name, **{"username": USER, "password": PASSWORD} | given)

    async def settled(self, name: str) -> dict[str, Any]:
        """Wait until nothing is under way on a connection."""

        async def look() -> dict[str, Any]:
            while (found := await self.get(name))["busy"]:
                await asyncio.sleep(0.02)
            return found

        return await asyncio.wait_for(look(), TIMEOUT)


def _hold_to_contract(path: str, told: Told) -> None:
    if told.status >= 400:
        conforms(told.data, "ErrorEnvelope")
    elif told.data is not None and path != "default":
        conforms(told.data, _DEFINITIONS.get(path.rpartition("/")[2], "Connection"))


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, address: str) -> None:
        super().__init__("broker", timeout=TIMEOUT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._address)


class BrokerClient:
    """The broker's socket, asked from threads as kernels are other processes.

    Parameters
    ----------
    description : Path
        The description file.
    """

    def __init__(self, description: Path) -> None:
        self.description = description
        told = json.loads(description.read_text(encoding="utf-8"))
        self.socket, self.secret, self.stamp = told["socket"], told["secret"], Path(told["stamp"])
        self._pool = ThreadPoolExecutor(64)

    @classmethod
    def of_process(cls) -> BrokerClient:
        """Return the broker that kernels of this process would find."""
        return cls(Path(os.environ["KFP_CONNECT_BROKER"]))

    def __enter__(self) -> BrokerClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def mark(self) -> tuple[int, int]:
        """Return what a kernel compares before each call."""
        stat = self.stamp.stat()
        return stat.st_mtime_ns, stat.st_ino

    async def ask(
        self, path: str, body: Any = None, *, method: str = "POST", secret: str | None = None
    ) -> Told:
        """Make one request."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, self._ask, path, body, method, secret or self.secret
        )

    def _ask(self, path: str, body: Any, method: str, secret: str) -> Told:
        connection = _UnixConnection(self.socket)
        try:
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            payload = body if isinstance(body, str) else json.dumps(body or {})
            connection.request(method, f"/{path}", payload, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        return Told(response.status, json.loads(text) if text else None, text)

    def hang(self, path: str, body: Any) -> socket.socket:
        """Send a request and read no answer: the connection's end is the kernel's."""
        connection = _UnixConnection(self.socket)
        connection.request(
            "POST", f"/{path}", json.dumps(body), {"Authorization": f"Bearer {self.secret}"}
        )
        return connection.sock

    async def lease(self, connection: str | None = None, **more: Any) -> dict[str, Any]:
        """Return a lease."""
        told = await self.ask("lease", {"connection": connection, **more})
        assert told.status == 200, told.text
        return dict(conforms(told.data, "Lease"))


class SilentServer:
    """Accepts connections and never answers.

    Parameters
    ----------
    port : int, optional
        Where it listens.

    Attributes
    ----------
    asked : int
        How many connections were made.
    """

    def __init__(self, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.host = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked = 0
        self.came = threading.Event()
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self) -> SilentServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self.asked += 1
            self.came.set()

    async def reached(self) -> None:
        """Wait until somebody has come."""
        await asyncio.get_running_loop().run_in_executor(None, self.came.wait, TIMEOUT)
        assert self.asked


def counted(kubeflow: Any, request: str) -> int:
    """Return how often a sandbox was asked ``METHOD /path``."""
    return int(kubeflow.sandbox.cluster.requests[request])


#: The request that carries a password.
POSTED = "POST /dex/auth/local/login"


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""

    async def look() -> None:
        while not holds():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(look(), TIMEOUT)
