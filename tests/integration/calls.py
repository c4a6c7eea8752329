"""Calls that go on in threads of a notebook or program, until told to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..stack.processes import wait_until

CELL = """
import threading

_ended, _made, _failed = threading.Event(), [0, 0, 0], []

def _call(client, number):
    while not _ended.is_set():
        try:
            client.list_experiments()
        except BaseException as problem:
            _failed.append(repr(problem))
            return
        _made[number] += 1

def _rounds():
    return 1_000_000 if _failed else min(_made)

_threads = [
    threading.Thread(target=_call, args=(kfp_client, number), daemon=True)
    for number in range(len(_made))
]
for _thread in _threads:
    _thread.start()
"""
#: How often each of the threads has called; a lot where one has failed, so that nobody waits on.
ROUNDS = "_rounds()"
#: Of two rounds the second began after whatever was done before them.
ENOUGH = 2

END = """
_ended.set()
for _thread in _threads:
    _thread.join(30)
"""


class Calls:
    """What came of the calls of a program; see `going_on`."""

    def __init__(self, client: Any) -> None:
        self._space: dict[str, Any] = {"kfp_client": client}
        exec(CELL, self._space)

    @property
    def failed(self) -> list[str]:
        """What failed: no call should."""
        failed: list[str] = self._space["_failed"]
        return failed

    def rounds(self) -> int:
        """Return how often each of the threads has called."""
        return int(eval(ROUNDS, self._space))

    def some_more(self) -> None:
        """Wait until each of the threads has made a call that began after this."""
        wait_for_calls(self.rounds)

    def end(self) -> None:
        """End them; none may hang."""
        exec(END, self._space)
        assert not any(thread.is_alive() for thread in self._space["_threads"])


@contextmanager
def going_on(client: Any) -> Iterator[Calls]:
    """Make calls, some at a time, until the block ends; none of them may have failed."""
    calls = Calls(client)
    try:
        yield calls
    finally:
        calls.end()
    assert calls.failed == []


def wait_for_calls(rounds: Callable[[], int]) -> None:
    """Wait until each of the threads has made a call that began after this."""
    enough = rounds() + ENOUGH
    wait_until(lambda: rounds() >= enough, "calls")
