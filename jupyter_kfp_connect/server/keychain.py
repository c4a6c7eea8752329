"""The operating system's keyring, for who asks to be remembered beyond the server's life.

The one place outside the server's memory where a password may go, and only where the user chose it
and the keyring is a real one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ..core.auth.base import Given
from ..core.connection import Connection
from ..core.secret import Secret
from .threads import in_thread

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

log = logging.getLogger(__name__)

_SERVICE = "jupyter-kfp-connect"
#: Backends that keep nothing, or keep it for everybody to read.
_UNFIT = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt", "plaintext")


class Keychain:
    """Keeps user name and password of connections, by the connection's id.

    Parameters
    ----------
    allowed : bool
        Whether the administrator lets users keep passwords there.
    """

    def __init__(self, allowed: bool) -> None:
        self._allowed = allowed
        self._looked = False
        self._backend: KeyringBackend | None = None
        self._background: set[asyncio.Task[None]] = set()

    @property
    def works(self) -> bool:
        """Whether there is a real keyring; ``False`` until `look` was awaited."""
        return self._backend is not None

    async def look(self) -> bool:
        """Find the keyring, the first time; return whether `works` changed by that."""
        if self._looked or not self._allowed:
            return False
        self._looked = True
        self._backend = await in_thread(_real_backend)
        return self.works

    async def get(self, connection: Connection) -> Given | None:
        """Return what is kept for `connection`, if it was kept for the host that it has now."""
        if connection.auth not in ("auto", "dex"):
            return None
        await self.look()
        backend = self._backend
        if backend is None:
            return None
        text = await in_thread(lambda: _try(lambda: _read(backend, connection.id)))
        try:
            kept = json.loads(text) if text else None
        except ValueError:
            kept = None
        if not isinstance(kept, dict) or kept.get("origin") != connection.origin:
            return None
        if not isinstance(kept.get("password"), str) or not isinstance(kept.get("username"), str):
            return None
        connector = kept.get("connector")
        return Given(
            username=kept["username"],
            connector=connector if isinstance(connector, str) else None,
            password=Secret(kept["password"]),
        )

    async def put(self, connection: Connection, given: Given) -> bool:
        """Keep the password of `given`; return whether that worked."""
        backend = self._backend
        if backend is None or not given.password:
            return False
        text = json.dumps(
            {
                "origin": connection.origin,
                "username": given.username or connection.username,
                "connector": given.connector or connection.connector,
                "password": given.password.reveal(),
            }
        )

        def write() -> bool:
            backend.set_password(_SERVICE, connection.id, text)
            return True

        return bool(await in_thread(lambda: _try(write)))

    def forget_soon(self, connection: Connection) -> None:
        """Remove what is kept for `connection`, without waiting for it."""
        if self._backend is None:
            return
        task = asyncio.ensure_future(self.forget(connection))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def forget(self, connection: Connection) -> None:
        """Remove what is kept for `connection`, if anything is."""
        backend = self._backend
        if backend is None:
            return

        def remove() -> None:
            if _read(backend, connection.id) is not None:
                backend.delete_password(_SERVICE, connection.id)

        await in_thread(lambda: _try(remove))


def _read(backend: KeyringBackend, key: str) -> str | None:
    return backend.get_password(_SERVICE, key)


def _real_backend() -> KeyringBackend | None:
    """Return the keyring where it keeps secrets as secrets; the package is optional."""
    try:
        import keyring
    except ImportError:
        return None
    try:
        backend = keyring.get_keyring()
        priority = float(backend.priority)
    except Exception as problem:  # backends raise what they like
        log.info("no keyring: %s", type(problem).__name__)
        return None
    where = f"{type(backend).__module__}.{type(backend).__qualname__}".lower()
    unfit = any(name in where for name in _UNFIT)
    return None if unfit or priority < 1 else backend


def _try(work: Callable[[], T]) -> T | None:
    """Return what `work` returns; a keyring that is locked or gone is no failure of ours."""
    try:
        return work()
    except Exception as problem:
        log.warning("the keyring did not serve: %s", type(problem).__name__)
        return None
