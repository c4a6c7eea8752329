"""A KFP API server that answers as it is told, and keeps what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext
from threading import Thread
from typing import Any

RECORDINGS = Path(__file__).parents[1] / "recordings"
LOGIN_PAGE = b"<!doctype html><html><head><title>Sign In</title></head><body></body></html>"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def credential(self) -> str | None:
        """What the request was signed in with."""
        return self.headers.get("Cookie") or self.headers.get("Authorization")


@dataclass(frozen=True)
class Answer:
    """One answer to give."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    reason: str | None = None

    @classmethod
    def json(cls, data: Any, status: int = 200) -> Answer:
        return cls(status, json.dumps(data).encode())

    @classmethod
    def page(cls, status: int = 200) -> Answer:
        return cls(status, LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})


def as_recorded(name: str) -> Answer:
    """Return a recording of the real KFP API server."""
    text = (RECORDINGS / f"{name}.json").read_text(encoding="utf-8")
    answer = json.loads(text)["response"]
    return Answer(answer["status"], json.dumps(answer["body"]).encode(), answer["headers"])


Respond = Callable[[Asked], Answer]


class FakeKfp:
    """What a test tells the server, and what the server was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.respond: Respond = lambda asked: Answer()
        self.host = ""

    def accept_only(self, credential: str, refusal: Answer) -> None:
        """Answer ``{}`` to calls with `credential`, and `refusal` to all others."""
        self.respond = lambda asked: Answer() if asked.credential == credential else refusal


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # threads that call at once are not sent away for a second

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent where a client went away, as it may."""


@contextmanager
def running_kfp(prefix: str = "/pipeline", *, tls: SSLContext | None = None) -> Iterator[FakeKfp]:
    """Serve a `FakeKfp` on a free port of the loopback interface."""
    fake = FakeKfp()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {key.title(): value for key, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            fake.asked.append(asked)
            answer = fake.respond(asked)
            self.send_response(answer.status, answer.reason)
            for key, value in answer.headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = serve

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = _Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.host = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}{prefix}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
