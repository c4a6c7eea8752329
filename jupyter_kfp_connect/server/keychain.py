"""The operating system's keyring, for who asks to be remembered beyond the server's life.

The one place outside the server's memory where a password may go, and only where the user chose it
and the keyring is a real one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ..core.auth.base import Given
from ..core.connection import DEFAULTS, KEEPS_SESSION, Connection
from ..core.secret import Secret
from .threads import in_thread

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

log = logging.getLogger(__name__)

SERVICE = "jupyter-kfp-connect"
#: How long a password is kept: until the server stops, not at all, or in the keyring.
Remember = Literal["server", "no", "keyring"]
#: Backends that keep nothing, or keep it for everybody to read.
_UNFIT = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt", "plaintext")
#: Seconds that the server's end waits for a keyring.
_AT_THE_END = 2.0


class Keychain:
    """Keeps user name and password of connections, by the connection's id.

    A keyring may hang, or ask the person for a password of its own: nothing but what needs it
    waits for it.

    Parameters
    ----------
    allowed : bool
        Whether the administrator lets users keep passwords there.
    """

    def __init__(self, allowed: bool) -> None:
        self._allowed = allowed
        self._backend: KeyringBackend | None = None
        self._search: asyncio.Task[KeyringBackend | None] | None = None
        self._turn = asyncio.Lock()
        # What was refused or given up is never tried again, even where it cannot be removed.
        self._forgotten: set[str] = set()
        self._background: set[asyncio.Task[None]] = set()

    @property
    def works(self) -> bool:
        """Whether there is a real keyring; ``False`` until it was looked for."""
        return self._backend is not None

    async def look(self) -> KeyringBackend | None:
        """Find the keyring, the first time; return it."""
        if not self._allowed:
            return None
        if self._search is None:
            self._search = asyncio.ensure_future(in_thread(_real_backend))
        self._backend = await asyncio.shield(self._search)
        return self._backend

    def look_soon(self, found: Callable[[], None]) -> None:
        """Find the keyring, the first time, without waiting; call `found` where there is one."""
        if self._search is not None or not self._allowed:
            return

        async def search() -> None:
            if await self.look() is not None:
                found()

        self._do(search())

    async def get(self, connection: Connection) -> Given | None:
        """Return what is kept for `connection`, if it was kept for what it is now."""
        if not _by_password(connection) or connection.id in self._forgotten:
            return None
        backend = await self.look()
        if backend is None:
            return None
        async with self._turn:
            text = await in_thread(lambda: _try(lambda: _read(backend, connection.id)))
        if connection.id in self._forgotten:
            return None
        return _given(text, connection)

    async def put(self, connection: Connection, given: Given) -> bool:
        """Keep the password of `given`; return whether that worked."""
        backend = await self.look()
        password = given.password
        if backend is None or not password:
            return False
        kept = {
            "connection": _bound(connection),
            "username": given.username or connection.username,
            "connector": given.connector or connection.connector,
        }

        def write() -> bool:
            text = json.dumps(kept | {"password": password.reveal()})
            backend.set_password(SERVICE, connection.id, text)
            return True

        async with self._turn:
            self._forgotten.discard(connection.id)
            return bool(await in_thread(lambda: _try(write)))

    def forget_soon(self, connection: Connection) -> None:
        """Remove what is kept for `connection`, without waiting for it."""
        if self._allowed and _by_password(connection):
            self._forgotten.add(connection.id)
            self._do(self._forget(connection))

    async def close(self) -> None:
        """Wait for what is being removed, but not for ever."""
        if self._background:
            _, hanging = await asyncio.wait(self._background, timeout=_AT_THE_END)
            for task in hanging:
                task.cancel()
        if self._search is not None:
            self._search.cancel()

    async def _forget(self, connection: Connection) -> None:
        backend = await self.look()
        if backend is None:
            return

        def remove() -> None:
            if _read(backend, connection.id) is not None:
                backend.delete_password(SERVICE, connection.id)

        async with self._turn:
            await in_thread(lambda: _try(remove))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _by_password(connection: Connection) -> bool:
    return connection.auth in ("auto", "dex")


def _bound(connection: Connection) -> dict[str, Any]:
    """Return the fields that a password is bound to, as far as they say something."""
    return {
        name: value
        for name, value in connection.to_dict().items()
        if name not in KEEPS_SESSION and (value or None) != (DEFAULTS.get(name) or None)
    }


def _given(text: str | None, connection: Connection) -> Given | None:
    """Return what `text` holds, if it was kept for the connection as it is now."""
    try:
        kept = json.loads(text) if text else None
    except ValueError:
        return None
    if not isinstance(kept, dict) or kept.get("connection") != _bound(connection):
        return None
    username, password, connector = (kept.get(key) for key in ("username", "password", "connector"))
    if not isinstance(username, str) or not isinstance(password, str):
        return None
    chosen = connector if isinstance(connector, str) else None
    return Given(username=username, connector=chosen, password=Secret(password))


def _read(backend: KeyringBackend, key: str) -> str | None:
    return backend.get_password(SERVICE, key)


def _real_backend() -> KeyringBackend | None:
    """Return the keyring where it keeps secrets as secrets; the package is optional."""
    try:
        import keyring
        from keyring.backends.chainer import ChainerBackend
    except ImportError:
        return None
    try:
        chosen = keyring.get_keyring()
        # A chain may end at a plain file: its first real link is taken alone.
        links = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
        return next((link for link in links if _is_real(link)), None)
    except Exception as problem:  # backends raise what they like
        log.info("no keyring: %s", type(problem).__name__)
        return None


def _is_real(backend: KeyringBackend) -> bool:
    where = f"{type(backend).__module__}.{type(backend).__qualname__}".lower()
    return not any(name in where for name in _UNFIT) and float(backend.priority) >= 1


def _try(work: Callable[[], T]) -> T | None:
    """Return what `work` returns; a keyring that is locked or gone is no failure of ours."""
    try:
        return work()
    except Exception as problem:
        log.warning("the keyring did not serve: %s", type(problem).__name__)
        return None
