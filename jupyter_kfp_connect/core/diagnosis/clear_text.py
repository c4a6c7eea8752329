"""Plain http to another machine: whoever sits on the way can read a password sent there."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from ..hosts import is_loopback


def clear_text_warning(host: str, login_hosts: Iterable[str] = ()) -> str | None:
    """Return what to say before a password is sent to `host`; ``None`` where nobody can read it.

    Parameters
    ----------
    host : str
        A connection's address.
    login_hosts : iterable of str, optional
        Other origins at which its sign-in may ask for the password. From https no sign-in goes on
        in clear, whoever allows it.
    """
    on_the_way = [host, *login_hosts] if urlsplit(host).scheme == "http" else []
    names = [urlsplit(each).netloc for each in on_the_way if _can_be_read(each)]
    if not names:
        return None
    return (
        f"Plain http: a password sent to {' or '.join(dict.fromkeys(names))} can be read on the "
        "way. Use https if the host offers it."
    )


def _can_be_read(host: str) -> bool:
    return urlsplit(host).scheme == "http" and not is_loopback(host)
