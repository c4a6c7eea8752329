"""How long looking around takes where nothing answers, black holes included."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from jupyter_kfp_connect.core.detection import candidates, detect
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.http import Answer, NetworkSettings, Request
from jupyter_kfp_connect.core.transport import RequestsTransport

from .measuring import Spread
from .surroundings import Surroundings
from .table import Row, seconds

_ROUNDS = 3
_LIMIT = 1.5  # seconds
_FULL = 8  # connections that fill a backlog of one


def nothing_answers(_around: Surroundings) -> list[Row]:
    """Every probe together, inside a pod and outside; each probe meets a black hole."""
    outside = Environment(variables={})
    inside = Environment(in_pod=True, namespace="team-a", variables={})
    with ExitStack() as holes:
        takes_no_connection = holes.enter_context(_black_hole(full=True))
        takes_and_is_silent = holes.enter_context(_black_hole(full=False))
        return [
            _row("no host takes a connection, in a pod", inside, takes_no_connection),
            _row("no host takes a connection, outside", outside, takes_no_connection),
            _row("every host is silent, in a pod", inside, takes_and_is_silent),
        ]


def _row(what: str, environment: Environment, hole: int) -> Row:
    def new_transport(settings: NetworkSettings) -> _Diverted:
        return _Diverted(settings, hole)

    taken = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        found = detect(environment, new_transport).found
        taken.append(time.perf_counter() - started)
        if found:
            raise RuntimeError("something was found where nothing is")
    count = len(candidates(environment))
    spread = Spread.of(taken)
    return Row(
        f"all {count} probes: {what}",
        seconds(spread.median),
        held_to=f"{_LIMIT} s",
        within=spread.high <= _LIMIT,
    )


class _Diverted:
    """Sends to a port of this machine what was meant for another."""

    def __init__(self, settings: NetworkSettings, port: int) -> None:
        self._transport = RequestsTransport(replace(settings, proxy=None))
        self._port = port

    def send(self, request: Request) -> Answer:
        parts = urlsplit(request.url)
        here = parts._replace(netloc=f"127.0.0.1:{self._port}").geturl()
        return self._transport.send(replace(request, url=here))


@contextmanager
def _black_hole(*, full: bool) -> Iterator[int]:
    """Listen without ever accepting; where `full`, so that not even a connection comes about."""
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0 if full else 128)
        address: Any = listener.getsockname()
        for _ in range(_FULL if full else 0):
            filler = open_sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(address)
        yield address[1]
