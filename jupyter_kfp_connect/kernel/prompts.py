"""Asking the person at a kernel's or terminal's input for what a sign-in needs."""

from __future__ import annotations

import getpass
import sys

from ..core.auth.base import Given
from ..core.connection import Connection
from ..core.secret import Secret

#: Ways in that a password opens.
_PASSWORD_WAYS = frozenset({"auto", "dex"})


def ask_password(connection: Connection, *, username: str | None = None) -> Given | None:
    """Ask for user name and password, only for what is missing.

    Parameters
    ----------
    connection : Connection
        Where to sign in. Its host is named, so that nobody types a password for another.
    username : str, optional
        Over the connection's own.

    Returns
    -------
    Given or None
        ``None`` where nobody can be asked, nothing was typed, or a password opens nothing.
    """
    if connection.auth not in _PASSWORD_WAYS or not _can_ask():
        return None
    name = username or connection.username
    try:
        if not name:
            name = input(f"User name for {connection.host}: ").strip()
        if not name:
            return None
        password = getpass.getpass(f"Password of {name} for {connection.host}: ")
    except (EOFError, RuntimeError):
        # ipykernel's StdinNotImplementedError is a RuntimeError: papermill and nbconvert.
        return None
    return Given(username=name, password=Secret(password)) if password else None


def _can_ask() -> bool:
    """Whether typing stays unseen: a kernel asks its front end, a script needs a terminal."""
    if getpass.getpass.__module__ != "getpass":
        return True  # ipykernel has put its own there
    return sys.stdin is not None and sys.stdin.isatty()
