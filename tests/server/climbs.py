"""Holds climbs on, so that a test knows that they are under way."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from jupyter_kfp_connect.core.climb import Climb

from .asking import TIMEOUT, eventually


class Climbs:
    """Every climb of the server, from `hold` on.

    Parameters
    ----------
    changes : pytest.MonkeyPatch
        Undone at the test's end.
    """

    def __init__(self, changes: pytest.MonkeyPatch) -> None:
        self._changes = changes
        self._begun, self._may_go_on = threading.Event(), threading.Event()

    def hold(self) -> None:
        """Keep climbs that begin now from going on."""
        climb = Climb.run

        def held(self_: Climb) -> Any:
            self._begun.set()
            self._may_go_on.wait(TIMEOUT)
            return climb(self_)

        self._changes.setattr(Climb, "run", held)

    async def begun(self) -> None:
        """Wait until one has begun, and is held."""
        await eventually(self._begun.is_set)

    def let_go(self) -> None:
        """Let them go on."""
        self._may_go_on.set()
