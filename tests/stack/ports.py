"""Ports on loopback for the servers that tests start."""

from __future__ import annotations

import itertools
import os
import random
import socket
from collections.abc import Iterator

#: Below those that an operating system hands out by itself, to clients and to whoever asks for 0.
PORTS = range(20_000, 30_000)
#: Test processes that run side by side (pytest-xdist's workers) look in shares of their own.
SHARES = 8


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on; nobody else is given them soon.

    Parameters
    ----------
    count : int
        How many, all different.
    """
    return list(itertools.islice(filter(_is_free, _TURN), count))


def _turn() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = PORTS[worker % SHARES :: SHARES]
    first = random.randrange(len(share))
    return itertools.cycle([*share[first:], *share[:first]])


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_TURN = _turn()
