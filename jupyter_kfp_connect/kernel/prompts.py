"""Asking the person at a kernel's or terminal's input for what a sign-in needs."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.auth.base import Given
from ..core.connection import FIELDS, Connection
from ..core.diagnosis.clear_text import clear_text_warning
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
    if connection.auth not in _PASSWORD_WAYS or not can_ask():
        return None
    name = username or connection.username
    try:
        if not name:
            name = input(f"User name for {connection.host}: ").strip()
        if not name:
            return None
        warning = clear_text_warning(connection.host, connection.login_hosts)
        if warning is not None:
            print(warning, file=sys.stderr, flush=True)
        password = getpass.getpass(f"Password of {name} for {connection.host}: ")
    except (EOFError, RuntimeError):
        # ipykernel's StdinNotImplementedError is a RuntimeError: papermill and nbconvert.
        return None
    return Given(username=name, password=Secret(password)) if password else None


def ask_login(
    told: Mapping[str, Any], *, username: str | None = None, connector: str | None = None
) -> Given | None:
    """Ask for what the front door of a connection of the server's wants, if that is a password.

    Parameters
    ----------
    told : mapping
        CONNECTION.
    username, connector : str, optional
        Over the connection's own.

    Returns
    -------
    Given or None
        As `ask_password`; ``None`` as well where a connector has to be chosen and none was.
    """
    wanted = told.get("sign_in") or {}
    if wanted.get("kind", "password") != "password":
        return None
    connection = Connection.from_dict({key: told[key] for key in FIELDS if key in told})
    connector = connector or connection.connector
    if has_to_choose(told, connector):
        connector = _ask_connector(wanted["connectors"])
        if connector is None:
            return None
    given = ask_password(connection, username=username)
    if given is None:
        return None
    return Given(username=given.username, password=given.password, connector=connector)


def login_body(connection_id: str, given: Given) -> dict[str, str | None]:
    """Return what the broker's ``/connect`` takes; it holds the password."""
    return {
        "connection": connection_id,
        "username": given.username,
        "password": given.password.reveal() if given.password else None,
        "connector": given.connector,
    }


def has_to_choose(told: Mapping[str, Any], connector: str | None) -> bool:
    """Whether no connector follows by itself: the one named, the only one, else ``local``."""
    wanted = told.get("sign_in") or {}
    offered = [entry["id"] for entry in wanted.get("connectors", ())]
    return connector is None and len(offered) > 1 and "local" not in offered


def can_ask() -> bool:
    """Whether typing stays unseen: a kernel asks its front end, a script needs a terminal."""
    if getpass.getpass.__module__ != "getpass":
        return True  # ipykernel has put its own there
    return sys.stdin is not None and sys.stdin.isatty()


def _ask_connector(offered: Sequence[Mapping[str, str]]) -> str | None:
    if not can_ask():
        return None
    lines = [f"  {at}  {one['id']}  {one['title']}" for at, one in enumerate(offered, 1)]
    prompt = "\n".join(["Ways to sign in:", *lines, "Which one? "])
    try:
        typed = input(prompt).strip()
    except (EOFError, RuntimeError):
        return None
    by_number = {str(at): one["id"] for at, one in enumerate(offered, 1)}
    known = {one["id"]: one["id"] for one in offered}
    return (known | by_number).get(typed)
