"""The one connection whose end tells the server that this kernel has ended."""

from __future__ import annotations

import os
import socket
import weakref
from contextlib import suppress

from .broker_client import Broker, BrokerGone, is_open


class Lifeline:
    """A connection to the server on which nothing more is said.

    However a kernel ends, its system closes the connection, and the server knows within the same
    moment. A process that the kernel forks must not keep it open.
    """

    def __init__(self) -> None:
        self._connection: socket.socket | None = None
        if hasattr(os, "register_at_fork"):
            me = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _let_go(me()))

    def __repr__(self) -> str:
        return f"<Lifeline, {'open' if self._connection else 'closed'}>"

    def hold(self, broker: Broker, kernel_id: str) -> bool:
        """Open it where it is not open, and return whether it had to be.

        A server that was restarted knows nothing of what the one before was told.
        """
        if self._connection is not None and is_open(self._connection):
            return False
        self.close()
        with suppress(BrokerGone):
            self._connection = broker.keep_open("/alive", {"kernel_id": kernel_id})
        return self._connection is not None

    def close(self) -> None:
        """Close it; in a forked process, this process's share of it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _let_go(lifeline: Lifeline | None) -> None:
    if lifeline is not None:
        lifeline.close()
