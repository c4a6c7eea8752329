"""What a person may type as a host, and what is made of it."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from .errors import KfpConnectError, error

#: Pages of Kubeflow's dashboard that people copy from the address bar. The dashboard shows the
#: Pipelines UI in a frame: what it calls ``/_/pipeline`` is served at ``/pipeline``.
_DASHBOARD_PAGE = re.compile(r"^(?P<prefix>.*?)/_(?P<app>/pipeline)(?:/.*)?$")
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: What the name in an address is made of, once it is plain: anything else is read in one way by one
#: parser and in another by the next, so that a check and a request would mean different hosts.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_EXAMPLE = "Give the address as in the browser, such as https://kubeflow.example.com/pipeline."


def clean_host(typed: str) -> str:
    """Return the address of a KFP API as it is used, from what was typed.

    Known tails of pages (``/_/pipeline/…``, ``#/…``, a closing ``/``) are understood; any other
    path is kept as typed.

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
    """
    text = typed.strip()
    if not text:
        raise _bad("it is empty")
    if _has_userinfo(text):
        # First of all: a password may hold any sign, and no later message may repeat it.
        raise _bad(
            "it has a user name or password in it",
            "Leave out what stands before the @; user name and password have fields of their own.",
        )
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise _bad(f"“{_printable(text)}” has a space in it")
    strange = re.search(r"[\\\"'<>`^{}|]", text)
    if strange:
        raise _bad(f"“{text}” has a {strange[0]} in it")
    if "://" not in text:
        raise _bad(
            f"“{text}” does not say http:// or https://",
            f"Put http:// or https:// before it, such as https://{text.lstrip('/')}.",
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _bad(f"“{text}” is no address") from None
    if parts.scheme.lower() not in _DEFAULT_PORTS:
        raise _bad(f"“{parts.scheme}://” is not http:// or https://")
    if not parts.hostname:
        raise _bad(f"“{text}” names no host")
    path, understood = _path(parts)
    if parts.query and not understood:
        raise _bad("it has a query (the part after the ?)", "Leave out the ? and what follows it.")
    netloc = _name(parts.hostname)
    if port is not None:
        netloc = f"{netloc}:{port}"
    return f"{parts.scheme.lower()}://{netloc}{path}"


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


def _path(parts: SplitResult) -> tuple[str, bool]:
    page = _DASHBOARD_PAGE.match(parts.path)
    if page:
        return page["prefix"] + page["app"], True
    return parts.path.rstrip("/"), False


def _name(hostname: str) -> str:
    if ":" in hostname:
        return f"[{hostname}]"
    try:
        name = hostname if hostname.isascii() else hostname.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not _PLAIN_NAME.fullmatch(name):
        raise _bad(f"“{hostname}” is no host name")
    return name


def _has_userinfo(text: str) -> bool:
    """Whether something stands before an ``@`` where a host belongs.

    A password typed with ``/``, ``?`` or ``#`` in it ends what a parser takes for the host, so that
    the look is at how the text reads: ``name:password@…``. A path may have an ``@`` after a port.
    """
    rest = text.partition("://")[2] or text
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in host:
        return True
    after_colon = re.sub(r"\[.*\]", "", host).partition(":")[2]
    return "@" in rest and after_colon.strip("0123456789") != ""


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _bad(what: str, remedy: str = _EXAMPLE) -> KfpConnectError:
    return error("bad-host", f"host: {what}", remedy=remedy)
