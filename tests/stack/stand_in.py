"""Servers of this process that stand in for a part which cannot be had."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

S = TypeVar("S", bound="StandIn")


class StandIn(ThreadingHTTPServer):
    """A server on a free port of loopback.

    Parameters
    ----------
    answers : type
        Answers its requests.
    """

    daemon_threads = True

    def __init__(self, answers: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), answers)


class Quiet(BaseHTTPRequestHandler):
    """Answers requests, and writes none of them to stderr."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running(server: S) -> Iterator[S]:
    """Run a server while the block lasts."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
