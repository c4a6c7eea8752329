"""A line of the magic, ready to copy, and the names of clients in it."""

from __future__ import annotations

import keyword
import shlex
from collections.abc import Container

from ..core.errors import error

DEFAULT_VARIABLE = "kfp_client"


def connect_line(
    connection: str | None,
    *,
    host: str | None = None,
    namespace: str | None = None,
    variable: str | None = None,
) -> str:
    """Return the line that connects with these, quoted as the magic reads it.

    Parameters
    ----------
    connection, host, namespace : str or None
        As the magic takes them; what is ``None`` is left out.
    variable : str or None
        The client's name; what it is called without any is left out, too.
    """
    words = [connection] if connection else []
    words += ["--host", host] if host else []
    words += ["-n", namespace] if namespace else []
    words += ["--as", variable] if variable and variable != DEFAULT_VARIABLE else []
    return shlex.join(["%kfp_connect", *words])


def python_name(name: str) -> str:
    """Return `name` if a variable may be called so.

    Raises
    ------
    RequestError
        ``bad-request``.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise error(
            "bad-request",
            f"“{name}” is no name for a variable",
            remedy=f"Choose a name as Python takes it, such as {DEFAULT_VARIABLE}.",
        )
    return name


def another_name(name: str, taken: Container[str]) -> str:
    """Return a name like `name` that is none of `taken`: ``kfp_client_2``."""
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
