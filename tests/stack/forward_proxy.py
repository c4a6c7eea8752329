"""A stand-in for an organisation's HTTP proxy: relays plain http, tunnels https."""

from __future__ import annotations

import select
import socket
from base64 import b64encode
from contextlib import AbstractContextManager, suppress
from http.client import HTTPConnection, responses
from urllib.parse import urlsplit

from tests.stack.stand_in import Quiet, StandIn, running

#: Headers that belong to one hop.
HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "content-length"}
PATIENCE = 10.0  # seconds without a byte


class StandInProxy(StandIn):
    """The proxy, and what it was asked for: a method and a host with its port.

    Parameters
    ----------
    password : str, optional
        What the user ``me`` has to give; without it nobody is asked.
    """

    def __init__(self, password: str | None = None) -> None:
        super().__init__(_Relay)
        self.password = password
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def url_with(self, password: str) -> str:
        """Return its address with a password in it, as a proxy's variable has it."""
        return f"http://me:{password}@127.0.0.1:{self.server_port}"


def stand_in_proxy(password: str | None = None) -> AbstractContextManager[StandInProxy]:
    """Run the proxy while the block lasts."""
    return running(StandInProxy(password))


class _Relay(Quiet):
    server: StandInProxy

    def do_GET(self) -> None:
        """Relay a request for an absolute address."""
        if not self._is_known():
            return
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
        if not self._is_known():
            return
        self.server.asked.append((self.command, self.path))
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE) as upstream:
            self.send_response_only(200)
            self.end_headers()
            with suppress(OSError):
                _both_ways(self.connection, upstream)
        self.close_connection = True

    def _is_known(self) -> bool:
        """Whether the visitor may pass; else they were asked for a password."""
        password = self.server.password
        given = self.headers.get("Proxy-Authorization", "")
        if password is None or given == f"Basic {b64encode(f'me:{password}'.encode()).decode()}":
            return True
        self.send_response_only(407, responses[407])
        self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = True
        return False


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
