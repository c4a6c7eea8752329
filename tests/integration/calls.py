"""Calls that go on in threads of a notebook or program, until told to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..stack.processes import wait_until

CELL = """
import threading

_ended, _made, _failed = threading.Event(), [], []

def _call(client):
    while not _ended.is_set():
        try:
            client.list_experiments()
        except BaseException as problem:
            _failed.append(repr(problem))
            return
        _made.append(1)

_threads = [threading.Thread(target=_call, args=(kfp_client,), daemon=True) for _ in range(3)]
for _thread in _threads:
    _thread.start()
"""

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

    def some_more(self, count: int = 10) -> None:
        """Wait until `count` more have been made, or one has failed."""
        made = self._space["_made"]
        enough = len(made) + count
        wait_until(lambda: len(made) >= enough or bool(self.failed), f"{count} calls")

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
