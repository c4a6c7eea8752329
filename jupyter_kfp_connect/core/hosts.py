"""What a person may type as a host, and what is made of it."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from contextlib import suppress
from urllib.parse import SplitResult, quote, unquote, urlsplit

from .errors import KfpConnectError, error
from .page_addresses import api_path, is_sign_in

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: What the name in an address is made of, once it is plain: anything else is read in one way by one
#: parser and in another by the next, so that a check and a request would mean different hosts.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
#: The last part of a name that makes it an IPv4 address, in one of its many spellings.
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_LONGEST_SHOWN = 200
_LONGEST = 1000
#: What to type instead.
EXAMPLE = "Give the address as in the browser, such as https://kubeflow.example.com/pipeline."


def clean_host(typed: str) -> str:
    """Return the address of a KFP API as it is used, from what was typed.

    Addresses of pages (``/_/pipeline/…``, ``/_/volumes``, ``?ns=…``, ``#/…``), of calls of the API
    (``/apis/v2beta1/…``) and a ``/`` too many are understood; any other path is kept as typed, for
    the first rung to say which path answers instead.

    Parameters
    ----------
    typed : str
        For instance ``https://kubeflow.example.com/_/pipeline/#/experiments``.

    Returns
    -------
    str
        For instance ``https://kubeflow.example.com/pipeline``.

    Raises
    ------
    NotReachable
        Code ``bad-host``: what is wrong with it, in a sentence.
    RequestError
        Code ``bad-request``: it is no text at all.
    """
    if not isinstance(typed, str):
        raise error("bad-request", "host: it is not a text", remedy=EXAMPLE)
    whole = typed.strip()
    if not whole:
        raise _bad("it is empty")
    if _has_userinfo(whole):
        # First of all: a password may hold any sign, and no later message may repeat it.
        raise _bad(
            "it has a user name or password in it",
            "Leave out what stands before the @; user name and password have fields of their own.",
        )
    # What follows the # says what a page shows, and never leaves the browser.
    text, _, shown_there = whole.partition("#")
    _check_signs(text)
    if not _SCHEME.match(text):
        raise _without_scheme(text)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise _bad(f"“{_short(text)}” is no address") from None
    if parts.scheme.lower() not in _DEFAULT_PORTS:
        raise _bad(f"“{_short(parts.scheme)}://” is not http:// or https://")
    if "://" in parts.netloc + parts.path:
        raise _bad("it says http:// or https:// twice", "Give it once.")
    port = _port(parts)
    if not parts.hostname:
        raise _bad(f"“{_short(text)}” names no host")
    front = f"{parts.scheme.lower()}://{_name(parts.hostname)}"
    if port is not None:
        front = f"{front}:{port}"
    typed_path = _checked(parts.path)
    page = api_path(typed_path, parts.query, shown_there)
    if page is None and parts.query and not shown_there.startswith("/"):
        raise _bad(
            "it has a query (the part after the ?)",
            "Leave out the ? and what follows it.",
            front + _path(typed_path),
        )
    host = front + _path(typed_path if page is None else page)
    if len(host) > _LONGEST:
        raise _bad(f"it is too long ({len(host)} characters)")
    return host


def name_for(host: str) -> str:
    """Return a name for a connection that has only an address: ``localhost-8080``."""
    name = re.sub(r"[^a-z0-9._-]+", "-", urlsplit(clean_host(host)).netloc.lower())
    return name.strip("-._")[:63] or "host"


def origin(url: str) -> str:
    """Return scheme, host and port of `url`, default ports left out: ``https://example.com``.

    Raises
    ------
    ValueError
        It is no plain address of a host.
    """
    parts = urlsplit(url)
    plain = re.search(r"[\\\s\x00-\x1f\x7f]", url) is None and "@" not in parts.netloc
    if not plain or not (parts.hostname is None or _PLAIN_NAME.fullmatch(parts.hostname)):
        raise ValueError("not a plain address")
    scheme = parts.scheme.lower()
    name = (parts.hostname or "").lower()
    if ":" in name:
        name = f"[{name}]"
    usual = parts.port in (None, _DEFAULT_PORTS.get(scheme))
    return f"{scheme}://{name}" if usual else f"{scheme}://{name}:{parts.port}"


def same_origin(bound: str, there: str) -> bool:
    """Whether a credential for `bound` may be sent to `there`.

    The same host name going from http to https on default ports counts as the same; the other way
    round it does not.
    """
    here, target = urlsplit(origin(bound)), urlsplit(origin(there))
    if here == target:
        return True
    upgraded = (here.scheme, target.scheme) == ("http", "https")
    return upgraded and here.hostname == target.hostname and here.port is target.port is None


def is_loopback(url: str) -> bool:
    """Whether `url` names this very machine, so that plain http travels over no network."""
    name = (urlsplit(url).hostname or "").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def gateway(host: str) -> str:
    """Return the address of the front door behind which `host` lies: without ``/pipeline``.

    There the dashboard, ``/oauth2`` and ``/dex`` have their paths (guide, "Platform - Outside").
    """
    parts = urlsplit(host)
    path = parts.path.removesuffix("/pipeline")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _check_signs(text: str) -> None:
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise _bad(f"“{_short(text)}” has a space in it")
    if not text.isprintable():
        # Such as a zero-width space from a chat: two addresses would look the same.
        raise _bad(f"“{_short(text)}” has a character in it that cannot be seen", "Type it anew.")
    strange = re.search(r"[\\\"'<>`^{}|]", text)
    if strange:
        raise _bad(f"“{_short(text)}” has a {strange[0]} in it")


def _without_scheme(text: str) -> KfpConnectError:
    """Return the error for an address without a scheme, with the whole one to copy."""
    from .network_errors import only_in_cluster  # It brings ssl, which good addresses do without.

    what = f"“{_short(text)}” does not say http:// or https://"
    bare = re.sub(r"^(?:https?)?:?/+|^https?:", "", text, flags=re.IGNORECASE)
    for scheme in ("http", "https"):
        with suppress(KfpConnectError):
            host = clean_host(f"{scheme}://{bare}")
            if scheme == "https" or is_loopback(host) or only_in_cluster(host):
                return _bad(what, f"Put http:// or https:// before it, such as {host}.", host)
    return _bad(what)


def _checked(path: str) -> str:
    """Return the path without a ``/`` too many; its query may hold a secret, and is not told."""
    if is_sign_in(path):
        raise _bad(
            "it is the address of a page to sign in on",
            "Give the one that the browser shows once you are signed in.",
        )
    if {".", ".."} & set(unquote(path).split("/")):
        # Browsers and libraries leave it out, so that none would ask for what is typed.
        raise _bad("a part of its path is “.” or “..”", "Give the path that the browser shows.")
    return re.sub("//+", "/", path)


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        if parts.netloc.count(":") > 1 and "[" not in parts.netloc:
            raise _bad("an IPv6 address stands in brackets", "Such as http://[::1]:8080/pipeline.")
        # Not repeated: who left the @ and the host out typed a password there.
        raise _bad("its port is no number from 1 to 65535", "Mend what follows the last : of it.")
    return port


def _path(path: str) -> str:
    # Every library would write signs beyond ASCII as bytes, each at its own time.
    return re.sub(r"[^\x21-\x7e]+", lambda signs: quote(signs[0]), path.rstrip("/"))


def _name(hostname: str) -> str:
    try:
        if ":" in hostname:
            if ipaddress.IPv6Address(hostname).scope_id is None:
                return f"[{hostname}]"
            raise _bad("it names a network interface (the part after the %)", "Leave that out.")
        name = _punycode(hostname)
        if _NUMBER.fullmatch(name.rstrip(".").rpartition(".")[2]):
            # Else 127.1 and 0x7f.1 would be this machine for some parsers, and for others not.
            ipaddress.IPv4Address(name)
    except ValueError:
        name = ""
    if not _PLAIN_NAME.fullmatch(name) or not all(
        0 < len(label) < 64 for label in name.removesuffix(".").split(".")
    ):
        raise _bad(f"“{_short(hostname)}” is no host name")
    return name


def _punycode(hostname: str) -> str:
    if hostname.isascii():
        return hostname
    # As requests does it, and browsers: Python's own codec is of 2003, and takes straße.de for
    # strasse.de, which is another host.
    import requests

    prepared = requests.PreparedRequest()
    prepared.prepare_url(f"http://{hostname}/", None)
    return urlsplit(str(prepared.url)).hostname or ""


def _has_userinfo(text: str) -> bool:
    """Whether something stands before an ``@`` where a host belongs.

    A password typed with ``/``, ``?`` or ``#`` in it ends what a parser takes for the host, so that
    the look is at how the text reads: ``name:password@…``. A path may have an ``@`` after a port.
    """
    text = unicodedata.normalize("NFKC", text)  # Some signs only look like an @.
    rest = text.partition("://")[2] or text
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in host:
        return True
    after_colon = re.sub(r"\[.*\]", "", host).partition(":")[2]
    return "@" in rest and after_colon.strip("0123456789") != ""


def _short(text: str) -> str:
    """Return `text` for a message: without its query, where a token may be, and not too long."""
    shown = "".join(char if char.isprintable() else " " for char in text.partition("?")[0])
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


def _bad(what: str, remedy: str = EXAMPLE, copy: str | None = None) -> KfpConnectError:
    return error("bad-host", f"host: {what}", remedy=remedy, remedy_copy=copy)
