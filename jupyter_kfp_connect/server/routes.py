"""The REST routes. They translate; what happens is the manager's."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from ..core.auth.base import Given
from ..core.connection import no_such_field
from ..core.errors import error
from ..core.secret import Secret
from .around import look_around
from .describe import describe
from .handlers import Handler, settled, told
from .inquiry_routes import DiagnoseHandler, ManifestHandler, OverviewHandler
from .kernel_routes import KernelHandler, KernelsHandler, SignInHandler
from .keychain import Remember

_NAME = r"(?P<name>[^/]+)"
_SECRETS = ("password", "token", "cookies")
_KNOWN = frozenset({"username", "connector", "remember", "login_host", "kind", *_SECRETS})
_LONGEST_WAIT = 60.0


class ConnectionsHandler(Handler):
    """``connections``: all of them, from memory, at once."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        self.manager.keychain.look_soon(lambda: self.manager.events.emit("connections"))
        self.answer(self.manager.overview())


class ConnectionHandler(Handler):
    """``connections/{name}``: one of the user's own."""

    @web.authenticated
    @authorized
    async def put(self, name: str) -> None:
        live, made = self.manager.put(name, self.body(), await self.may_execute())
        self.answer(describe(live), 201 if made else 200)

    @web.authenticated
    @authorized
    async def delete(self, name: str) -> None:
        await self.manager.delete(name)
        self.set_status(204)
        self.finish()


class ConnectHandler(Handler):
    """``connections/{name}/connect``: climbs the ladder; a rung that does not hold is a 200."""

    @web.authenticated
    @authorized
    async def post(self, name: str) -> None:
        live = self.manager.live(name)
        seconds = self._wait()
        body = self.body()
        given, remember = _given(body)
        if body.get("login_host") is not None:
            self.manager.allow_login_host(live, body["login_host"])
            task = live.resume()
        else:
            task = live.start(given, remember)
        done = await settled(task, seconds)
        self.answer(describe(live), 200 if done else 202)

    def _wait(self) -> float:
        text = self.get_query_argument("wait", "10")
        try:
            seconds = float(text)
        except ValueError:
            raise error("bad-request", "wait: it is not a number") from None
        if not 0 <= seconds <= _LONGEST_WAIT:
            raise error("bad-request", f"wait: give 0 to {_LONGEST_WAIT:g} seconds")
        return seconds


class CancelHandler(Handler):
    """``connections/{name}/cancel``: gives up, at once."""

    @web.authenticated
    @authorized
    async def post(self, name: str) -> None:
        live = self.manager.live(name)
        live.give_up()
        self.answer(describe(live))


class DisconnectHandler(Handler):
    """``connections/{name}/disconnect``: forgets session and password, in every kernel too."""

    @web.authenticated
    @authorized
    async def post(self, name: str) -> None:
        live = self.manager.live(name)
        self.manager.disconnect(live)
        self.answer(describe(live))


class DefaultHandler(Handler):
    """``default``: which one is meant where none is named."""

    @web.authenticated
    @authorized
    async def put(self) -> None:
        name = self.body().get("name")
        if not isinstance(name, str):
            raise error("bad-request", "name: it is missing")
        self.answer({"name": self.manager.set_default(name)})


class DetectHandler(Handler):
    """``detect``: looks around, without a credential."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        lives, seen = await look_around(self.manager)
        attempts = [asdict(attempt) for attempt in seen.attempts]
        self.answer({"found": told(lives), "attempts": attempts})


class SandboxHandler(Handler):
    """``sandbox``: the server's own, started and stopped."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        live = await self.manager.start_sandbox()
        if live.session is None:
            # Its front door is on this very machine: the form can be there at once.
            await settled(live.start(Given()), _LONGEST_WAIT)
        self.answer(describe(live))

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        await self.manager.stop_sandbox()
        self.set_status(204)
        self.finish()


def _given(body: dict[str, Any]) -> tuple[Given, Remember]:
    """Return what a connect request gives, its secrets wrapped at once."""
    for key, value in body.items():
        if key not in _KNOWN:
            raise no_such_field(key, sorted(_KNOWN))
        if value is not None and not isinstance(value, str):
            raise error("bad-request", f"{key}: it is not a text")
    if body.get("kind") not in (None, "password", "token", "cookie"):
        raise error("bad-request", "kind: this version signs in by password, token or cookie")
    remember: Remember = body.get("remember") or "server"
    if remember not in get_args(Remember):
        raise error("bad-request", f"remember: it is one of {', '.join(get_args(Remember))}")
    secrets = {key: Secret(body[key]) for key in _SECRETS if body.get(key)}
    given = Given(
        body.get("username") or None, body.get("connector") or None, *map(secrets.get, _SECRETS)
    )
    # A user name or a connector alone is kept for the form, and starts nothing of its own.
    return (given if secrets else Given()), remember


def routes(base_url: str) -> list[tuple[str, type[Handler]]]:
    """Return every route and its handler."""
    table: list[tuple[str, type[Handler]]] = [
        ("connections", ConnectionsHandler),
        (f"connections/{_NAME}", ConnectionHandler),
        (f"connections/{_NAME}/connect", ConnectHandler),
        (f"connections/{_NAME}/cancel", CancelHandler),
        (f"connections/{_NAME}/disconnect", DisconnectHandler),
        ("default", DefaultHandler),
        ("detect", DetectHandler),
        (f"connections/{_NAME}/diagnose", DiagnoseHandler),
        (f"connections/{_NAME}/overview", OverviewHandler),
        ("kernels", KernelsHandler),
        (r"kernels/(?P<kernel_id>[\w-]+)", KernelHandler),
        (r"sign-ins/(?P<sign_in>[\w-]+)", SignInHandler),
        (r"manifests/(?P<kind>[\w-]+)", ManifestHandler),
        ("sandbox", SandboxHandler),
    ]
    return [
        (url_path_join(base_url, "jupyter-kfp-connect", path), handler) for path, handler in table
    ]
