"""What the broker answers on its socket: leases, and what kernels and terminals ask for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from tornado import web

from ..core.auth.base import Given
from ..core.errors import KfpConnectError, error
from ..core.fields import check_namespace
from ..core.refused import LONGEST
from ..core.secret import Secret
from .broker_handler import BrokerHandler, text_of
from .describe import describe
from .diagnosing import diagnose, in_namespace
from .sign_ins import nobody_there

#: Seconds after which a cell that waits is told that it still does.
_LONGEST_WAIT = 20.0


class _Lease(BrokerHandler):
    async def post(self) -> None:
        body = self.body()
        live = await self.live()
        leasing = self.manager.leasing(live)
        # A call of a client that is there goes on to KFP's own answer; a new one is proven first.
        ask = leasing.proven if body.get("prove") else leasing.lease
        self.answer((await ask(_namespace(body))).to_dict())


class _Refused(BrokerHandler):
    async def post(self) -> None:
        body = self.body()
        generation = body.get("generation")
        if not isinstance(generation, int):
            raise error("bad-request", "generation: it is a number")
        live = await self.live("connection_id")
        leasing = self.manager.leasing(live)
        lease = await leasing.refused(generation, _namespace(body), _said(body))
        self.answer(lease.to_dict())


class _Answered(BrokerHandler):
    """What came of a kernel's call: a refusal, no answer of KFP, or data once more after one."""

    async def post(self) -> None:
        body = self.body()
        verdicts = self.manager.leasing(await self.live("connection_id")).verdicts
        status = body.get("status")
        if status in (400, 403):
            verdicts.refused(status, text_of(body, "body") or "")
        elif status == 0:
            verdicts.lost()
        elif status == 200:
            verdicts.served()
        else:
            raise error("bad-request", "status: it is 400 or 403, 200, or 0 for no answer")
        self.set_status(204)
        self.finish()


class _Holds(BrokerHandler):
    async def post(self) -> None:
        body = self.body()
        self.manager.kernels.take(body, self.manager.id_of(text_of(body, "connection")))
        self.set_status(204)
        self.finish()


class _Connections(BrokerHandler):
    async def get(self) -> None:
        self.answer(self.manager.overview())


class _Connect(BrokerHandler):
    async def post(self) -> None:
        body = self.body()
        live = await self.live()
        password = text_of(body, "password")
        given = Given(
            username=text_of(body, "username") if password else None,
            connector=text_of(body, "connector") if password else None,
            password=Secret(password) if password else None,
        )
        await asyncio.wait({live.start(given)})
        self.answer(describe(live))


class _Refresh(BrokerHandler):
    async def post(self) -> None:
        namespace, live = _namespace(self.body()), await self.live()
        session = live.session
        if session is not None and session.way == "dex":
            with suppress(KfpConnectError):  # the rungs tell
                await self.manager.leasing(live).refused(session.generation)
        if session is None or live.session is not None:
            await asyncio.wait({live.start(Given())})
        leasing = self.manager.leasing(live)
        self.answer(await in_namespace(describe(live), live, leasing, namespace))


class _Disconnect(BrokerHandler):
    async def post(self) -> None:
        live = await self.live()
        self.manager.disconnect(live)
        self.answer(describe(live))


class _Status(BrokerHandler):
    async def post(self) -> None:
        namespace, live = _namespace(self.body()), await self.live()
        leasing = self.manager.leasing(live)
        self.answer(await in_namespace(describe(live), live, leasing, namespace))


class _Diagnose(BrokerHandler):
    """As windows are told, and the fourth rung of the connection's kernels where one fails."""

    async def post(self) -> None:
        namespace, live = _namespace(self.body()), await self.live()
        key, leasing = live.entry.connection.id, self.manager.leasing(live)
        told = await in_namespace(await diagnose(live), live, leasing, namespace)
        holds = (hold for hold in self.manager.kernels.all() if hold.connection_id == key)
        fourth = [hold.rung.to_dict() for hold in holds if hold.state == "failed"]
        self.answer(told | {"in_notebooks": fourth})


class _SignIn(BrokerHandler):
    """A cell asks the window that has it open to come forward."""

    _interrupted = False

    async def post(self) -> None:
        kernel_id = text_of(self.body(), "kernel_id")
        live = await self.live()
        if kernel_id is None:
            raise nobody_there(live)
        waiting = await self.manager.sign_ins.want(live, kernel_id)
        if self._interrupted:
            self.manager.sign_ins.give_up(waiting.id)
        self.answer({"id": waiting.id, "connection": live.entry.connection.name})

    def on_connection_close(self) -> None:
        self._interrupted = True


class _SignInWait(BrokerHandler):
    """A cell asks how it ended; ``waiting`` after a while. One that hangs up has given up."""

    _sign_in = ""

    async def post(self) -> None:
        self._sign_in = text_of(self.body(), "id") or ""
        outcome = await self.manager.sign_ins.wait(self._sign_in, _LONGEST_WAIT)
        self.answer({"outcome": outcome})

    def on_connection_close(self) -> None:
        self.manager.sign_ins.give_up(self._sign_in)


class _SignInCancel(BrokerHandler):
    """A cell was interrupted, perhaps before it heard its id; that it is known is no error."""

    async def post(self) -> None:
        body, sign_ins = self.body(), self.manager.sign_ins
        kernel_id = text_of(body, "kernel_id")
        if kernel_id is not None:
            sign_ins.forget(kernel_id)
        sign_ins.give_up(text_of(body, "id") or "")
        self.answer({"outcome": "cancelled"})


class _Alive(BrokerHandler):
    """Never answers: a kernel that ends, however it ends, closes the connection at once."""

    def initialize(self) -> None:
        self._kernel_id: str | None = None
        self._ended = asyncio.Event()

    async def post(self) -> None:
        kernel_id = text_of(self.body(), "kernel_id")
        if kernel_id is None:
            raise error("bad-request", "kernel_id: it is missing")
        self.manager.kernels.came(kernel_id)
        self._kernel_id = kernel_id
        await self._ended.wait()

    def on_connection_close(self) -> None:
        self._ended.set()
        if self._kernel_id is not None and self.manager.kernels.went(self._kernel_id):
            self.manager.kernel_ended(self._kernel_id)


class _Missing(BrokerHandler):
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
    text = text_of(body, "namespace")
    return check_namespace("namespace", text) if text else None


def _said(body: dict[str, Any]) -> tuple[int, bytes] | None:
    """Return status and body of the answer that refused; an older kernel does not tell them."""
    status, text = body.get("status"), text_of(body, "body") or ""
    return (status, text[:LONGEST].encode()) if isinstance(status, int) else None
