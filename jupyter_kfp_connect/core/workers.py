"""Threads that calls are made in, so that whoever waits can stop waiting.

Daemon threads all: others, hanging in a read, would keep the interpreter from ending.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Result = TypeVar("Result")


def in_background(
    work: Callable[[], Result], deliver: Callable[[Result | BaseException], None]
) -> None:
    """Do `work` in a thread of its own and hand its result, or what it raised, to `deliver`."""
    threading.Thread(
        target=_do, args=(work, deliver), name="jupyter-kfp-connect", daemon=True
    ).start()


class Workers(Generic[Result]):
    """Threads that are kept for the next call: making one costs as much as a call of loopback.

    A thread that is still at work when nobody waits any more is left behind, and ends with it.
    """

    def __init__(self) -> None:
        self._idle: list[Worker[Result]] = []
        weakref.finalize(self, _end_all, self._idle)

    def take(self) -> Worker[Result]:
        """Return one that has nothing to do."""
        try:
            return self._idle.pop()
        except IndexError:
            return Worker()

    def give_back(self, worker: Worker[Result]) -> None:
        """Keep one that is done."""
        self._idle.append(worker)

    def close(self) -> None:
        """End those that are kept."""
        _end_all(self._idle)


class Worker(Generic[Result]):
    """One thread, which does one piece of work after the other."""

    def __init__(self) -> None:
        self._todo: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.thread = threading.Thread(
            target=_work_off, args=(self._todo,), name="jupyter-kfp-connect", daemon=True
        )
        self.thread.start()

    def do(
        self, work: Callable[[], Result], deliver: Callable[[Result | BaseException], None]
    ) -> None:
        """Do `work` next, and hand its result, or what it raised, to `deliver`."""
        self._todo.put(lambda: _do(work, deliver))

    def end(self) -> None:
        """End after what is under way."""
        self._todo.put(None)


def _do(work: Callable[[], Result], deliver: Callable[[Result | BaseException], None]) -> None:
    try:
        result: Result | BaseException = work()
    except BaseException as problem:
        result = problem
    deliver(result)


def _work_off(todo: SimpleQueue[Callable[[], None] | None]) -> None:
    while (work := todo.get()) is not None:
        work()
        del work  # It holds what was sent.


def _end_all(idle: list[Worker[Result]]) -> None:
    while idle:
        idle.pop().end()
