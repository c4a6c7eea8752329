"""Answers that a proxy on the way gave for itself, and not for the host."""

from __future__ import annotations

from urllib.parse import urlsplit

from .errors import KfpConnectError
from .http import Answer
from .network_errors import network_error, only_in_cluster
from .network_rules import KUBEFLOWS_PAGES, KUBEFLOWS_SERVERS, PAGES


class ProxyError(Exception):
    """A proxy answered for itself; named as the libraries name theirs."""

    @property
    def reason(self) -> str:
        """What it answered."""
        return str(self)


def proxys_own(answer: Answer, proxy: str | None, *, own: bool = False) -> KfpConnectError | None:
    """Return the error for an answer that the proxy gave for itself, else ``None``.

    It wants a password, finds no host in a cluster, or shows a page of its own in place of that
    host's API; `proxy` and `own` as in `network_error`.
    """
    status = answer.status
    is_page = _is_proxys_page(answer)
    lost = status in (502, 503, 504) or is_page
    if status != 407 and not (lost and proxy and only_in_cluster(answer.url)):
        return None
    problem = ProxyError(f"a page of its own ({status})" if is_page else str(status))
    return network_error(problem, answer.url, proxy, own=own)


def _is_proxys_page(answer: Answer) -> bool:
    """Whether `answer` to a call of the API, if it came through a proxy, is a page of the proxy.

    The API has none; what Kubeflow or a sign-in shows there has its marks. In TLS no proxy can
    answer for a host.
    """
    there = urlsplit(answer.url)
    if answer.status not in PAGES or not answer.is_html:
        return False
    if there.scheme != "http" or "/apis/" not in there.path:
        return False
    by = f"{answer.header('server')} {answer.header('x-powered-by')}"
    return not (KUBEFLOWS_SERVERS.search(by) or KUBEFLOWS_PAGES.search(answer.text))
