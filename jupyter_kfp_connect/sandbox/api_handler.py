"""Base of the handlers that play KFP's API server."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tornado.web import HTTPError

from .access import ResourceAttributes
from .faults import UNAUTHENTICATED, KfpFault, invalid, not_in_sandbox
from .gates import GatedHandler
from .listing import ListOptions, Row
from .resources import Json


class ApiHandler(GatedHandler):
    """Answers JSON, and faults in KFP's form."""

    def check_etag_header(self) -> bool:
        """KFP has no entity tags."""
        return False

    def compute_etag(self) -> None:
        """KFP has no entity tags."""

    @property
    def multi_user(self) -> bool:
        """Whether namespaces count."""
        return not self.cluster.options.single_user

    def namespace(self) -> str:
        """Return the namespace asked for; a standalone install ignores it."""
        return self.query("namespace") if self.multi_user else ""

    async def authorize(self, namespace: str, verb: str, resource: str, name: str = "") -> None:
        """Let the visitor pass, or raise the fault."""
        attributes = ResourceAttributes(namespace, verb, resource, name)
        await self.cluster.authorize(self.visitor, attributes)

    def answer_list(self, rows: Iterable[Row], key: str) -> None:
        """Finish with the page of a list that the query asks for."""
        self.answer(ListOptions.parse(self.query).page(rows, key))

    def json_body(self) -> Json:
        """Return the body's JSON object.

        Raises
        ------
        KfpFault
            400 where there is none.
        """
        try:
            body = json.loads(self.request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise KfpFault(3, "The request's body is no JSON object")
        return body

    def text_of(self, body: Json, key: str) -> str:
        """Return a text out of a body; empty where there is none."""
        value = body.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise invalid(f"{key} is no text")
        return value

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Finish with the fault's body, and for 401 with its message as the challenge."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, KfpFault):
            if error.code == UNAUTHENTICATED:
                self.set_header("WWW-Authenticate", _header_text(error.text))
            self.answer(error.body(), error.status)
        elif isinstance(error, HTTPError) and error.status_code == 405:
            missing = not_in_sandbox(f"{self.request.method} {self.request.path}")
            self.answer(missing.body(), missing.status)
        else:
            super().write_error(status_code, **kwargs)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log bugs, not faults."""
        if not isinstance(value, KfpFault):
            super().log_exception(typ, value, tb)


class HealthzHandler(ApiHandler):
    """`healthz`: needs no credentials (`kfp-healthz-*.json`)."""

    def get(self) -> None:
        """Say what this is."""
        self.answer(
            {
                "commit_sha": "unknown",
                "tag_name": "sandbox",
                "multi_user": self.multi_user,
                "pipeline_store": "database",
            }
        )


class UnknownHandler(ApiHandler):
    """A path that KFP does not serve either (`kfp-unknown-path.json`)."""

    async def prepare(self) -> None:
        """Say so, whatever the method."""
        await super().prepare()
        if not self._finished:
            self.answer({"code": 5, "message": "Not Found"}, 404)


class MissingHandler(ApiHandler):
    """A path that KFP serves and the sandbox does not."""

    async def prepare(self) -> None:
        """Say so, whatever the method."""
        await super().prepare()
        if not self._finished:
            raise not_in_sandbox(f"{self.request.method} {self.request.path}")


def _header_text(text: str) -> str:
    """Return a text fit for a header: names from a request may hold anything."""
    plain = text.encode("ascii", "backslashreplace").decode()
    return "".join(character if character.isprintable() else " " for character in plain)
