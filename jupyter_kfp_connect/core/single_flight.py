"""One does the work, the crowd that waits takes what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import copy

from .errors import KfpConnectError


class SingleFlight:
    """Lets one caller at a time do the work; those who waited for it do not do it again.

    They share its failure as well: 200 kernels must not try a directory that is down, or a host
    that hangs, one after the other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights = 0
        self._failure: KfpConnectError | None = None

    def fly(self, work: Callable[[], None], *, unless: Callable[[], bool]) -> None:
        """Do `work`, or wait for whoever does it.

        Parameters
        ----------
        work : callable
            What is done at most once at a time.
        unless : callable
            Says whether it is done already; asked again after waiting.

        Raises
        ------
        KfpConnectError
            What `work` raised, here or for the caller that this one waited for.
        """
        before = self._flights
        with self._lock:
            if unless():
                return
            if self._flights != before and self._failure is not None:
                raise copy(self._failure)
            self._failure = None
            try:
                work()
            except KfpConnectError as problem:
                self._failure = copy(problem)
                raise
            finally:
                self._flights += 1
