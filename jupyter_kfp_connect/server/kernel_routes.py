"""Routes about kernels: the fourth rung, and cells that wait for a person."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..core.errors import error
from .handlers import Handler
from .live import Live
from .reports import problem_of


class KernelsHandler(Handler):
    """``kernels``: the fourth rung of every kernel that told."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.answer([self._one(hold) for hold in self.holds.all()])

    def _one(self, hold: Any) -> dict[str, Any]:
        live = self._live(hold.connection_id)
        rung = hold.rung
        over = live.disconnected if live is not None else hold.connection_id is not None
        if hold.state != "failed" and over:
            rung = rung.failed(error("disconnected", "the connection was disconnected"))
        session = live.session if live is not None else None
        facts = session.facts if session is not None else None
        own = live.entry.connection.namespace if live is not None else None
        return {
            "kernel_id": hold.kernel_id,
            "connection": live.entry.connection.name if live is not None else None,
            "namespace": hold.namespace or own or (facts.namespace if facts else None),
            "signed_in_as": facts.signed_in_as if facts else None,
            "variable": hold.variable,
            "generation": hold.generation,
            "rung": rung.to_dict(),
        }

    def _live(self, connection_id: str | None) -> Live | None:
        known = self.manager.id_of(connection_id) if connection_id else None
        return self.manager.live(known) if known else None


class KernelHandler(Handler):
    """``kernels/{id}``: what a window found out about a kernel that cannot tell by itself."""

    @web.authenticated
    @authorized
    async def post(self, kernel_id: str) -> None:
        body = self.body()
        for key in ("variable", "connection", "code", "python", "version"):
            if not isinstance(body.get(key), str | None):
                raise error("bad-request", f"{key}: it is not a text")
        told = {
            "kernel_id": kernel_id,
            "variable": body.get("variable"),
            "state": "failed",
            "error": problem_of(body).to_dict(),
        }
        self.holds.take(told, self.manager.id_of(body.get("connection")))
        self.set_status(204)
        self.finish()


class SignInHandler(Handler):
    """``sign-ins/{id}``: a window answers a cell that waits."""

    @web.authenticated
    @authorized
    async def post(self, sign_in: str) -> None:
        action = self.body().get("action")
        sign_ins = self.manager.sign_ins
        if action == "seen":
            sign_ins.seen(sign_in)
        elif action == "cancel":
            sign_ins.cancel(sign_in)
        elif action == "left":
            await sign_ins.left(sign_in)
        else:
            raise error("bad-request", "action: it is “seen”, “cancel” or “left”")
        self.set_status(204)
        self.finish()
