"""One row of the golden table of ways in: plays it, and tells what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_kfp_connect.core.answers import HEALTHZ
from jupyter_kfp_connect.core.auth.chain import Attempt
from jupyter_kfp_connect.core.detection import detect
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError, error
from jupyter_kfp_connect.core.hosts import origin
from jupyter_kfp_connect.core.http import Answer, NetworkSettings, Request
from jupyter_kfp_connect.core.in_vain import nothing_found

from .answers import CSRF, SESSION, healthz, page, recorded, signed_out, to
from .climbing import Ascent
from .fakes import Reply, Transport, connection, given, jwt
from .loopback import IN_TIME

#: A token and a cookie of nobody else, so that any trace of them is theirs.
SECRETS = ("hunter2", "right-horse")
_SECRET_ARGUMENTS = ("token", "password", "cookies", "username", "connector")
_NAMESPACE_FILE = "var/run/secrets/kubernetes.io/serviceaccount/namespace"
_EXPERIMENTS = "/apis/v2beta1/experiments"


class Played:
    """What came of a row.

    Attributes
    ----------
    outcome : dict
        ``way`` and ``host``, or ``code`` and ``message``.
    attempts : list of str
        Every way and host that was looked at: way, host, code and reason.
    host : str or None
        Which host was named or found.
    looked : list of Request
        What was sent while looking around.
    proxies : list of str
        Through which proxies that went.
    sent : list of Request
        What was sent after that.
    """

    def __init__(self, row: Mapping[str, Any], root: Path) -> None:
        self._root = root
        here = _environment(row, root)
        replies: dict[str, Reply] = {}
        for host, kind in row.get("answers", {}).items():
            replies |= _place(host, kind)
        transport = Transport(replies)
        arguments = dict(row.get("arguments", {}))
        attempts: list[Attempt] = []
        proxies: set[str] = set()

        def through(settings: NetworkSettings) -> Transport:
            proxies.update([settings.proxy] if settings.proxy else [])
            return transport

        if "host" not in arguments:
            seen = detect(here, through, IN_TIME)
            attempts.extend(seen.attempts)
            if seen.offered:
                arguments["host"] = seen.offered[0].host
            else:
                self.outcome = self._refused(nothing_found(seen))
        self.looked = list(transport.requests)
        self.proxies = sorted(proxies)
        self.host: str | None = arguments.get("host")
        if "host" in arguments:
            who = {key: arguments.pop(key) for key in _SECRET_ARGUMENTS if key in arguments}
            fields = {key: self._inside(value) for key, value in arguments.items()}
            ascent = Ascent(
                connection(**fields), given(**who), environment=here, transport=transport
            )
            attempts.extend(ascent.climb.attempts)
            self.outcome = self._outcome(ascent)
        self.sent = transport.requests[len(self.looked) :]
        self.attempts = [self._told(attempt) for attempt in attempts]

    def _outcome(self, ascent: Ascent) -> dict[str, str]:
        if ascent.session is None:
            assert ascent.problem is not None
            return self._refused(ascent.problem)
        lease = ascent.session.lease()
        return {"way": lease.way, "host": lease.host}

    def _refused(self, problem: KfpConnectError) -> dict[str, str]:
        return {"code": problem.code, "message": self._shown(problem.message)}

    def _told(self, attempt: Attempt) -> str:
        at = f" {attempt.host}" if attempt.host else ""
        return self._shown(f"{attempt.way}{at} {attempt.code}: {attempt.reason}")

    def _shown(self, text: str) -> str:
        return text.replace(str(self._root), "ROOT")

    def _inside(self, value: Any) -> Any:
        return value.replace("ROOT", str(self._root)) if isinstance(value, str) else value


def _environment(row: Mapping[str, Any], root: Path) -> Environment:
    files = dict(row.get("files", {}))
    if row.get("pod"):
        files[_NAMESPACE_FILE] = row["pod"]
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(jwt() if text == "JWT" else text, encoding="utf-8")
    variables = {
        name: value.replace("ROOT", str(root)) for name, value in row.get("variables", {}).items()
    }
    return Environment.of_process(variables, root)


def _place(host: str, kind: str) -> dict[str, Reply]:
    """Return what answers at `host`: a word for what is there, and the connectors of a gateway."""
    word, *connectors = kind.split()
    if connectors:
        return _gateway(host, connectors, leads=word == "leads")
    simple: dict[str, Callable[[str], Reply]] = {
        "refused": lambda url: error("connection-refused", f"nothing listens at {_netloc(url)}"),
        "hangs": lambda url: error("timed-out", f"{_netloc(url)} does not answer"),
        "breaks": lambda url: _break,
        "proxy": lambda url: error("proxy-failed", f"the proxy does not lead to {_netloc(url)}"),
        "mesh": lambda url: Answer(403, url, [], b"RBAC: access denied"),
        "login": lambda url: Answer(401, url, [("www-authenticate", "Basic")], b"Unauthorized"),
        "stranger": lambda url: page(url, "Authentication required", 403),
        "other": lambda url: page(url, "JupyterLab", 404),
        "page": lambda url: page(url, "An application of one page"),
        "broken": lambda url: Answer(503, url),
        "open": lambda url: healthz(url, users=False),
        "kfp": healthz,
    }
    return {host + HEALTHZ: simple[word](host + HEALTHZ), host + _EXPERIMENTS: _list}


def _netloc(url: str) -> str:
    return urlsplit(url).netloc


def _break(request: Request) -> Answer:
    raise RuntimeError("a mistake of ours")


def _list(request: Request) -> Answer:
    named = request.headers.keys() & {"Authorization", "Cookie"}
    return recorded("kfp-list-experiments" if named else "kfp-list-no-credentials", request.url)


def _gateway(host: str, connectors: list[str], *, leads: bool) -> dict[str, Reply]:
    """Return oauth2-proxy and Dex before KFP; it may lead to Dex without a page of its own."""
    front = origin(host)
    links = "".join(f'<a href="/dex/auth/{name}?state=s">{name}</a>' for name in connectors)

    def behind(request: Request) -> Answer:
        if request.headers.keys() & {"Authorization", "Cookie"}:
            return _list(request) if _EXPERIMENTS in request.url else healthz(request.url)
        return to(request.url, "/dex/auth?state=s", CSRF) if leads else signed_out(request.url)

    def form(request: Request) -> Answer:
        if request.method == "POST":
            return to(request.url, "/oauth2/callback?code=c", status=303)
        fields = '<input name="login"><input name="password" type="password">'
        return page(request.url, f'<form method="post" action="{request.url}">{fields}</form>')

    replies: dict[str, Reply] = {
        host: recorded("gateway-page-signed-out", host),
        host + HEALTHZ: behind,
        host + _EXPERIMENTS: behind,
        f"{front}/oauth2/start": lambda request: to(request.url, "/dex/auth?state=s", CSRF),
        f"{front}/dex/auth": lambda request: page(request.url, links),
        f"{front}/oauth2/callback": lambda request: to(
            request.url, urlsplit(host + HEALTHZ).path, SESSION
        ),
    }
    return (
        replies
        | {f"{front}/dex/auth/{name}": _to_form for name in connectors}
        | {f"{front}/dex/auth/{name}/login": form for name in connectors}
    )


def _to_form(request: Request) -> Answer:
    return to(request.url, f"{urlsplit(request.url).path}/login?state=s")
