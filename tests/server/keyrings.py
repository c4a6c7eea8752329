"""Keyrings that tests can look into.

None derives from ``KeyringBackend``: whatever does is found by other tests as the system's own.
"""

from __future__ import annotations

import threading
from typing import Any

from keyring.errors import KeyringLocked

from ..sandbox.running import RunningSandbox
from .asking import TIMEOUT, USER, Rest
from .contract import states


class MemoryKeyring:
    """Keeps secrets as a real keyring does, for everybody to see in a test."""

    priority = 5.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.reads = 0
        self.locked = self.is_read_only = False
        self.hangs: threading.Event | None = None

    def get_password(self, service: str, username: str) -> str | None:
        """See `KeyringBackend`."""
        self._open()
        self.reads += 1
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """See `KeyringBackend`."""
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """See `KeyringBackend`."""
        self._open()
        if self.is_read_only:
            raise PermissionError("this keyring is read-only")
        del self.kept[service, username]

    def _open(self) -> None:
        if self.hangs is not None:
            self.hangs.wait(TIMEOUT)
        if self.locked:
            raise KeyringLocked("locked: 12341234 may be in a backend's own words")


class WeakKeyring(MemoryKeyring):
    """One that its own makers would rather not recommend."""

    priority = 0.5


class PlaintextKeyring(MemoryKeyring):
    """One that keeps everything for everybody to read."""


class RaisingKeyring(MemoryKeyring):
    """One whose service is not there."""

    @property
    def priority(self) -> float:  # type: ignore[override]
        """See `KeyringBackend`."""
        raise RuntimeError("no service")


async def remembered(rest: Rest, kubeflow: RunningSandbox) -> dict[str, Any]:
    """Sign in, and ask to be remembered."""
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    told = await rest.sign_in("work", remember="keyring")
    assert states(told) == ["ok", "ok", "ok"]
    return told
