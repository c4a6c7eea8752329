"""What all of the broker's routes have in common: who may ask, and how an answer looks."""

from __future__ import annotations

import hmac
import json
import os
import socket
import struct
import sys
from typing import Any

from tornado import web

from ..core.errors import KfpConnectError, error
from .around import live_called
from .live import Live
from .manager import Manager


class BrokerHandler(web.RequestHandler):
    """Base of the broker's routes."""

    SUPPORTED_METHODS = ("GET", "POST")

    @property
    def manager(self) -> Manager:
        """The connections of this server."""
        manager: Manager = self.settings["manager"]
        return manager

    def prepare(self) -> None:
        """Let nobody in but this user's processes that know the secret."""
        given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.settings["broker_secret"].encode()):
            raise error("not-allowed", "the broker's secret is not this one")
        peer = peer_uid(self.request.connection.stream.socket)  # type: ignore[union-attr]
        if peer is not None and peer != os.getuid():
            raise error("not-allowed", "another user's processes are not served")

    def body(self) -> dict[str, Any]:
        """Return the request's JSON object; an empty body is an empty one."""
        try:
            data = json.loads(self.request.body or b"{}")
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise error("bad-request", "the body: it is no JSON object")
        return data

    async def live(self, key: str = "connection") -> Live:
        """Return the connection that the body names under `key`, or the default."""
        return await live_called(self.manager, text_of(self.body(), key))

    def answer(self, data: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with the envelope of errors."""
        problem = (kwargs.get("exc_info") or (None, None, None))[1]
        if not isinstance(problem, KfpConnectError):
            known = status_code in (404, 405)
            problem = error("bad-request" if known else "unexpected", "the broker cannot do that")
        status = {"not-allowed": 403, "unknown-connection": 404, "bad-request": 400}
        self.answer({"error": problem.to_dict()}, status.get(problem.code, 409))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what is unexpected; errors of ours are answers."""
        if not isinstance(value, KfpConnectError):
            super().log_exception(typ, value, tb)


def text_of(body: dict[str, Any], key: str) -> str | None:
    """Return a text of a body, ``None`` where it is missing or empty.

    Raises
    ------
    RequestError
        Code ``bad-request``: it is something else.
    """
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise error("bad-request", f"{key}: it is not a text")
    return value or None


def peer_uid(connection: socket.socket) -> int | None:
    """Return the user at the other end, ``None`` where the system does not tell."""
    if sys.platform != "linux":
        return None  # the folder's mode keeps others out
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", packed)[1])
