"""Requests and answers as data, and the one decision on proxy, certificates and time.

Nothing here does I/O: `transport.py` sends, and tests send through fakes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from .connection import Connection
from .hosts import is_loopback

if TYPE_CHECKING:
    from .lease import Lease
    from .pages import Page

#: Seconds that one call may take where nothing else is said.
DEFAULT_TIMEOUT = 10.0
#: Bytes of an answer that are read; a page of a front door is far below.
MAX_BODY = 8 * 1024 * 1024

#: Files with authorities to trust, first match wins: KFP's own variable, then those of requests,
#: curl and OpenSSL.
CA_VARIABLES = (
    "KF_PIPELINES_SSL_SA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)


@dataclass(frozen=True)
class Request:
    """One HTTP request. Headers and form may hold secrets, so that ``repr`` leaves them out.

    ``patience`` is the seconds after which its answer is not worth waiting for, where that is less
    than a call may take.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    patience: float | None = None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, its body read to the end.

    Attributes
    ----------
    status : int
        The HTTP status.
    url : str
        What was asked for.
    headers : sequence of (str, str)
        Names in small letters; a name may come several times.
    body : bytes
        The whole body.
    ms : int
        Milliseconds from sending to the body's end.
    """

    status: int
    url: str
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    ms: int = 0

    def header(self, name: str) -> str | None:
        """Return the first header called `name` (small letters)."""
        return next((value for key, value in self.headers if key == name), None)

    def headers_called(self, name: str) -> list[str]:
        """Return every header called `name` (small letters)."""
        return [value for key, value in self.headers if key == name]

    @property
    def content_type(self) -> str:
        """The media type alone, in small letters: ``application/json``."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def location(self) -> str | None:
        """Where a redirect leads, as a whole URL; ``None`` where it is no redirect."""
        if self.status not in (301, 302, 303, 307, 308):
            return None
        target = self.header("location")
        if not target:
            return None
        try:
            return urljoin(self.url, target)
        except ValueError:
            return target  # No address at all; whoever follows it finds out.

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def is_html(self) -> bool:
        """Whether this is a page for people."""
        return self.content_type in ("text/html", "application/xhtml+xml")

    @cached_property
    def page(self) -> Page:
        """The page that it holds, read once; an empty one where it holds none."""
        from .pages import Page, read_page  # A kernel that is lent a session reads none.

        return read_page(self.text) if self.is_html else Page()

    def json(self) -> Any:
        """Return the body's JSON, or ``None`` where it holds none."""
        if self.is_html:
            return None
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Transport(Protocol):
    """Sends one request and reads the whole answer, following no redirect."""

    def send(self, request: Request) -> Answer:
        """Return the answer.

        Raises
        ------
        NotReachable
            A rung 1 code that says what keeps the host away.
        Cancelled
            The user gave up.
        """
        ...


@contextmanager
def closing(transport: Transport) -> Iterator[Transport]:
    """Close `transport` in the end, where it is one that keeps connections."""
    try:
        yield transport
    finally:
        close = getattr(transport, "close", None)
        if close is not None:
            close()


class Cancelled(Exception):
    """The user gave up on what was under way."""


@dataclass(frozen=True)
class NetworkSettings:
    """What both our own requests and kfp's use to reach a host.

    Attributes
    ----------
    verify : bool or str
        Whether certificates are checked, or the file of the authorities to check them with.
    proxy : str or None
        The HTTP proxy to go through; a variable may give it with a password, so that ``repr``
        leaves it out.
    timeout : float
        Seconds that one call may take.
    own_proxy : bool
        Whether the connection names the proxy itself, so that no variable counts.
    """

    verify: bool | str = True
    proxy: str | None = field(default=None, repr=False)
    timeout: float = DEFAULT_TIMEOUT
    own_proxy: bool = False


def network_settings(
    connection: Connection, environ: Mapping[str, str] | None = None
) -> NetworkSettings:
    """Decide how `connection`'s host is reached: its own fields, else the environment.

    Variables are read here and nowhere else: requests' own look-up (``trust_env``) would take a
    ``~/.netrc`` entry over our header, and ``REQUESTS_CA_BUNDLE`` over ``verify=False``.

    Parameters
    ----------
    connection : Connection
        ``verify_ssl``, ``ssl_ca_cert``, ``proxy``, ``timeout`` and ``host`` count.
    environ : mapping, optional
        The environment, by default this process's.
    """
    environ = os.environ if environ is None else environ
    verify: bool | str = connection.verify_ssl
    if verify:
        named = (environ.get(name) for name in CA_VARIABLES)
        verify = connection.ssl_ca_cert or next(filter(None, named), True)
    proxy = connection.proxy or _proxy_of(connection.host, environ)
    timeout = connection.timeout or DEFAULT_TIMEOUT
    return NetworkSettings(verify, proxy, timeout, own_proxy=bool(connection.proxy))


def settings_of(lease: Lease) -> NetworkSettings:
    """Return how calls made with `lease` reach its host: that was decided as it was given."""
    verify = lease.ssl_ca_cert or lease.verify_ssl
    return NetworkSettings(verify, lease.proxy, lease.timeout, lease.own_proxy)


def _proxy_of(host: str, environ: Mapping[str, str]) -> str | None:
    if is_loopback(host):
        return None
    parts = urlsplit(host)

    def variable(name: str) -> str | None:
        return environ.get(f"{name}_proxy") or environ.get(f"{name}_proxy".upper())

    # Each counts: in one program the small letters win, in another those that are there.
    exempt = (environ.get("no_proxy"), environ.get("NO_PROXY"))
    if any(proxy_bypass_environment(parts.netloc, {"no": names}) for names in exempt if names):
        return None
    proxy = variable(parts.scheme) or variable("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
