"""A home of the benchmarks' own, and what they share: the real front door, a Jupyter server."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import pytest

from tests.stack.stack import Stack, StackOptions
from tests.stack.start import running_stack
from tests.stack.tools import built_tools

from .jupyter import Server, running_server

ROOT = Path(__file__).parents[1]
CONNECTION = "bench"
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class NotHere(Exception):
    """Something that a measure needs is missing on this machine."""


def own_environment(outer: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return an environment that leads to nobody's settings, proxy or credentials."""
    places = {
        "HOME": home,
        "TMPDIR": home / "tmp",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "IPYTHONDIR": home / "ipython",
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    return {
        **{name: outer[name] for name in _KEPT if name in outer},
        **{name: str(place) for name, place in places.items()},
        "PYTHONPATH": str(ROOT),
        # A virtual environment's own configuration would win over this home's.
        "JUPYTER_PREFER_ENV_PATH": "0",
    }


class Surroundings:
    """Starts what measures need when the first one asks, and stops it at the end.

    Parameters
    ----------
    folder : Path
        An empty folder.
    running : ExitStack
        Closed when all is measured.
    """

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.folder = folder
        self._running = running
        self._outer = dict(os.environ)
        self.environ = own_environment(self._outer, folder / "home")

    @cached_property
    def stack(self) -> Stack:
        """The real Dex, oauth2-proxy and gateway.

        Raises
        ------
        NotHere
            Go, which builds them, is missing.
        """
        folder = self.folder / "stack"
        folder.mkdir()
        environ = {name: value for name, value in self._outer.items() if name in ("PATH", "LANG")}
        try:
            tools = built_tools(self._outer, say)
        except (pytest.skip.Exception, pytest.fail.Exception) as missing:
            raise NotHere(str(missing.msg).partition("\n")[0]) from None
        stack = self._running.enter_context(running_stack(tools, folder, StackOptions(), environ))
        for number in range(10):
            stack.have_experiment(f"experiment-{number}")
        return stack

    @cached_property
    def server(self) -> Server:
        """A Jupyter server that is signed in to the stack."""
        server = self._running.enter_context(running_server(self.folder, self.environ))
        server.ask("PUT", f"connections/{CONNECTION}", {"host": self.stack.host})
        user = {"username": self.stack.username, "password": self.stack.password}
        told = server.ask("POST", f"connections/{CONNECTION}/connect", user)
        broken = [rung["detail"] for rung in told["rungs"] if rung["state"] == "failed"]
        if broken:
            raise RuntimeError(f"the server could not sign in: {broken}")
        return server


def say(sentence: str) -> None:
    """Tell what goes on, beside the table."""
    print(sentence, file=sys.stderr, flush=True)
