"""Who a visitor is: one gate for each way that a KFP API can be reached."""

from __future__ import annotations

from typing import Protocol

from .access import Visitor
from .handlers import SandboxHandler
from .sessions import SESSION_COOKIE
from .tokens import TokenRefused


class Gate(Protocol):
    """Decides who a visitor is."""

    async def admit(self, handler: SandboxHandler) -> Visitor | None:
        """Return the visitor; None where the gate has answered the request itself."""


class OpenGate:
    """A standalone install: everybody is nobody."""

    async def admit(self, handler: SandboxHandler) -> Visitor:
        """Let everybody in."""
        return Visitor()


class IdentityGate:
    """The bare API server, behind a gateway that sets `kubeflow-userid`, or with a token."""

    async def admit(self, handler: SandboxHandler) -> Visitor:
        """Let everybody in, and let KFP decide on every call."""
        user = handler.request.headers.get("kubeflow-userid")
        if user:
            return Visitor(user)
        scheme, _, token = handler.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return Visitor()
        try:
            return Visitor(await handler.cluster.review(token.strip()))
        except TokenRefused as refused:
            return Visitor(token_complaint=str(refused))


class SessionGate:
    """The front door: a session cookie, or the sign-in page (pages) and 401 (API paths).

    A `kubeflow-userid` header from outside means nothing here.
    """

    async def admit(self, handler: SandboxHandler) -> Visitor | None:
        """Let in whoever has a session."""
        cookie = handler.get_cookie(SESSION_COOKIE)
        user = handler.cluster.sessions.user_of(cookie) if cookie else None
        if user is not None:
            return Visitor(user)
        if cookie:
            handler.put_cookie(SESSION_COOKIE, "", 0)
        if _is_api(handler):
            handler.answer({}, 401)
        else:
            handler.page("sign_in.html", 403, target=handler.request.uri)
        return None


def _is_api(handler: SandboxHandler) -> bool:
    """Return whether oauth2-proxy takes a request for an API call (`api_routes`, or AJAX)."""
    path = handler.request.path
    return (
        "/api/" in path
        or "/apis/" in path
        or path.startswith("/ml_metadata")
        or "application/json" in handler.request.headers.get_list("Accept")
    )


class GatedHandler(SandboxHandler):
    """A handler that knows who asks."""

    visitor: Visitor

    def initialize(self, gate: Gate) -> None:
        """Take the gate."""
        self.gate = gate

    async def prepare(self) -> None:
        """Find out who asks, before anything else is looked at."""
        await super().prepare()
        visitor = await self.gate.admit(self)
        if visitor is not None:
            self.visitor = visitor
