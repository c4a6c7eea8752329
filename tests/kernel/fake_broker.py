"""The server's broker, as a test wants it: protocol 1 over a Unix socket."""

from __future__ import annotations

import json
import os
import socketserver
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from select import select
from threading import Condition, Thread, local
from typing import Any

SECRET = "broker-secret"
#: Seconds for what has to happen; reached only where it does not.
LIMIT = 60.0

Handle = Callable[[Mapping[str, Any]], tuple[int, Mapping[str, Any]]]


#: What a server without connections answers.
NO_CONNECTIONS: dict[str, Any] = {
    "connections": [],
    "default": None,
    "policy": {"locked": False, "keyring": False, "broker": True},
}


class FakeBroker:
    """What a test tells the broker, and what the broker was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.description = folder / "broker.json"
        self.socket = str(folder / "broker.sock")
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.connections = 0
        self.lifelines: list[str] = []
        self.changed = Condition()
        self.handling = local()
        self.stamp = folder / "stamp"
        self.routes: dict[str, Handle] = {
            "/holds": lambda body: (204, {}),
            "/connections": lambda body: (200, NO_CONNECTIONS),
        }
        self.stamp.write_text("0", encoding="ascii")
        self.write()

    @property
    def environ(self) -> dict[str, str]:
        """What a kernel of this server inherits."""
        return {"KFP_CONNECT_BROKER": str(self.description)}

    def write(self, **changes: Any) -> None:
        """Write the description file."""
        data = {
            "protocol": 1,
            "socket": self.socket,
            "secret": SECRET,
            "stamp": str(self.stamp),
            "version": "0.1.0",
        }
        self.description.write_text(json.dumps({**data, **changes}), encoding="utf-8")

    def touch(self) -> None:
        """Say that something changed: a renewal, a disconnect, an edit."""
        fresh = self.folder / "stamp.new"
        fresh.write_text(os.urandom(4).hex(), encoding="ascii")
        fresh.replace(self.stamp)

    def lend(self, lease: Any) -> None:
        """Answer ``/lease`` and ``/refused`` with `lease`."""
        self.routes["/lease"] = self.routes["/refused"] = lambda body: (200, lease.to_dict())

    def refuse(self, problem: Any, path: str = "/lease") -> None:
        """Answer `path` with an error."""
        self.routes[path] = lambda body: (409, {"error": problem.to_dict()})

    def wait_for_lifelines(self, count: int) -> None:
        """Wait until so many kernels hold their lifeline."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.lifelines) == count, timeout=LIMIT)

    def wait_for_hang_up(self) -> None:
        """Wait, in the midst of a route, until whoever asked has gone."""
        connection = self.handling.connection
        assert select([connection], [], [], LIMIT)[0]

    def bodies(self, path: str) -> list[Mapping[str, Any]]:
        """Return what `path` was sent."""
        return [body for asked, body in self.asked if asked == path]


def _unknown(body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    return 400, {"error": {"code": "bad-request", "message": "the broker has no such thing"}}


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def running_broker() -> Iterator[FakeBroker]:
    """Serve a `FakeBroker` in a folder of its own, whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="kfp") as name:
        broker = FakeBroker(Path(name))
        with serving(broker):
            yield broker


@contextmanager
def serving(broker: FakeBroker) -> Iterator[None]:
    """Serve `broker`; at the end every connection is closed, as by a server that ends."""
    handlers: list[BaseHTTPRequestHandler] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 0  # what a kernel that hung up does not take is not kept until the end

        def setup(self) -> None:
            super().setup()
            broker.connections += 1
            broker.handling.connection = self.connection
            handlers.append(self)

        def serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            broker.asked.append((self.path, body))
            if self.path == "/alive":
                self.hear_the_end_of(body["kernel_id"])
                return
            if self.headers.get("Authorization") != f"Bearer {SECRET}":
                status = 403
                answer: Mapping[str, Any] = {"error": {"code": "not-allowed", "message": "no"}}
            else:
                status, answer = broker.routes.get(self.path, _unknown)(body)
            data = b"" if status == 204 else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            try:
                self.end_headers()
                self.wfile.write(data)
            except BrokenPipeError:
                self.close_connection = True  # the cell was interrupted

        def hear_the_end_of(self, kernel_id: str) -> None:
            with broker.changed:
                broker.lifelines.append(kernel_id)
                broker.changed.notify_all()
            self.rfile.read(1)  # nothing ever comes but the end
            with broker.changed:
                broker.lifelines.remove(kernel_id)
                broker.changed.notify_all()
            self.close_connection = True

        do_GET = do_POST = serve

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

        def address_string(self) -> str:
            return "unix"

    server = _Server(broker.socket, Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        for handler in handlers:
            with suppress(OSError):
                handler.connection.shutdown(2)
        Path(broker.socket).unlink(missing_ok=True)
        thread.join()
