"""A sign-in played without a server: requests come out, laid-down answers go in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from jupyter_kfp_connect.core.auth.dex import Arrived, Asked, Login, SignIn
from jupyter_kfp_connect.core.connection import Connection
from jupyter_kfp_connect.core.http import Answer, Request
from jupyter_kfp_connect.core.secret import Secret

from .answers import (
    CSRF,
    CSRF_GONE,
    HEALTHZ,
    ORIGIN,
    SESSION,
    healthz,
    page,
    recorded,
    signed_out,
    to,
)
from .fakes import PASSWORD, USER, connection

START = f"{ORIGIN}/oauth2/start"
AUTH = f"{ORIGIN}/dex/auth"
CALLBACK = f"{ORIGIN}/oauth2/callback"
FORM = f"{AUTH}/local/login?back=&state=STATE"

#: From the start to Dex's form, as oauth2-proxy 7.15 and Dex 2.45.1 lead there.
TO_FORM = (
    to(START, "/dex/auth?client_id=c&state=s", CSRF),
    to(f"{AUTH}?client_id=c&state=s", "/dex/auth/local?client_id=c&state=s"),
    to(f"{AUTH}/local?client_id=c&state=s", "/dex/auth/local/login?back=&state=STATE"),
    recorded("dex-login-page"),
)
ACCEPTED = to(FORM, "/oauth2/callback?code=c&state=s", status=303)
BACK = to(CALLBACK, "/pipeline/apis/v2beta1/healthz", CSRF_GONE, SESSION)
#: From the right password to healthz.
ARRIVAL = (ACCEPTED, BACK, healthz())


class Script:
    """A flow and the answers that it gets, in their order.

    Each answer says which address it belongs to; a flow that asks for another fails the test.
    """

    def __init__(
        self, made: Connection | None = None, login: Login | None = None, **who: str | None
    ) -> None:
        if login is None and who.pop("asks", None) is None:
            login = Login(USER, Secret(PASSWORD), who.get("connector"))
        self.sign_in = SignIn(made or connection(), login)
        self.requests: list[Request] = []

    def run(self, *answers: Answer, first: Answer | None = None) -> Arrived | Asked:
        """Play them all; return where the flow ends."""
        flow = self.sign_in.walk(signed_out() if first is None else first)
        waiting = list(answers)
        try:
            request = next(flow)
            while True:
                self.requests.append(request)
                assert waiting, f"one request too many: {request.method} {request.url}"
                reply = waiting.pop(0)
                assert request.url.partition("?")[0] == reply.url.partition("?")[0]
                request = flow.send(reply)
        except StopIteration as done:
            assert not waiting, f"never asked for: {waiting[0].url}"
            result: Arrived | Asked = done.value
            return result
        finally:
            flow.close()

    def arrive(self, *answers: Answer, first: Answer | None = None) -> Arrived:
        """Play them all; the sign-in succeeds."""
        end = self.run(*answers, first=first)
        assert isinstance(end, Arrived)
        assert "oauth2_proxy_kubeflow=session-1" in (end.cookies.header(HEALTHZ) or "")
        return end

    @property
    def posts(self) -> list[Request]:
        """The requests with a form."""
        return [request for request in self.requests if request.form is not None]

    @property
    def passwords(self) -> list[Request]:
        """The requests that carry the password."""
        return [request for request in self.posts if PASSWORD in (request.form or {}).values()]

    def query(self, index: int) -> dict[str, Any]:
        """Return the query of one request."""
        return parse_qs(urlsplit(self.requests[index].url).query)


def chooser(*connectors: str, **types: str) -> Answer:
    """Return Dex's page of several connectors; of those with a type it shows the type's sign."""

    def sign(kind: str) -> str:
        return f'<button class="dex-btn"><span class="dex-btn-icon dex-btn-icon--{kind}"></span>'

    marks = dict.fromkeys(connectors, "") | {name: sign(kind) for name, kind in types.items()}
    links = "".join(
        f'<a href="/dex/auth/{name}?client_id=c&amp;state=s">{mark}Log in with {name.upper()}</a>'
        for name, mark in marks.items()
    )
    return page(f"{AUTH}?client_id=c&state=s", links)
