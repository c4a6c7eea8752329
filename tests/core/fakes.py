"""What stands in for the network and for a pod."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jupyter_kfp_connect.core.auth.base import Given
from jupyter_kfp_connect.core.connection import Connection
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.http import Answer, Request
from jupyter_kfp_connect.core.secret import Secret

from .answers import HOST

PASSWORD = "right-horse"
USER = "user@example.com"
ACCOUNT = "system:serviceaccount:team-a:default-editor"

Reply = Answer | KfpConnectError | Callable[[Request], Answer]


def connection(**fields: Any) -> Connection:
    """Return a connection; only what a test is about need be said."""
    return Connection.from_dict({"name": "kfp", "host": HOST, **fields})


def given(**what: str) -> Given:
    """Return what a person gave; passwords, tokens and cookies as secrets."""
    secret = ("password", "token", "cookies")
    made: dict[str, Any] = {
        key: Secret(text) if key in secret else text for key, text in what.items()
    }
    return Given(**made)


def environment(root: Path, **variables: str) -> Environment:
    """Return the facts of a machine whose files lie under `root`."""
    return Environment.of_process(variables, root)


def pod(root: Path, namespace: str = "team-a", token: str | None = None, **variables: str) -> Any:
    """Return the facts of a pod in `namespace`, with a mounted token where one is given."""
    account = root / "var/run/secrets/kubernetes.io/serviceaccount"
    account.mkdir(parents=True)
    (account / "namespace").write_text(namespace)
    if token is not None:
        mounted = root / "var/run/secrets/kubeflow/pipelines/token"
        mounted.parent.mkdir(parents=True)
        mounted.write_text(token)
    return environment(root, **variables)


def jwt(seconds: float = 86_400, **claims: Any) -> str:
    """Return a token that claims to live for `seconds` more."""
    told = {
        "sub": ACCOUNT,
        "aud": ["pipelines.kubeflow.org"],
        "iss": "https://cluster.example",
        "exp": int((datetime.now(timezone.utc) + timedelta(seconds=seconds)).timestamp()),
    }
    return ".".join((_part({"alg": "RS256"}), _part({**told, **claims}), "signature"))


def _part(data: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


class Transport:
    """Answers by URL (without its query), and remembers every request."""

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        self._replies = dict(replies)
        self._lock = threading.Lock()
        self.requests: list[Request] = []
        self.closed = False

    def send(self, request: Request) -> Answer:
        """Answer, or raise what was laid down; anything else is 404."""
        with self._lock:
            self.requests.append(request)
        reply = self._replies.get(request.url.partition("?")[0])
        if isinstance(reply, KfpConnectError):
            raise reply
        if callable(reply):
            return reply(request)
        return reply or Answer(404, request.url, [("content-type", "text/plain")], b"not found")

    def close(self) -> None:
        """Take note."""
        self.closed = True

    @property
    def asked(self) -> list[str]:
        """Method and URL of every request."""
        return [f"{request.method} {request.url}" for request in self.requests]

    def sent(self, header: str) -> list[str]:
        """Return the values sent of one header."""
        return [request.headers[header] for request in self.requests if header in request.headers]
