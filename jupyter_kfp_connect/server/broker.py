"""The broker: hands headers to this machine's kernels and terminals, over a Unix socket.

No route of the Jupyter server could: many run without a token behind a proxy. Here the folder is
0700, the socket 0600, the peer's user is checked, and a secret of this server is asked for.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import shutil
import socket
import struct
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_core.paths import secure_write
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket

from .. import __version__
from ..core.auth.base import Given
from ..core.errors import KfpConnectError, error
from ..core.secret import Secret
from .live import Live
from .manager import Manager
from .stamp import Stamp

#: Kernels and terminals inherit the description file's path: a path, never a secret, since what
#: ``!env`` prints is saved in notebooks.
VARIABLE = "KFP_CONNECT_BROKER"
PROTOCOL = 1
_SOCKET_PATH_LIMIT = 100  # sun_path holds 104 to 108 bytes
_PREFIX = "kfp-connect-"


class Broker:
    """The socket, its folder, and the file that describes them.

    Parameters
    ----------
    runtime_dir : Path
        Jupyter's runtime folder: where the description file goes.
    """

    def __init__(self, runtime_dir: Path) -> None:
        _sweep(runtime_dir)
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_short_folder()))
        self.stamp = Stamp(self._folder / "stamp")
        self._socket = self._folder / "broker.sock"
        self._secret = secrets.token_urlsafe(32)
        self._description = runtime_dir / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}.json"
        self._server: HTTPServer | None = None

    def start(self, manager: Manager) -> None:
        """Listen, and tell processes started from now on where."""
        application = web.Application(
            [(rf"/{path}", handler) for path, handler in _HANDLERS.items()],
            manager=manager,
            broker_secret=self._secret,
            log_function=lambda handler: None,  # tornado would log each call at INFO
        )
        self._server = HTTPServer(application)
        self._server.add_socket(bind_unix_socket(str(self._socket), 0o600))
        with secure_write(str(self._description)) as file:
            json.dump(
                {
                    "protocol": PROTOCOL,
                    "socket": str(self._socket),
                    "secret": self._secret,
                    "stamp": str(self.stamp.path),
                    "version": __version__,
                },
                file,
            )
        os.environ[VARIABLE] = str(self._description)

    async def stop(self) -> None:
        """Close it and remove what it left; may be called twice."""
        if os.environ.get(VARIABLE) == str(self._description):
            del os.environ[VARIABLE]
        with suppress(FileNotFoundError):
            self._description.unlink()
        server, self._server = self._server, None
        if server is not None:
            server.stop()
            await server.close_all_connections()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Handler(web.RequestHandler):
    """Base of the broker's routes: who asks, and the envelope."""

    SUPPORTED_METHODS = ("GET", "POST")

    @property
    def manager(self) -> Manager:
        manager: Manager = self.settings["manager"]
        return manager

    def prepare(self) -> None:
        given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.settings["broker_secret"].encode()):
            raise error("not-allowed", "the broker's secret is not this one")
        peer = _peer_uid(self.request.connection.stream.socket)  # type: ignore[union-attr]
        if peer is not None and peer != os.getuid():
            raise error("not-allowed", "another user's processes are not served")

    def body(self) -> dict[str, Any]:
        try:
            data = json.loads(self.request.body or b"{}")
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise error("bad-request", "the body: it is no JSON object")
        return data

    async def live(self, name: object) -> Live:
        """Return the connection named, or the default."""
        if name is None:
            return await self.manager.default_live()
        return self.manager.live(str(name))

    def answer(self, data: Any, status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        problem = (kwargs.get("exc_info") or (None, None, None))[1]
        if not isinstance(problem, KfpConnectError):
            known = status_code in (404, 405)
            problem = error("bad-request" if known else "unexpected", "the broker cannot do that")
        status = {"not-allowed": 403, "unknown-connection": 404, "bad-request": 400}
        self.answer({"error": problem.to_dict()}, status.get(problem.code, 409))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, KfpConnectError):
            super().log_exception(typ, value, tb)


class _Lease(_Handler):
    async def post(self) -> None:
        body = self.body()
        live = await self.live(body.get("connection"))
        lease = await live.lease(_text(body, "namespace"))
        self.answer(lease.to_dict())


class _Refused(_Handler):
    async def post(self) -> None:
        body = self.body()
        generation = body.get("generation")
        if not isinstance(generation, int):
            raise error("bad-request", "generation: it is a number")
        live = await self.live(body.get("connection_id"))
        lease = await live.refused(generation, _text(body, "namespace"))
        self.answer(lease.to_dict())


class _Holds(_Handler):
    async def post(self) -> None:
        body = self.body()
        live = await self.live(body.get("connection"))
        self.manager.kernels.take(body, live.entry.connection.id)
        self.set_status(204)
        self.finish()


class _Connections(_Handler):
    async def get(self) -> None:
        self.answer(self.manager.overview())


class _Connect(_Handler):
    async def post(self) -> None:
        body = self.body()
        live = await self.live(body.get("connection"))
        password = _text(body, "password")
        given = Given(
            username=_text(body, "username") if password else None,
            connector=_text(body, "connector") if password else None,
            password=Secret(password) if password else None,
        )
        await live.start(given)
        self.answer(live.to_dict())


class _Refresh(_Handler):
    async def post(self) -> None:
        live = await self.live(self.body().get("connection"))
        if live.session is not None:
            await live.refused(live.session.generation)
        await live.start(Given())
        self.answer(live.to_dict())


class _Disconnect(_Handler):
    async def post(self) -> None:
        live = await self.live(self.body().get("connection"))
        live.disconnect()
        self.answer(live.to_dict())


class _Status(_Handler):
    async def post(self) -> None:
        live = await self.live(self.body().get("connection"))
        self.answer(live.to_dict())


_HANDLERS: dict[str, type[_Handler]] = {
    "lease": _Lease,
    "refused": _Refused,
    "holds": _Holds,
    "connections": _Connections,
    "connect": _Connect,
    "refresh": _Refresh,
    "disconnect": _Disconnect,
    "status": _Status,
}


def _text(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise error("bad-request", f"{key}: it is not a text")
    return value or None


def _peer_uid(connection: socket.socket) -> int | None:
    """Return the user at the other end, ``None`` where the system does not tell."""
    if sys.platform != "linux":
        return None  # the folder's mode keeps others out
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", packed)[1])


def _short_folder() -> str:
    """Return a folder whose paths fit into a socket's address: no home on a network volume."""
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    fits = len(folder) < _SOCKET_PATH_LIMIT - 40
    if folder and fits and os.access(folder, os.W_OK):
        return folder
    folder = tempfile.gettempdir()
    return folder if len(folder) < _SOCKET_PATH_LIMIT - 40 else "/tmp"


def _sweep(runtime_dir: Path) -> None:
    """Remove what servers left that were killed."""
    for description in runtime_dir.glob(f"{_PREFIX}*.json"):
        pid = description.stem.removeprefix(_PREFIX).partition("-")[0]
        if not pid.isdigit() or _runs(int(pid)):
            continue
        with suppress(OSError, ValueError, KeyError):
            folder = Path(json.loads(description.read_text(encoding="utf-8"))["socket"]).parent
            if folder.name.startswith(_PREFIX):
                shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            description.unlink()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
