"""A terminal, and what it talks to."""

from __future__ import annotations

import getpass
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions

from ..kernel.fake_broker import FakeBroker, running_broker
from ..sandbox.running import RunningSandbox

USER, PASSWORD = "user@example.com", "12341234"


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBroker]:
    """The broker of the Jupyter server that this terminal belongs to."""
    with running_broker() as fake:
        monkeypatch.setenv("KFP_CONNECT_BROKER", str(fake.description))
        yield fake


@pytest.fixture
def kubeflow(isolated_environ: Path) -> Iterator[str]:
    """A Kubeflow look-alike that a file calls mine, and its host."""
    with RunningSandbox(SandboxOptions()) as running:
        path = isolated_environ / ".jupyter" / "kfp_connect.json"
        fields = {"host": running.sandbox.host, "username": USER}
        path.write_text(json.dumps({"version": 1, "connections": {"mine": fields}}), "utf-8")
        yield running.sandbox.host


class Terminal:
    """Where a person types."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.password = PASSWORD
        self.prompts: list[str] = []
        self._monkeypatch = monkeypatch
        self.types("")
        monkeypatch.setattr(getpass, "getpass", self._getpass)

    def types(self, text: str) -> None:
        """Type where something else than a password is asked for."""
        self._monkeypatch.setattr(sys, "stdin", _Tty(text))

    def _getpass(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.password


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with somebody before it."""
    return Terminal(monkeypatch)
