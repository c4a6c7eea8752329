"""One check a field of a connection: what is taken, and what is said otherwise."""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from .errors import KfpConnectError, error
from .hosts import EXAMPLE, clean_host, origin

AUTHS = (
    "auto",
    "service-account-token",
    "dex",
    "oidc-device",
    "bearer-token",
    "session-cookie",
    "none",
)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
#: A DNS label (RFC 1123), which is what Kubernetes takes as a namespace.
NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: An id, which no name may look like: who asks by id must not get a connection that is called so.
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
CONNECTOR = re.compile(r"[A-Za-z0-9._~-]{1,253}")
#: A service as kubectl takes it, such as ``svc/ml-pipeline-ui``; never an option of kubectl's.
_SERVICE = re.compile(r"(?:[a-z]+/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_LONGEST_SHOWN = 80
NAMESPACES_ARE = (
    "Kubernetes takes lowercase letters, digits and “-”, up to 63, no “-” at either end."
)
NAMES_ARE = "Use lowercase letters, digits, “.”, “_” and “-”, up to 63, a letter or digit first."
#: What to type for a field that no connection does without.
NEEDED: Mapping[str, str] = MappingProxyType({"name": NAMES_ARE, "host": EXAMPLE})


def check_name(field: str, value: Any) -> str:
    """Return a connection's name if it is one."""
    text = _plain(field, value)
    if not NAME.fullmatch(text) or ID.fullmatch(text):
        raise _bad(field, f"“{_short(text)}” is no name", NAMES_ARE)
    return text


def check_namespace(field: str, value: Any) -> str:
    """Return a Kubernetes namespace if it is one."""
    text = _plain(field, value)
    if not NAMESPACE.fullmatch(text):
        raise _bad(
            field,
            f"“{_short(text)}” is not a namespace's name",
            NAMESPACES_ARE,
        )
    return text


def no_connection(asked: Any, names: Iterable[str]) -> KfpConnectError:
    """Return the error for a connection that there is not.

    Parameters
    ----------
    asked : str
        What was given as its name. An address that was typed there may hold a password or a token,
        so that what no name could be is not repeated.
    names : iterable of str
        Those that there are.

    Returns
    -------
    KfpConnectError
        Code ``unknown-connection``; ``bad-request`` where no text was given.
    """
    if not isinstance(asked, str):
        return _bad("connection", "it is not a text", "Give a connection's name.")
    there_are = f"The connections are: {', '.join(names) or 'none yet'}."
    if re.search(r"[:@?#=\\]", unicodedata.normalize("NFKC", asked)):
        return error(
            "unknown-connection",
            "what was given as the name of a connection is none",
            remedy="An address is given as the host: %kfp_connect --host URL, connect(host=…), "
            f"doctor --host URL. {there_are}",
        )
    return error(
        "unknown-connection", f"there is no connection “{_short(asked)}”", remedy=there_are
    )


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _bad(field, "it is not a text", "Give a text.")
    text = value.strip()
    if any(ord(char) < 32 for char in text):
        raise _bad(field, "it has a line break or another control character in it", "Type it anew.")
    return text


def _plain(field: str, value: Any) -> str:
    text = _text(field, value)
    if not text.isprintable():
        # Such as a zero-width space from a chat: two texts would look the same.
        raise _bad(field, "it has a character in it that cannot be seen", "Type it anew.")
    return text


def _title(field: str, value: Any) -> str:
    text = _text(field, value)
    if len(text) > 200:
        raise _bad(field, "it is too long", "Use at most 200 characters.")
    return text


def _file(field: str, value: Any) -> str:
    """Return the whole path of a file: servers and kernels are started in folders of their own."""
    path = os.path.expanduser(_text(field, value))
    if not os.path.isabs(path):
        raise _bad(
            field,
            f"“{_short(path)}” is not a whole path",
            "Give it from the root, such as /home/jane/token, or from the home folder: ~/token.",
        )
    return path


def _host(field: str, value: Any) -> str:
    return clean_host(_text(field, value))


def _auth(field: str, value: Any) -> str:
    text = _text(field, value)
    if text not in AUTHS:
        raise _bad(
            field, f"“{_short(text)}” is no way to sign in", f"Choose one of {', '.join(AUTHS)}."
        )
    return text


def _connector(field: str, value: Any) -> str:
    text = _text(field, value)
    if not CONNECTOR.fullmatch(text):
        raise _bad(
            field, f"“{_short(text)}” is no connector id", "Give Dex's id, such as local or ldap."
        )
    return text


def _texts(field: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise _bad(field, "it is not a list of texts", "Give a list, one text an entry.")
    return tuple(_text(field, entry) for entry in value)


def _command(field: str, value: Any) -> tuple[str, ...]:
    words = _texts(field, value)
    if not words or not words[0]:
        raise _bad(field, "it names no program", 'Give a list such as ["kubectl", "create", …].')
    return words


def _hosts(field: str, value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(origin(_address(field, entry)) for entry in _texts(field, value)))


def _address(field: str, value: Any) -> str:
    try:
        return clean_host(_text(field, value))
    except KfpConnectError as problem:
        raise _bad(field, problem.message.removeprefix("host: "), problem.remedy) from None


def _flag(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _bad(field, "it is neither true nor false", "Give true or false.")
    return value


def _seconds(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _bad(field, "it is not a number", "Give seconds, such as 10.")
    if not (math.isfinite(value) and 0 < value <= 600):
        raise _bad(field, f"{value} seconds will not do", "Give more than 0 and at most 600.")
    return float(value)


def _port_forward(field: str, value: Any) -> dict[str, Any]:
    known = ", ".join(_PORT_FORWARD)
    if not isinstance(value, Mapping):
        raise _bad(field, "it is not an object", f"Give {known}.")
    for key in value:
        if key not in _PORT_FORWARD:
            raise _bad(field, f"“{_short(str(key))}” is unknown", f"Give {known}.")
    given = {key: entry for key, entry in value.items() if entry is not None}
    return {key: _PORT_FORWARD[key](f"{field}: {key}", entry) for key, entry in given.items()}


def _context(field: str, value: Any) -> str:
    text = _text(field, value)
    if not text or text.startswith("-"):
        raise _bad(field, "it is no context", "Give a name that kubectl config get-contexts lists.")
    return text


def _service(field: str, value: Any) -> str:
    text = _text(field, value)
    if not _SERVICE.fullmatch(text):
        raise _bad(field, f"“{_short(text)}” is no service", "Such as svc/ml-pipeline-ui.")
    return text


def _port(field: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise _bad(field, "it is no port", "Give a number from 1 to 65535.")
    return value


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _bad(field: str, what: str, remedy: str) -> KfpConnectError:
    return error("bad-request", f"{field}: {what}", remedy=remedy)


_PORT_FORWARD: Mapping[str, Callable[[str, Any], Any]] = MappingProxyType(
    {
        "context": _context,
        "namespace": check_namespace,
        "service": _service,
        "local_port": _port,
        "remote_port": _port,
    }
)
CLEANERS: Mapping[str, Callable[[str, Any], Any]] = MappingProxyType(
    {
        "name": check_name,
        "id": _text,
        "title": _title,
        "host": _host,
        "auth": _auth,
        "namespace": check_namespace,
        "connector": _connector,
        "username": _text,
        "client_id": _text,
        "scopes": _texts,
        "token_file": _file,
        "token_command": _command,
        "verify_ssl": _flag,
        "ssl_ca_cert": _file,
        "ui_host": _address,
        "proxy": _address,
        "login_hosts": _hosts,
        "port_forward": _port_forward,
        "timeout": _seconds,
    }
)
