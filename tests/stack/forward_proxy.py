"""A stand-in for an organisation's HTTP proxy: relays plain http, tunnels https, asks nobody."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

#: Headers that belong to one hop.
HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "content-length"}
PATIENCE = 10.0  # seconds without a byte


class StandInProxy(ThreadingHTTPServer):
    """The proxy, and what it was asked for: a method and a host with its port."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Relay)
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def stand_in_proxy() -> Iterator[StandInProxy]:
    """Run the proxy while the block lasts."""
    with StandInProxy() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Relay(BaseHTTPRequestHandler):
    server: StandInProxy

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Relay a request for an absolute address."""
        target = urlsplit(self.path)
        self.server.asked.append((self.command, target.netloc))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        upstream = HTTPConnection(target.netloc, timeout=PATIENCE)
        upstream.request(
            self.command, target._replace(scheme="", netloc="").geturl(), body, headers
        )
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def do_CONNECT(self) -> None:
        """Tunnel to a host."""
        self.server.asked.append((self.command, self.path))
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE) as upstream:
            self.send_response_only(200)
            self.end_headers()
            with suppress(OSError):
                _both_ways(self.connection, upstream)
        self.close_connection = True


def _both_ways(one: socket.socket, other: socket.socket) -> None:
    """Copy bytes until either side ends."""
    while True:
        ready, _, _ = select.select([one, other], [], [], PATIENCE)
        for here in ready:
            data = here.recv(65536)
            if not data:
                return
            (other if here is one else one).sendall(data)
        if not ready:
            return
