"""Tiny servers on loopback that misbehave as asked."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import trustme

from ..stack.ports import free_ports

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
#: Seconds that a server says nothing, and those in which whatever is given up has ended.
HANGS, IN_TIME = 600.0, 60.0


class Visit:
    """One connection: what came in, and what can be sent."""

    def __init__(self, sock: socket.socket, ended: threading.Event) -> None:
        self._sock = sock
        self.ended = ended

    def send(self, data: bytes) -> bool:
        """Send; return whether the other side still listens."""
        left = memoryview(data)
        while left:
            try:
                left = left[self._sock.send(left) :]
            except TimeoutError:  # it is slow to read
                if self.ended.is_set():
                    return False
            except OSError:
                return False
        return True

    def drip(self, data: bytes = b"x", seconds: float = 0.05) -> None:
        """Send `data` again and again until the other side, or the test, has enough."""
        while self.send(data) and not self.ended.wait(seconds):
            pass

    def hang(self) -> None:
        """Say nothing until the test is over."""
        self.ended.wait(HANGS)


Handle = Callable[[Visit, bytes], None]


class Server:
    """Where a test's server listens, and the requests that it got."""

    def __init__(self, scheme: str, port: int) -> None:
        self.port = port
        self.origin = f"{scheme}://localhost:{port}"
        self.requests: list[bytes] = []
        self.arrived = threading.Event()


def answer(data: bytes = OK) -> Handle:
    """Return a handler that answers every request alike."""

    def handle(visit: Visit, request: bytes) -> None:
        visit.send(data)

    return handle


@contextmanager
def serve(handle: Handle, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port of 127.0.0.1 while the block lasts."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        server = Server("https" if tls else "http", listener.getsockname()[1])
        threads: list[threading.Thread] = []

        def accept() -> None:
            while not ended.is_set():
                with suppress(TimeoutError, OSError):
                    sock, _ = listener.accept()
                    thread = threading.Thread(target=talk, args=(sock,))
                    thread.start()
                    threads.append(thread)

        def talk(sock: socket.socket) -> None:
            sock.settimeout(IN_TIME)
            with sock, suppress(OSError):
                if tls is None:
                    _talk(sock)
                else:
                    with tls.wrap_socket(sock, server_side=True) as wrapped:
                        _talk(wrapped)

        def _talk(sock: socket.socket) -> None:
            sock.settimeout(0.1)
            visit = Visit(sock, ended)
            while not ended.is_set():
                request = _read(sock, ended)
                if not request:
                    return
                server.requests.append(request)
                server.arrived.set()
                handle(visit, request)

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            ended.set()
            accepting.join()
            for thread in threads:
                thread.join()


def _read(sock: socket.socket, ended: threading.Event) -> bytes:
    """Return one request, its body with it; nothing where the other side closed."""
    data = b""
    while not ended.is_set():
        head, found, body = data.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head):
            return data
        with suppress(TimeoutError):
            more = sock.recv(65536)
            if not more:
                return b""
            data += more
            if data.startswith(b"\x16"):
                return data  # The start of TLS, at a port without.
    return b""


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0


@contextmanager
def mute() -> Iterator[int]:
    """Give the port of a listener that takes connections and never serves them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def closed_port() -> int:
    """Return a port at which nothing listens."""
    (port,) = free_ports(1)
    return port


def authority(
    folder: Path,
    name: str = "localhost",
    good: tuple[datetime | None, datetime | None] = (None, None),
) -> tuple[ssl.SSLContext, str]:
    """Make a private CA: a server's context for `name`, and the file to trust it by.

    The server's certificate is good from and until these dates.
    """
    made = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(name, not_before=good[0], not_after=good[1]).configure_cert(context)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "ca.pem"
    made.cert_pem.write_to_path(str(file))
    return context, str(file)
