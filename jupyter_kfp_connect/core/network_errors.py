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


#: Names that only a cluster's own DNS knows.
_IN_CLUSTER = re.compile(
    r"^(?:[a-z0-9-]+\.[a-z0-9-]+\.(?P<suffix>svc(?:\.[a-z0-9.-]+)?)"
    r"|(?P<bare>ml-pipeline(?:-ui)?(?:\.[a-z0-9-]+)?))(?::\d+)?$"
)
_ANY = re.compile("")


class Rule(NamedTuple):
    """One cause: the exceptions that show it, and what is said of the host.

    Attributes
    ----------
    code : str
        One of `core.codes.CODES`.
    types : tuple of exception types
        Any of these shows it.
    names : frozenset of str
        So does a class of any of these names.
    message : str
        What is wrong, with the facts ``{name}``, ``{proxy}``, ``{reason}`` and ``{suffix}``.
    remedy, remedy_copy : str or None
        Over the code's own.
    hosts : pattern
        The hosts, with port, that the rule is for; by default all.
    said : pattern
        What the exception has to say; by default anything.
    """

    code: str
    types: tuple[type[BaseException], ...]
    names: frozenset[str]
    message: str
    remedy: str | None = None
    remedy_copy: str | None = None
    hosts: re.Pattern[str] = _ANY
    said: re.Pattern[str] = _ANY

    @property
    def actor(self) -> None:
        """As the code says."""


_PROXY = frozenset({"ProxyError", "InvalidProxyURL"})
PROXY_ASKS = Rule(
    "proxy-failed",
    (),
    _PROXY,
    "the proxy {proxy} asks for a user name and password, or did not take those that it got",
    "Where Jupyter runs, give them in the variable HTTPS_PROXY (HTTP_PROXY for plain http), as in "
    "http://USER:PASSWORD@HOST:PORT, and leave the connection's own proxy empty: a connection "
    "keeps no password.",
    said=re.compile(r"(?i)^407\b|tunnel connection failed: 407"),
)
PROXY_BEFORE_CLUSTER = Rule(
    "proxy-failed",
    (),
    _PROXY,
    "the proxy {proxy} does not lead to {name}, which is inside the cluster",
    "Proxy variables are set, and NO_PROXY lacks the cluster's suffix. Add it to the environment "
    "of the notebook server, or leave the proxy out of it.",
    'export NO_PROXY="$NO_PROXY,{suffix}"',
    hosts=_IN_CLUSTER,
)
ONLY_IN_CLUSTER = Rule(
    "name-not-found",
    (socket.gaierror,),
    frozenset({"NameResolutionError"}),
    "no host is called {name} here",
    "Names that end in .svc.cluster.local exist only inside the cluster. From outside, forward "
    "Kubeflow's gateway, then connect to http://localhost:8080/pipeline; where Pipelines stands "
    "alone, its service, then http://localhost:3000. Inside, check service and namespace.",
    f"# Kubeflow's gateway:\n{PORT_FORWARDS[8080]}\n# Pipelines alone:\n{PORT_FORWARDS[3000]}",
    hosts=_IN_CLUSTER,
)
#: This machine, at the port of one of them.
_FORWARDS = tuple(
    (command, re.compile(rf"^(localhost|127\.0\.0\.1|\[::1\]):{port}$"))
    for port, command in PORT_FORWARDS.items()
)


def _at_forwards(rule: Rule) -> tuple[Rule, ...]:
    return tuple(rule._replace(remedy_copy=command, hosts=hosts) for command, hosts in _FORWARDS)


NOTHING_LISTENS = Rule(
    "connection-refused", (ConnectionRefusedError,), frozenset(), "nothing listens at {name}"
)
FORWARDS_ENDED = _at_forwards(
    NOTHING_LISTENS._replace(
        remedy="The port-forward is not running, or it ended. Start it in a terminal, then try "
        "again."
    )
)
BROKEN_OFF = Rule(
    "bad-answer",
    (ConnectionError,),
    frozenset({"ProtocolError", "IncompleteRead", "ChunkedEncodingError", "ContentDecodingError"}),
    "{name} broke off its answer",
)
FORWARDS_LOST = _at_forwards(
    BROKEN_OFF._replace(
        remedy="If that is a port-forward, the pod behind it may be gone. End it, start it again "
        "in a terminal, then try again."
    )
)
ELSEWHERE_NOTHING_LISTENS = NOTHING_LISTENS._replace(
    remedy="Check host and port. If they are right, its server is down: try again later, or tell "
    "its administrator.",
    hosts=re.compile(r"^(?!(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$)"),
)
NO_TLS_THERE = Rule(
    "tls-untrusted",
    (ssl.SSLError,),
    frozenset(),
    "{name} speaks no TLS that we understand ({reason})",
    "If that port serves plain http, write http:// instead of https://.",
)
NO_WAY_THERE = Rule(
    "timed-out",
    (OSError,),
    frozenset({"NewConnectionError"}),
    "{name} cannot be reached from here ({reason})",
    "Check the network or a VPN, then try again.",
)
#: The first rule that any exception of the chain fits wins, so that causes stand before symptoms.
#: urllib3's own are told by name: importing it here would cost every process that never connects.
RULES = (
    PROXY_ASKS,
    PROXY_BEFORE_CLUSTER,
    Rule("proxy-failed", (), _PROXY, "the proxy {proxy} does not work"),
    ONLY_IN_CLUSTER,
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
    NO_TLS_THERE,
    *FORWARDS_ENDED,
    ELSEWHERE_NOTHING_LISTENS,
    NOTHING_LISTENS,
    Rule(
        "timed-out",
        (TimeoutError, socket.timeout),
        frozenset({"ConnectTimeoutError", "ReadTimeoutError", "ConnectTimeout", "ReadTimeout"}),
        "{name} did not answer in time",
    ),
    *FORWARDS_LOST,
    BROKEN_OFF,
    Rule(
        "bad-host",
        (),
        frozenset({"InvalidURL", "LocationParseError", "InvalidSchema", "MissingSchema"}),
        "host: “{name}” is no address",
    ),
    NO_WAY_THERE,
)


def port_forward_to(url: str) -> str | None:
    """Return the guide's line for the port-forward that `url` is of, where it is one."""
    name = _name_of(url)
    return next((command for command, hosts in _FORWARDS if hosts.search(name)), None)


def only_in_cluster(url: str) -> bool:
    """Whether the host of `url` is one that only a cluster's own DNS knows."""
    return _IN_CLUSTER.search(_name_of(url)) is not None


def proxys_own(answer: tuple[int, str], url: str, proxy: str | None) -> KfpConnectError | None:
    """Return the error for a status and reason that the proxy gave for itself, else ``None``.

    It wants a password, or finds no host in a cluster; `url` and `proxy` as in `network_error`.
    """
    status, reason = answer
    lost = proxy is not None and status in (502, 503, 504) and only_in_cluster(url)
    if status != 407 and not lost:
        return None
    return network_error(ProxyError(f"{status} {reason}"), url, proxy)


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
    name = _name_of(url)
    chain = list(_chain(problem))
    through = _proxy_name(proxy)
    if proxy and any(type(link).__name__ == "InvalidSchema" for link in chain):
        # What requests says of a SOCKS proxy without the package for it.
        return error("proxy-failed", f"the proxy {through} is none that this can go through")
    for rule in RULES:
        match = next((link for link in chain if _fits(rule, link)), None)
        if match is not None and rule.hosts.search(name):
            facts = {"name": name, "proxy": through, "reason": _reason(match)}
            facts["suffix"] = _suffix(name)
            return error(
                rule.code,
                rule.message.format_map(facts),
                remedy=rule.remedy,
                remedy_copy=rule.remedy_copy and rule.remedy_copy.format_map(facts),
            )
    return error("bad-answer", f"{name} could not be asked ({type(problem).__name__})")


def _fits(rule: Rule, link: BaseException) -> bool:
    names = {kind.__name__ for kind in type(link).__mro__}
    if not rule.said.search(str(link)):
        return False
    if names & rule.names:
        return True
    # requests' own are all `OSError`s, whatever they say.
    return isinstance(link, rule.types) and "RequestException" not in names


def _proxy_name(proxy: str | None) -> str:
    """Return scheme, host and port of a proxy; its variable may hold a password too."""
    if proxy is None:
        return "on the way"
    scheme = re.match(r"(?i)[a-z][a-z0-9+.-]*://", proxy)
    rest = proxy[scheme.end() :] if scheme else proxy
    return f"{scheme[0] if scheme else 'http://'}{rest.rpartition('@')[2]}"


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


def _name_of(url: str) -> str:
    """Return host and port of `url`, without what may stand before an ``@``."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def _suffix(name: str) -> str:
    """Return what NO_PROXY needs so that `name`, and others of its cluster, are asked directly."""
    match = _IN_CLUSTER.search(name)
    if match is None:
        return name
    return f".{match['suffix']}" if match["suffix"] else match["bare"]
