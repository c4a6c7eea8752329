"""What every handler of the sandbox does: says what it is, keeps strangers out, counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, HTTPError, RequestHandler

from .cluster import Cluster

MARK = "Kubeflow-Sandbox"
"""The response header that every answer carries."""

TEMPLATES = Path(__file__).parent / "templates"

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

# The pages have a style sheet of their own and nothing else: no script, no address outside.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class SandboxHandler(RequestHandler):
    """Base of all handlers."""

    def __init__(
        self,
        application: Application,
        request: HTTPServerRequest,
        *,
        cluster: Cluster,
        **kwargs: Any,
    ) -> None:
        self.cluster = cluster
        super().__init__(application, request, **kwargs)

    def set_default_headers(self) -> None:
        """Mark every answer."""
        self.set_header("Server", "jupyter-kfp-connect-sandbox")
        self.set_header(MARK, "a look-alike for trying things out; nothing here is real")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:
        """Count the request, and refuse a foreign Host: a web page must not reach in here.

        A page of another site can have its own name resolve to loopback (DNS rebinding), and the
        Host header is what gives that away.
        """
        self.cluster.count(self.request.method or "", self.request.path)
        name = self.request.host_name.strip("[]").lower()
        if name not in (*_LOOPBACK_NAMES, *self.cluster.options.allowed_hosts):
            raise HTTPError(403)

    def query(self, name: str) -> str:
        """Return a query argument, or an empty text."""
        return self.get_query_argument(name, "")

    def answer(self, body: Any, status: int = 200) -> None:
        """Finish with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body, separators=(",", ":")))

    def answer_text(self, text: str, status: int = 200) -> None:
        """Finish with plain text."""
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(text)

    def page(self, template: str, status: int = 200, **names: Any) -> None:
        """Finish with a page."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", _PAGE_POLICY)
        self.set_header("Referrer-Policy", "no-referrer")
        self.finish(self.render_string(template, **names))

    def put_cookie(self, name: str, value: str, max_age: float) -> None:
        """Set a cookie in oauth2-proxy's own words; an age of 0 clears it."""
        self.add_header("Set-Cookie", f"{name}={value}; Path=/; Max-Age={int(max_age)}; HttpOnly")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Finish with a line of plain text; never a traceback."""
        self.answer_text(f"{status_code} {self._reason}\n", status_code)

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what is a bug; tornado would log addresses, with codes in them, for the rest."""
        if not isinstance(value, HTTPError):
            super().log_exception(typ, value, tb)


class InfoHandler(SandboxHandler):
    """`/_sandbox/info`: what this sandbox is."""

    def initialize(self, info: Mapping[str, Any]) -> None:
        """Take what there is to say."""
        self.info = info

    def get(self) -> None:
        """Say it."""
        self.answer(dict(self.info))


class RequestsHandler(SandboxHandler):
    """`/_sandbox/requests`: how often each path was asked for, as `{"GET /path": count}`."""

    def get(self) -> None:
        """Answer the counts."""
        self.answer(dict(self.cluster.requests))
