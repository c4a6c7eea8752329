"""Asking the Jupyter server that this process belongs to, over its Unix socket.

Only the standard library: a kernel that is merely armed must not pay for more.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import sys
import time
import weakref
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from ..core.errors import KfpConnectError, NotInNotebook
from .peer import check_peer

#: Names the description file; inherited by kernels and terminals.
BROKER = "KFP_CONNECT_BROKER"

PROTOCOL = 1

#: Seconds until the socket has to be there, and until an answer is: a sign-in may lie between.
_CONNECT, _ANSWER = 2.0, 90.0

#: Seconds between two tries at a full queue.
_PAUSE = 0.01

#: Connections kept open.
_KEPT = 4


class BrokerGone(Exception):
    """Nobody answers at the broker's socket: no server, another machine, or it has ended."""


#: Tells two states of a file apart: modification time in nanoseconds, and inode.
FileMark = tuple[int, int]


def file_mark(path: str) -> FileMark | None:
    """Return the mark of the file at `path`, ``None`` where there is none; takes 2 µs."""
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino


@dataclass(frozen=True)
class Description:
    """What the description file says of the broker."""

    socket: str
    secret: str = field(repr=False)
    stamp: str

    @classmethod
    def read(cls, path: str) -> Description:
        """Read the file at `path`.

        Raises
        ------
        BrokerGone
            There is no such file, or it is no description.
        NotInNotebook
            ``package-too-old``: the server speaks another protocol.
        """
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
            protocol = data["protocol"]
        except (OSError, ValueError, KeyError, TypeError):
            raise BrokerGone from None
        if protocol != PROTOCOL:
            raise _another_version(data.get("version"))
        return cls(data["socket"], data["secret"], data["stamp"])


class Broker:
    """The broker of the Jupyter server that started this process.

    May be used from several threads, and in a process that forked.

    Parameters
    ----------
    environ : mapping
        Read again where the broker has gone, as the server may have restarted.
    description : Description
        Where it is.
    """

    def __init__(self, environ: Mapping[str, str], description: Description) -> None:
        self._environ = environ
        self._description = description
        self._idle: deque[tuple[int, socket.socket]] = deque()
        weakref.finalize(self, _close_all, self._idle)

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Broker | None:
        """Return the broker that `environ` names if it answers, else ``None``.

        Raises
        ------
        NotInNotebook
            ``package-too-old``.
        """
        path = environ.get(BROKER)
        if not path or not hasattr(socket, "AF_UNIX"):
            return None
        try:
            broker = cls(environ, Description.read(path))
            broker._keep(broker._open())
        except BrokerGone:
            return None
        return broker

    def __repr__(self) -> str:
        return f"<Broker at {self._description.socket}>"

    def stamp(self) -> FileMark | None:
        """Return what changes at each renewal, disconnect and edit; ``None`` once it has gone."""
        return file_mark(self._description.stamp)

    def get(self, path: str) -> dict[str, Any]:
        """Ask for `path`; see `post`."""
        return self._ask("GET", path, b"")

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send `body` to `path` and return what is answered, empty for 204.

        Raises
        ------
        BrokerGone
            Nobody answers.
        KfpConnectError
            What the broker answered instead.
        """
        return self._ask("POST", path, json.dumps(body).encode())

    def keep_open(self, path: str, body: Mapping[str, Any]) -> socket.socket:
        """Send `body` to `path`, which is never answered, and return the connection.

        The server takes its end for the end of this process.

        Raises
        ------
        BrokerGone
            Nobody is there.
        """
        data = json.dumps(body).encode()
        connection = self._open()
        try:
            connection.sendall(self._head("POST", path, data) + data)
        except OSError:
            connection.close()
            raise BrokerGone from None
        return connection

    def _ask(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        try:
            status, answer = self._exchange(method, path, body)
        except BrokerGone:
            self._description = Description.read(self._environ.get(BROKER, ""))
            _close_all(self._idle)
            status, answer = self._exchange(method, path, body)
        try:
            data = json.loads(answer) if answer else {}
        except ValueError:
            raise BrokerGone from None
        if status >= 400:
            raise _problem(data, status)
        return dict(data)

    def _exchange(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Make one request; a kept connection that was closed meanwhile is replaced before."""
        connection = self._take() or self._open()
        try:
            # Head and body in one write: in two, Nagle and delayed ACK would cost 40 ms.
            connection.sendall(self._head(method, path, body) + body)
            with closing(HTTPResponse(connection, method=method)) as response:
                response.begin()
                answer = response.read()
        except (OSError, HTTPException):
            connection.close()
            raise BrokerGone from None
        except BaseException:
            connection.close()  # an answer may still be under way in it
            raise
        if response.will_close:
            connection.close()
        else:
            self._keep(connection)
        return response.status, answer

    def _head(self, method: str, path: str, body: bytes) -> bytes:
        lines = (
            f"{method} {path} HTTP/1.1",
            "Host: broker",
            f"Authorization: Bearer {self._description.secret}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _open(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_CONNECT)
            self._connect(connection)
            check_peer(connection)
            connection.settimeout(_ANSWER)
        except OSError:
            connection.close()
            raise BrokerGone from None
        return connection

    def _connect(self, connection: socket.socket) -> None:
        """Connect, waiting a while where more kernels knock than the server has let in."""
        deadline = time.monotonic() + _CONNECT
        while True:
            try:
                connection.connect(self._description.socket)
                return
            except BlockingIOError:  # the queue is full; a Unix socket does not wait by itself
                if time.monotonic() > deadline:
                    raise
            time.sleep(_PAUSE)

    def _take(self) -> socket.socket | None:
        """Return a kept connection of this very process at whose other end somebody still is."""
        while True:
            try:
                pid, connection = self._idle.pop()
            except IndexError:
                return None
            if pid == os.getpid() and is_open(connection):
                return connection
            connection.close()

    def _keep(self, connection: socket.socket) -> None:
        if len(self._idle) < _KEPT:
            self._idle.append((os.getpid(), connection))
        else:
            connection.close()


def _close_all(connections: deque[tuple[int, socket.socket]]) -> None:
    while connections:
        connections.pop()[1].close()


def is_open(connection: socket.socket) -> bool:
    """Whether nothing waits in the connection: an end, or an answer nobody asked for, would."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        connection.settimeout(_ANSWER)
        return True
    except OSError:
        return False
    return False


def _another_version(version: object) -> NotInNotebook:
    pinned = f"=={version}" if isinstance(version, str) else ""
    return NotInNotebook(
        "package-too-old",
        "jupyter-kfp-connect in this kernel's environment does not match the Jupyter server's,"
        f" version {version or 'unknown'}",
        remedy="Install that version in this kernel's environment, then restart the kernel.",
        remedy_copy=f"{shlex.quote(sys.executable)} -m pip install jupyter-kfp-connect{pinned}",
    )


def _problem(data: Mapping[str, Any], status: int) -> KfpConnectError:
    said = data.get("error")
    if not isinstance(said, Mapping) or "code" not in said:
        return KfpConnectError("unexpected", f"the Jupyter server answered HTTP {status}")
    known = ("code", "message", "remedy", "remedy_copy", "actor", "retryable")
    return KfpConnectError.from_dict({key: said[key] for key in known if key in said})
