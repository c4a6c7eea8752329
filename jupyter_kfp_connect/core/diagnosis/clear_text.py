"""Plain http to another machine: whoever sits on the way can read a password sent there."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..hosts import is_loopback


def clear_text_warning(host: str) -> str | None:
    """Return what to say before a password is sent to `host`; ``None`` where nobody can read it.

    Parameters
    ----------
    host : str
        A connection's address.
    """
    parts = urlsplit(host)
    if parts.scheme != "http" or is_loopback(host):
        return None
    return (
        f"Plain http: a password sent to {parts.netloc} can be read on the way. "
        "Use https if the host offers it."
    )
