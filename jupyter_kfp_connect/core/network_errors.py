"""What keeps a host away, told from the exceptions of requests, urllib3 and the socket."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from .errors import KfpConnectError, error
from .network_rules import FORWARDS, IN_CLUSTER, RULES, Rule, first_of


def forward_one_of(urls: Iterable[str]) -> str | None:
    """Return one line for the port-forwards that any of `urls` is of, where one is.

    It starts the first that the cluster has; see `network_rules.first_of`.
    """
    names = [_name_of(url) for url in urls]
    lines = [command for command, hosts in FORWARDS if any(map(hosts.search, names))]
    return first_of(lines) or None


def only_in_cluster(url: str) -> bool:
    """Whether the host of `url` is one that only a cluster's own DNS knows."""
    return IN_CLUSTER.search(_name_of(url)) is not None


def network_error(
    problem: BaseException, url: str, proxy: str | None = None, *, own: bool = False
) -> KfpConnectError:
    """Return the rung 1 error that `problem` stands for.

    Parameters
    ----------
    problem : BaseException
        What requests, urllib3 or the socket raised; causes wrapped in it are found.
    url : str
        What was asked for; only scheme, host and port are told.
    proxy : str, optional
        The proxy gone through.
    own : bool
        Whether the connection names that proxy itself.
    """
    name = _name_of(url)
    chain = list(_chain(problem))
    through = _proxy_name(proxy)
    if proxy and any(type(link).__name__ == "InvalidSchema" for link in chain):
        # What requests says of a SOCKS proxy without the package for it.
        return error("proxy-failed", f"the proxy {through} is none that this can go through")
    for rule in (each for each in RULES if own or not each.own):
        match = next((link for link in chain if _fits(rule, link)), None)
        if match is not None and rule.hosts.search(name):
            facts = {"name": name, "proxy": through, "reason": _reason(match)}
            facts["suffix"] = _suffix(name)
            return error(
                rule.code,
                rule.message.format_map(facts),
                remedy=rule.remedy and rule.remedy.format_map(facts),
                remedy_copy=rule.remedy_copy and rule.remedy_copy.format_map(facts),
                actor=rule.actor,
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
        return link.verify_message.rstrip(".")
    if type(link).__name__ == "CertificateError":  # urllib3's own; it says which names there are
        text = str(link)
    elif isinstance(link, OSError) and link.strerror:
        text = link.strerror
    else:
        text = getattr(link, "reason", None) or type(link).__name__
    return re.sub(r"\s*\(_ssl\.c:\d+\)|^\[SSL:[^]]*\]\s*", "", str(text))


def _name_of(url: str) -> str:
    """Return host and port of `url`, without what may stand before an ``@``."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def _suffix(name: str) -> str:
    """Return what NO_PROXY needs so that `name`, and others of its cluster, are asked directly."""
    match = IN_CLUSTER.search(name)
    if match is None:
        return name
    return f".{match['suffix']}" if match["suffix"] else match["bare"]
