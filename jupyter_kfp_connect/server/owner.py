"""What a connection needs of who keeps it; see `Manager`."""

from __future__ import annotations

from typing import Protocol, TypeVar

from ..core.auth.base import Given
from ..core.climb import Climb
from ..core.connection import Connection
from ..core.session import Session
from .attempt import Attempt
from .keychain import Keychain

#: The connection's state: `Live`.
L = TypeVar("L", contravariant=True)


class Owner(Protocol[L]):
    """What a connection needs of who keeps it; see `Manager`."""

    keychain: Keychain

    def new_climb(self, live: L, given: Given, attempt: Attempt) -> Climb:
        """Make a climb for the connection as it is now."""

    def adapt(self, session: Session, connection: Connection) -> None:
        """Let a session take over a change that moves no credential."""

    def changed(self, live: L, kernels_ask_again: bool) -> None:
        """Tell windows, and kernels where they have to ask again."""
