"""What the administrator decided for every user of this server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """What the administrator decided.

    Attributes
    ----------
    allow_user_connections : bool
        Whether users may name hosts of their own.
    login_hosts : tuple of str
        Where set, the only origins at which signing in elsewhere is allowed.
    default_connection : str or None
        The default where the user set none.
    timeout : float
        Seconds that one call may take, where a connection says nothing.
    keyring : bool
        Whether users may keep passwords in the operating system's keyring.
    """

    allow_user_connections: bool = True
    login_hosts: tuple[str, ...] = ()
    default_connection: str | None = None
    timeout: float = 10.0
    keyring: bool = True
