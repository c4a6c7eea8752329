"""The broker: hands headers to this machine's kernels and terminals, over a Unix socket.

No route of the Jupyter server could: many run without a token behind a proxy. Here the folder is
0700, the socket 0600, the peer's user is checked, and a secret of this server is asked for.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from jupyter_core.paths import secure_write
from tornado import web
from tornado.httpserver import HTTPServer

from .. import __version__
from .broker_routes import broker_routes
from .manager import Manager
from .stamp import Stamp

#: Kernels and terminals inherit the description file's path: a path, never a secret, since what
#: ``!env`` prints is saved in notebooks.
VARIABLE = "KFP_CONNECT_BROKER"
PROTOCOL = 1
_SOCKET_PATH_LIMIT = 100  # sun_path holds 104 to 108 bytes
#: Kernels that may wait to be let in; tornado's own 128 turn a crowd away.
_BACKLOG = 1024
_PREFIX = "kfp-connect-"
_SOCKET, _STAMP = "broker.sock", "stamp"


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
        self.stamp = Stamp(self._folder / _STAMP)
        self._socket = self._folder / _SOCKET
        self._secret = secrets.token_urlsafe(32)
        self._description = runtime_dir / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}.json"
        self._server: HTTPServer | None = None

    def start(self, manager: Manager) -> None:
        """Listen, and tell processes started from now on where.

        Raises
        ------
        OSError
            The socket or the description file cannot be made.
        """
        from tornado.netutil import bind_unix_socket  # Windows has none

        application = web.Application(
            broker_routes(),
            manager=manager,
            broker_secret=self._secret,
            log_function=lambda handler: None,  # tornado would log each call at INFO
        )
        self._server = HTTPServer(application)
        self._server.add_socket(bind_unix_socket(str(self._socket), 0o600, _BACKLOG))
        with secure_write(str(self._description)) as file:
            json.dump(
                {
                    "protocol": PROTOCOL,
                    "socket": str(self._socket),
                    "secret": self._secret,
                    "stamp": str(self.stamp.path),
                    "version": __version__,
                    "machine": socket.gethostname(),
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
        _remove(self._folder)


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
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(description.read_text(encoding="utf-8"))
            address = Path(told["socket"])
            # A home may be shared: another machine's socket is nothing to look for here.
            here = told.get("machine", socket.gethostname()) == socket.gethostname()
            if not here or not _is_left_behind(address):
                continue
            _remove(address.parent)
            description.unlink()


def _remove(folder: Path) -> None:
    """Remove a broker's folder: what a broker lays there, and nothing else that a file may name."""
    if not folder.name.startswith(_PREFIX) or folder.is_symlink():
        return
    with suppress(OSError):
        for name in (_SOCKET, _STAMP, f"{_STAMP}.new"):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def _is_left_behind(address: Path) -> bool:
    """Whether nobody listens at a socket; a process id would not tell, as it comes again."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        return probe.connect_ex(str(address)) in (errno.ECONNREFUSED, errno.ENOENT)
