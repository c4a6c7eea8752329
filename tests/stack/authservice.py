"""A stand-in for oidc-authservice, the front door of older Kubeflows, before the real Dex.

No package of it can be had. As the real one: any page or call without a session is redirected to
Dex at once, ``/login/oidc`` takes visitors back, and the session is the cookie
``authservice_session``, which says nothing of its end.
"""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.stack import dex
from tests.stack.stack import Stack
from tests.stack.stand_in import Quiet, StandIn, running

COOKIE_NAME = "authservice_session"
STATE_COOKIE = "oidc_state_csrf"
PASSED_ON = ("Content-Type", "Location", "Set-Cookie")


class StandInAuthService(StandIn):
    """The front door, the sessions that it gave, and how often a password came by."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(_Door)
        self.stack = stack
        self.sessions: set[str] = set()
        self.begun: dict[str, str] = {}  # a sign-in's state: the path that it is to end at
        self.sign_ins = 0

    @property
    def host(self) -> str:
        """What a user types."""
        return f"http://localhost:{self.server_port}/pipeline"

    def end_sessions(self) -> None:
        """Forget every session, as its pod does that is started anew."""
        self.sessions.clear()


def stand_in_authservice(stack: Stack) -> AbstractContextManager[StandInAuthService]:
    """Run the front door before a stack's Dex and KFP API while the block lasts."""
    return running(StandInAuthService(stack))


class _Door(Quiet):
    server: StandInAuthService

    def do_GET(self) -> None:
        """Let Dex's pages and whoever has a session through; send others to Dex."""
        stack = self.server.stack
        path = urlsplit(self.path).path
        if path.startswith("/dex/"):
            self.server.sign_ins += self.command == "POST" and path.endswith("/login")
            self._relay(stack.dex_issuer.removesuffix("/dex"), {})
        elif path == dex.OLDER_CALLBACK:
            self._come_back()
        elif self._cookie(COOKIE_NAME) in self.server.sessions:
            self.path = self.path.removeprefix("/pipeline")
            self._relay(stack.api_host, {"kubeflow-userid": stack.username})
        else:
            self._send_to_dex()

    do_POST = do_GET

    def _send_to_dex(self) -> None:
        state = secrets.token_urlsafe(16)
        self.server.begun[state] = self.path
        query = {
            "client_id": dex.CLIENT_ID,
            "redirect_uri": dex.OLDER_CALLBACK,
            "response_type": "code",
            "scope": "openid email",
            "state": state,
        }
        self._redirect(f"/dex/auth?{urlencode(query)}", f"{STATE_COOKIE}={state}; Path=/")

    def _come_back(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        state = query["state"][0]
        if state != self._cookie(STATE_COOKIE) or state not in self.server.begun:
            self._answer(requests.codes.forbidden, {}, b"CSRF check failed.")
            return
        stack = self.server.stack
        token = requests.post(
            f"{stack.dex_issuer}/token",
            auth=(dex.CLIENT_ID, stack.client_secret),
            data={
                "grant_type": "authorization_code",
                "code": query["code"][0],
                "redirect_uri": dex.OLDER_CALLBACK,
            },
            timeout=10,
        )
        token.raise_for_status()
        session = secrets.token_urlsafe(16)
        self.server.sessions.add(session)
        there = self.server.begun.pop(state)
        self._redirect(there, f"{COOKIE_NAME}={session}; Path=/; HttpOnly")

    def _relay(self, origin: str, more: dict[str, str]) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kept = ("Accept", "Content-Type", "Cookie")
        headers = {name: self.headers[name] for name in kept if name in self.headers} | more
        answer = requests.request(
            self.command,
            origin + self.path,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=10,
        )
        passed = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
        self._answer(answer.status_code, passed, answer.content)

    def _redirect(self, there: str, cookie: str) -> None:
        self._answer(requests.codes.found, {"Location": there, "Set-Cookie": cookie}, b"")

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _cookie(self, name: str) -> str | None:
        found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return found.value if found else None
