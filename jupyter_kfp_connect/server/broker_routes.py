"""What the broker answers on its socket: leases, and what kernels and terminals ask for."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

from tornado import web

from ..core.auth.base import Given
from ..core.errors import KfpConnectError, error
from ..core.fields import check_namespace
from ..core.secret import Secret
from .describe import describe
from .diagnosing import diagnose
from .live import Live
from .manager import Manager
from .sign_ins import nobody_there
from .verdicts import LONGEST

#: Seconds after which a cell that waits is told that it still does.
_LONGEST_WAIT = 20.0


class _Handler(web.RequestHandler):
    """Base of the broker's routes: who asks, and the envelope."""

    SUPPORTED_METHODS = ("GET", "POST")

    @property
    def manager(self) -> Manager:
        manager: Manager = self.settings["manager"]
        return manager

    def prepare(self) -> None:
        given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.settings["broker_secret"].encode()):
            raise error("not-allowed", "the broker's secret is not this one")
        peer = peer_uid(self.request.connection.stream.socket)  # type: ignore[union-attr]
        if peer is not None and peer != os.getuid():
            raise error("not-allowed", "another user's processes are not served")

    def body(self) -> dict[str, Any]:
        try:
            data = json.loads(self.request.body or b"{}")
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise error("bad-request", "the body: it is no JSON object")
        return data

    async def live(self, key: str = "connection") -> Live:
        """Return the connection that the body names under `key`, or the default."""
        name = _text(self.body(), key)
        return self.manager.live(name) if name else await self.manager.default_live()

    def answer(self, data: Any, status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        problem = (kwargs.get("exc_info") or (None, None, None))[1]
        if not isinstance(problem, KfpConnectError):
            known = status_code in (404, 405)
            problem = error("bad-request" if known else "unexpected", "the broker cannot do that")
        status = {"not-allowed": 403, "unknown-connection": 404, "bad-request": 400}
        self.answer({"error": problem.to_dict()}, status.get(problem.code, 409))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, KfpConnectError):
            super().log_exception(typ, value, tb)


class _Lease(_Handler):
    async def post(self) -> None:
        body = self.body()
        live = await self.live()
        leasing = self.manager.leasing(live)
        # A call of a client that is there goes on to KFP's own answer; a new one is proven first.
        ask = leasing.proven if body.get("prove") else leasing.lease
        self.answer((await ask(_namespace(body))).to_dict())


class _Refused(_Handler):
    async def post(self) -> None:
        body = self.body()
        generation = body.get("generation")
        if not isinstance(generation, int):
            raise error("bad-request", "generation: it is a number")
        live = await self.live("connection_id")
        leasing = self.manager.leasing(live)
        lease = await leasing.refused(generation, _namespace(body), _said(body))
        self.answer(lease.to_dict())


class _Answered(_Handler):
    """What KFP answered to a kernel's call: a 403, or data once more after one."""

    async def post(self) -> None:
        body = self.body()
        verdicts = self.manager.leasing(await self.live("connection_id")).verdicts
        if body.get("status") == 403:
            verdicts.refused((_text(body, "body") or "")[:LONGEST])
        elif body.get("status") == 200:
            verdicts.served()
        else:
            raise error("bad-request", "status: it is 403 or 200")
        self.set_status(204)
        self.finish()


class _Holds(_Handler):
    async def post(self) -> None:
        body = self.body()
        self.manager.kernels.take(body, self.manager.id_of(_text(body, "connection")))
        self.set_status(204)
        self.finish()


class _Connections(_Handler):
    async def get(self) -> None:
        self.answer(self.manager.overview())


class _Connect(_Handler):
    async def post(self) -> None:
        body = self.body()
        live = await self.live()
        password = _text(body, "password")
        given = Given(
            username=_text(body, "username") if password else None,
            connector=_text(body, "connector") if password else None,
            password=Secret(password) if password else None,
        )
        await asyncio.wait({live.start(given)})
        self.answer(describe(live))


class _Refresh(_Handler):
    async def post(self) -> None:
        live = await self.live()
        session = live.session
        if session is not None and session.way == "dex":
            with suppress(KfpConnectError):  # the rungs tell
                await self.manager.leasing(live).refused(session.generation)
        if session is None or live.session is not None:
            await asyncio.wait({live.start(Given())})
        self.answer(describe(live))


class _Disconnect(_Handler):
    async def post(self) -> None:
        live = await self.live()
        self.manager.disconnect(live)
        self.answer(describe(live))


class _Status(_Handler):
    async def post(self) -> None:
        self.answer(describe(await self.live()))


class _Diagnose(_Handler):
    """As windows are told, and the fourth rung of the connection's kernels where one fails."""

    async def post(self) -> None:
        live = await self.live()
        told, key = await diagnose(live), live.entry.connection.id
        holds = (hold for hold in self.manager.kernels.all() if hold.connection_id == key)
        fourth = [hold.rung.to_dict() for hold in holds if hold.state == "failed"]
        self.answer(told | {"in_notebooks": fourth})


class _SignIn(_Handler):
    """A cell asks the window that has it open to come forward."""

    _interrupted = False

    async def post(self) -> None:
        kernel_id = _text(self.body(), "kernel_id")
        live = await self.live()
        if kernel_id is None:
            raise nobody_there(live)
        waiting = await self.manager.sign_ins.want(live, kernel_id)
        if self._interrupted:
            self.manager.sign_ins.give_up(waiting.id)
        self.answer({"id": waiting.id, "connection": live.entry.connection.name})

    def on_connection_close(self) -> None:
        self._interrupted = True


class _SignInWait(_Handler):
    """A cell asks how it ended; ``waiting`` after a while. One that hangs up has given up."""

    _sign_in = ""

    async def post(self) -> None:
        self._sign_in = _text(self.body(), "id") or ""
        outcome = await self.manager.sign_ins.wait(self._sign_in, _LONGEST_WAIT)
        self.answer({"outcome": outcome})

    def on_connection_close(self) -> None:
        self.manager.sign_ins.give_up(self._sign_in)


class _SignInCancel(_Handler):
    """A cell was interrupted, perhaps before it heard its id; that it is known is no error."""

    async def post(self) -> None:
        body, sign_ins = self.body(), self.manager.sign_ins
        kernel_id = _text(body, "kernel_id")
        if kernel_id is not None:
            sign_ins.forget(kernel_id)
        sign_ins.give_up(_text(body, "id") or "")
        self.answer({"outcome": "cancelled"})


class _Alive(_Handler):
    """Never answers: a kernel that ends, however it ends, closes the connection at once."""

    def initialize(self) -> None:
        self._kernel_id: str | None = None
        self._ended = asyncio.Event()

    async def post(self) -> None:
        kernel_id = _text(self.body(), "kernel_id")
        if kernel_id is None:
            raise error("bad-request", "kernel_id: it is missing")
        self.manager.kernels.came(kernel_id)
        self._kernel_id = kernel_id
        await self._ended.wait()

    def on_connection_close(self) -> None:
        self._ended.set()
        if self._kernel_id is not None and self.manager.kernels.went(self._kernel_id):
            self.manager.kernel_ended(self._kernel_id)


class _Missing(_Handler):
    def prepare(self) -> None:
        super().prepare()
        raise error("bad-request", f"{self.request.path}: the broker has no such thing")


def broker_routes() -> list[tuple[str, type[web.RequestHandler]]]:
    """Return every path and its handler."""
    return [
        ("/lease", _Lease),
        ("/refused", _Refused),
        ("/answered", _Answered),
        ("/holds", _Holds),
        ("/connections", _Connections),
        ("/connect", _Connect),
        ("/refresh", _Refresh),
        ("/disconnect", _Disconnect),
        ("/status", _Status),
        ("/diagnose", _Diagnose),
        ("/sign-in", _SignIn),
        ("/sign-in/wait", _SignInWait),
        ("/sign-in/cancel", _SignInCancel),
        ("/alive", _Alive),
        (".*", _Missing),
    ]


def _namespace(body: dict[str, Any]) -> str | None:
    text = _text(body, "namespace")
    return check_namespace("namespace", text) if text else None


def _said(body: dict[str, Any]) -> tuple[int, bytes] | None:
    """Return status and body of the answer that refused; an older kernel does not tell them."""
    status, text = body.get("status"), _text(body, "body") or ""
    return (status, text[:LONGEST].encode()) if isinstance(status, int) else None


def _text(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise error("bad-request", f"{key}: it is not a text")
    return value or None


def peer_uid(connection: socket.socket) -> int | None:
    """Return the user at the other end, ``None`` where the system does not tell."""
    if sys.platform != "linux":
        return None  # the folder's mode keeps others out
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", packed)[1])
