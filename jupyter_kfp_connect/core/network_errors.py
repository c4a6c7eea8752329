"""What keeps a host away, told from the exceptions of requests, urllib3 and the socket."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import KfpConnectError, error

#: The guide's own lines for the two addresses that it has people forward.
PORT_FORWARDS = {
    8080: "kubectl port-forward --namespace istio-system svc/istio-ingressgateway 8080:80",
    3000: "kubectl port-forward --namespace kubeflow svc/ml-pipeline-ui 3000:80",
}


class ProxyError(Exception):
    """A proxy answered for itself; named as the libraries name theirs."""


class Rule(NamedTuple):
    """One cause: the exceptions that show it, and what is said of the host."""

    code: str
    types: tuple[type[BaseException], ...]
    names: frozenset[str]
    message: str
    remedy: str | None = None


#: The first rule that any exception of the chain fits wins, so that causes stand before symptoms.
#: urllib3's own are told by name: importing it here would cost every process that never connects.
RULES = (
    Rule(
        "proxy-failed",
        (),
        frozenset({"ProxyError", "InvalidProxyURL"}),
        "the proxy {proxy} does not work",
    ),
    Rule(
        "name-not-found",
        (socket.gaierror,),
        frozenset({"NameResolutionError"}),
        "no host is called {name}",
    ),
    Rule(
        "tls-untrusted",
        (ssl.SSLCertVerificationError,),
        frozenset(),
        "the certificate of {name} is not one that this machine trusts ({reason})",
    ),
    Rule(
        "tls-untrusted",
        (ssl.SSLError,),
        frozenset(),
        "{name} speaks no TLS that we understand ({reason})",
        "If that port serves plain http, write http:// instead of https://.",
    ),
    Rule(
        "connection-refused",
        (ConnectionRefusedError,),
        frozenset(),
        "nothing listens at {name}",
    ),
    Rule(
        "timed-out",
        (TimeoutError, socket.timeout),
        frozenset({"ConnectTimeoutError", "ReadTimeoutError", "ConnectTimeout", "ReadTimeout"}),
        "{name} did not answer in time",
    ),
    Rule(
        "bad-answer",
        (ConnectionError,),
        frozenset(
            {"ProtocolError", "IncompleteRead", "ChunkedEncodingError", "ContentDecodingError"}
        ),
        "{name} broke off its answer",
    ),
    Rule(
        "bad-host",
        (),
        frozenset({"InvalidURL", "LocationParseError", "InvalidSchema", "MissingSchema"}),
        "host: “{name}” is no address",
    ),
    Rule(
        "timed-out",
        (OSError,),
        frozenset({"NewConnectionError"}),
        "{name} cannot be reached from here ({reason})",
        "Check the network or a VPN, then try again.",
    ),
)


def network_error(problem: BaseException, url: str, proxy: str | None = None) -> KfpConnectError:
    """Return the rung 1 error that `problem` stands for.

    Parameters
    ----------
    problem : BaseException
        What requests, urllib3 or the socket raised; causes wrapped in it are found.
    url : str
        What was asked for; only scheme, host and port are told.
    proxy : str, optional
        The proxy gone through.
    """
    name = urlsplit(url).netloc.rpartition("@")[2] or url
    chain = list(_chain(problem))
    through = _proxy_name(proxy)
    if proxy and any(type(link).__name__ == "InvalidSchema" for link in chain):
        # What requests says of a SOCKS proxy without the package for it.
        return error("proxy-failed", f"the proxy {through} is none that this can go through")
    for rule in RULES:
        match = next((link for link in chain if _fits(rule, link)), None)
        if match is not None:
            facts = {"name": name, "proxy": through, "reason": _reason(match)}
            return error(
                rule.code,
                rule.message.format_map(facts),
                **({"remedy": rule.remedy} | _to_copy(rule.code, url)),
            )
    return error("bad-answer", f"{name} could not be asked ({type(problem).__name__})")


def _fits(rule: Rule, link: BaseException) -> bool:
    names = {kind.__name__ for kind in type(link).__mro__}
    if names & rule.names:
        return True
    # requests' own are all `OSError`s, whatever they say.
    return isinstance(link, rule.types) and "RequestException" not in names


def _proxy_name(proxy: str | None) -> str:
    """Return scheme, host and port of a proxy; its variable may hold a password too."""
    if proxy is None:
        return "on the way"
    scheme, _, rest = proxy.rpartition("://")
    return f"{scheme or 'http'}://{rest.rpartition('@')[2]}"


def _chain(problem: BaseException) -> Iterator[BaseException]:
    """Yield `problem` and whatever it wraps, in ``args`` and ``reason`` too, as urllib3 does."""
    seen: set[int] = set()
    todo: list[object] = [problem]
    while todo:
        link = todo.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        todo += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]


def _reason(link: BaseException) -> str:
    if isinstance(link, ssl.SSLCertVerificationError):
        return link.verify_message
    if isinstance(link, OSError) and link.strerror:
        text = link.strerror
    else:
        text = getattr(link, "reason", None) or type(link).__name__
    return re.sub(r"\s*\(_ssl\.c:\d+\)|^\[SSL:[^]]*\]\s*", "", str(text))


def _to_copy(code: str, url: str) -> dict[str, str]:
    """Return the port-forward of the guide where that is what does not run."""
    if code != "connection-refused":
        return {}
    parts = urlsplit(url)
    command = PORT_FORWARDS.get(parts.port or 0)
    if command is None or parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        return {}
    return {
        "remedy": "The port-forward is not running, or it ended. Start it in a terminal, then try "
        "again.",
        "remedy_copy": command,
    }
