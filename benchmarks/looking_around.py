"""How long looking around takes where nothing answers, black holes included."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from jupyter_kfp_connect.core.detection import candidates, detect
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.http import Answer, NetworkSettings, Request, Transport
from jupyter_kfp_connect.core.transport import RequestsTransport

from .measuring import Spread
from .surroundings import Surroundings
from .table import Row, seconds

_ROUNDS = 3
_LIMIT = 1.5  # seconds
_FULL = 8  # connections that fill a backlog of one


def nothing_answers(_around: Surroundings) -> list[Row]:
    """Every probe together, inside a pod and outside; each meets a black hole, or has no name."""
    outside = Environment(variables={})
    inside = Environment(in_pod=True, namespace="team-a", variables={})
    with ExitStack() as holes:
        takes_no_connection = holes.enter_context(_black_hole(full=True))
        takes_and_is_silent = holes.enter_context(_black_hole(full=False))
        return [
            _row("no host takes a connection, in a pod", inside, takes_no_connection),
            _row("no host takes a connection, outside", outside, takes_no_connection),
            _row("every host is silent, in a pod", inside, takes_and_is_silent),
            _row("no name's look-up ends, in a pod", inside, None),
            _row("no name's look-up ends, outside", outside, None),
        ]


def _row(what: str, environment: Environment, hole: int | None) -> Row:
    """Measure against a port that is a black hole, or ``None`` for names that nobody answers."""

    def new_transport(settings: NetworkSettings) -> Transport:
        return RequestsTransport(settings) if hole is None else _Diverted(settings, hole)

    with _names_without_answer() if hole is None else nullcontext():
        taken = _times(environment, new_transport)
    count = len(candidates(environment))
    spread = Spread.of(taken)
    return Row(
        f"all {count} probes: {what}",
        seconds(spread.median),
        held_to=f"{_LIMIT} s",
        within=spread.high <= _LIMIT,
    )


def _times(
    environment: Environment, new_transport: Callable[[NetworkSettings], Transport]
) -> list[float]:
    taken = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        attempts = detect(environment, new_transport).attempts
        taken.append(time.perf_counter() - started)
        codes = {attempt.code for attempt in attempts if attempt.host}
        if codes != {"timed-out"}:
            raise RuntimeError(f"that is no black hole: {codes}")
    return taken


@contextmanager
def _names_without_answer() -> Iterator[None]:
    """Let no look-up of a name end while the block lasts, as with a name server that is gone."""
    over = threading.Event()

    def hang(*_question: Any, **_more: Any) -> Any:
        over.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")

    with mock.patch.object(socket, "getaddrinfo", hang):
        try:
            yield
        finally:
            over.set()


class _Diverted:
    """Sends to a port of this machine what was meant for another."""

    def __init__(self, settings: NetworkSettings, port: int) -> None:
        self._transport = RequestsTransport(replace(settings, proxy=None))
        self._port = port

    def send(self, request: Request) -> Answer:
        parts = urlsplit(request.url)
        here = parts._replace(netloc=f"127.0.0.1:{self._port}").geturl()
        return self._transport.send(replace(request, url=here))

    def close(self) -> None:
        """Close what it sends by."""
        self._transport.close()


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
