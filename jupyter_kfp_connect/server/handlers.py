"""What every route shares: one envelope for errors, bodies that no log sees."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web

from ..core.codes import CODES
from ..core.errors import KfpConnectError, error
from .describe import describe
from .kernels import Kernels
from .live import Live
from .manager import Manager

#: Where the extension keeps its manager in the web application's settings.
MANAGER = "kfp_connect_manager"
RESOURCE = "kfp_connect"

_STATUS = {
    "unknown-connection": 404,
    "locked": 409,
    "busy": 409,
    "not-allowed": 403,
    "not-json": 415,
    "file-unreadable": 409,
    "file-unwritable": 409,
    "unexpected": 500,
}
#: What tornado and jupyter_server raise themselves, in our words.
_CODES = {
    400: ("bad-request", "the request makes no sense"),
    403: ("not-allowed", "the request is not allowed"),
    404: ("unknown-connection", "there is nothing at this address"),
    405: ("bad-request", "that method does not go with this address"),
    413: ("bad-request", "the request is too large"),
    415: ("not-json", "the request is not JSON"),
}


class Handler(ExtensionHandlerMixin, APIHandler):
    """Base of the routes. Errors of ours become the envelope and their status."""

    auth_resource = RESOURCE

    @property
    def manager(self) -> Manager:
        """The connections."""
        manager: Manager = self.settings[MANAGER]
        return manager

    @property
    def holds(self) -> Kernels:
        """Who holds what."""
        return self.manager.kernels

    async def may_execute(self) -> bool:
        """Return whether the user may also run code in kernels."""
        allowed = self.authorizer.is_authorized(self, self.current_user, "execute", "kernels")
        return bool(await ensure_async(allowed))

    def body(self) -> dict[str, Any]:
        """Return the request's JSON object.

        jupyter_server's own ``get_json_body`` logs a body that it cannot read: a password in it
        would be in the log.

        Raises
        ------
        RequestError
            ``not-json``, ``bad-request``.
        """
        if not self.request.body:
            return {}
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise error("not-json", "the request is not JSON")
        try:
            data = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise error("bad-request", "the body: it is no JSON") from None
        if not isinstance(data, dict):
            raise error("bad-request", "the body: it is not an object")
        return data

    def answer(self, data: Any, status: int = 200) -> None:
        """Send `data` as JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send the envelope; what our errors say never reaches tornado's own reason line."""
        problem = (kwargs.get("exc_info") or (None, None, None))[1]
        if isinstance(problem, KfpConnectError):
            self.set_status(_STATUS.get(problem.code, 409 if _is_rung(problem) else 400))
        else:
            code, message = _CODES.get(status_code, ("unexpected", "the request failed"))
            problem = error(code, message)
            self.set_status(status_code)
        self.answer(envelope(problem), self.get_status())

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log nothing for errors of ours: they are answers."""
        if not isinstance(value, (KfpConnectError, web.HTTPError)):
            super().log_exception(typ, value, tb)


def _is_rung(problem: KfpConnectError) -> bool:
    """Whether a rung does not hold, rather than the request: a wrong host is a wrong field."""
    return problem.rung is not None and problem.code != "bad-host"


def envelope(problem: KfpConnectError) -> dict[str, Any]:
    """Return the error as the wire contract has it."""
    assert problem.code in CODES
    told = problem.to_dict()
    return {"error": {key: told[key] for key in ("code", "message", "remedy", "retryable")}}


async def settled(task: asyncio.Task[None], seconds: float) -> bool:
    """Wait for an attempt, `seconds` at most; it goes on when they are over.

    Returns
    -------
    bool
        Whether it is done.
    """
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)


def told(lives: Sequence[Live]) -> list[dict[str, Any]]:
    """Return CONNECTIONs."""
    return [describe(live) for live in lives]
