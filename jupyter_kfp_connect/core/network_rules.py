"""What keeps a host away: the exceptions that show it, and what is said of it, as data."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable
from typing import NamedTuple

from .codes import ADMINISTRATOR, Actor

#: The guide's own lines for the two addresses that it has people forward.
PORT_FORWARDS = {
    8080: "kubectl port-forward --namespace istio-system svc/istio-ingressgateway 8080:80",
    3000: "kubectl port-forward --namespace kubeflow svc/ml-pipeline-ui 3000:80",
}


def first_of(commands: Iterable[str]) -> str:
    """Return one line that runs the first of `commands` that works.

    A port-forward occupies its terminal while it runs, so that a second line would wait for ever;
    one for a service that the cluster lacks ends at once. No comment: zsh takes none when pasted.
    """
    return " || ".join(commands)


#: Names that only a cluster's own DNS knows.
IN_CLUSTER = re.compile(
    r"^(?:[a-z0-9-]+\.[a-z0-9-]+\.(?P<suffix>svc(?:\.[a-z0-9.-]+)?)"
    r"|(?P<bare>ml-pipeline(?:-ui)?(?:\.[a-z0-9-]+)?))(?::\d+)?$"
)
_HERE = r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
_ANY = re.compile("")
#: The statuses of pages on which proxies say that they let nobody through, or find no host.
PAGES = (403, 404, 500)
#: Who answers for Kubeflow or its mesh, and what stands on their pages or on one to sign in on.
KUBEFLOWS_SERVERS = re.compile(r"(?i)envoy|express")
KUBEFLOWS_PAGES = re.compile(
    r"(?i)/oauth2/|/dex/|type=[\"']?password|<title>error</title>|<pre>cannot [a-z]+ /"
)


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
        Over the code's own, with the same facts.
    hosts : pattern
        The hosts, with port, that the rule is for; by default all.
    said : pattern
        What the exception has to say; by default anything.
    own : bool
        Whether it is only for a proxy that the connection names itself.
    actor : str or None
        Who can mend it; by default as the code says.
    """

    code: str
    types: tuple[type[BaseException], ...]
    names: frozenset[str]
    message: str
    remedy: str | None = None
    remedy_copy: str | None = None
    hosts: re.Pattern[str] = _ANY
    said: re.Pattern[str] = _ANY
    own: bool = False
    actor: Actor | None = None


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
    "Proxy variables are set, and neither NO_PROXY nor no_proxy has this host. Add "
    "{suffix} to both in the notebook server's environment, then restart that server; what a "
    "terminal or a cell of it sets comes too late. In a pod that is its env, or a PodDefault; "
    "where a shell starts Jupyter, run the line before.",
    'export NO_PROXY="$NO_PROXY,$no_proxy,{suffix}"; export no_proxy="$NO_PROXY"',
    hosts=IN_CLUSTER,
)
#: A page of the proxy's, in place of an answer.
PROXYS_PAGE = PROXY_BEFORE_CLUSTER._replace(
    message="the proxy {proxy} answers with {reason} in place of {name}, which is inside the "
    "cluster",
    said=re.compile("^a page of its own"),
)
OWN_PROXY_BEFORE_CLUSTER = PROXY_BEFORE_CLUSTER._replace(
    message="the connection's own proxy {proxy} does not lead to {name}, which is inside the "
    "cluster",
    remedy="NO_PROXY does not count for a proxy that the connection names itself. Where Jupyter "
    "runs inside the cluster, clear it: in Python, leave out proxy=…; of a saved connection it is "
    "the field proxy in kfp_connect.json. Elsewhere, check its address.",
    remedy_copy=None,
    own=True,
)
ONLY_IN_CLUSTER = Rule(
    "name-not-found",
    (socket.gaierror,),
    frozenset({"NameResolutionError"}),
    "no host is called {name} here",
    "Names that end in .svc.cluster.local exist only inside the cluster. From outside, forward "
    "Kubeflow's gateway, then connect to http://localhost:8080/pipeline; where Pipelines stands "
    "alone, its service, then http://localhost:3000. The line tries the one, then the other. "
    "Inside, check service and namespace.",
    first_of(PORT_FORWARDS.values()),
    hosts=IN_CLUSTER,
)
#: This machine, at the port of one of them.
FORWARDS = tuple(
    (command, re.compile(rf"^(localhost|127\.0\.0\.1|\[::1\]):{port}$"))
    for port, command in PORT_FORWARDS.items()
)


def _at_forwards(rule: Rule) -> tuple[Rule, ...]:
    return tuple(rule._replace(remedy_copy=command, hosts=hosts) for command, hosts in FORWARDS)


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
    hosts=re.compile(rf"^(?!{_HERE}$)"),
)
UNTRUSTED = Rule(
    "tls-untrusted",
    (ssl.SSLCertVerificationError,),
    frozenset(),
    "the certificate of {name} is not one that this machine trusts ({reason})",
)
#: The next are found only where the authority is known: OpenSSL looks for that first.
EXPIRED = UNTRUSTED._replace(
    message="the certificate of {name}, or of the authority that signed it, is out of date "
    "({reason})",
    remedy="An administrator has to renew it. Until then, skip the verification for this "
    "connection if you accept the risk. Where others see no such error, compare this "
    "machine's clock with theirs.",
    said=re.compile("has expired|not yet valid"),
    actor=ADMINISTRATOR,
)
OTHER_NAME = UNTRUSTED._replace(
    names=frozenset({"CertificateError"}),
    message="the certificate of {name} is for another name ({reason})",
    remedy="Use the name that it is for, as a browser's view of the certificate has it. If {name} "
    "is right, an administrator has to get it a certificate for that name; until then, skip the "
    "verification for this connection if you accept the risk.",
    said=re.compile("mismatch|doesn't match|no appropriate subjectAltName"),
    actor=ADMINISTRATOR,
)
OTHER_NAME_BEHIND_FORWARD = OTHER_NAME._replace(
    message="what answers at {name} has a certificate for another name ({reason})",
    remedy="A port-forward shows the certificate of what is behind it, which has a name of its "
    "own. Forward a port of plain http instead, or skip the verification for this connection if "
    "you accept the risk.",
    hosts=re.compile(rf"^{_HERE}$"),
    actor=None,
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
    OWN_PROXY_BEFORE_CLUSTER,
    PROXYS_PAGE,
    PROXY_BEFORE_CLUSTER,
    Rule("proxy-failed", (), _PROXY, "the proxy {proxy} does not work"),
    ONLY_IN_CLUSTER,
    Rule(
        "name-not-found",
        (socket.gaierror,),
        frozenset({"NameResolutionError"}),
        "no host is called {name}",
    ),
    EXPIRED,
    OTHER_NAME_BEHIND_FORWARD,
    OTHER_NAME,
    UNTRUSTED,
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
