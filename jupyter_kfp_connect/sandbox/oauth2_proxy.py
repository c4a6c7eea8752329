"""The front door's `/oauth2/` paths, as oauth2-proxy 7 answers them.

Shapes: `tests/recordings/gateway-*.json` and `dex-login-ok.json`.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

from .directory import CLIENT_ID, REDIRECT_URI
from .handlers import SandboxHandler
from .sessions import (
    CSRF_COOKIE,
    CSRF_SECONDS,
    SESSION_COOKIE,
    challenge_of,
    is_local_path,
    state_nonce,
)

_CSRF_FAILED = "Login Failed: Unable to find a valid CSRF token. Please try again."


class OAuth2Handler(SandboxHandler):
    """Base of the `/oauth2/` handlers."""

    def redirect_target(self, target: str) -> str:
        """Return where to go: a path on this host, else its root."""
        return target if is_local_path(target) else "/"

    def session_user(self) -> str | None:
        """Return whose session comes with the request."""
        cookie = self.get_cookie(SESSION_COOKIE)
        return self.cluster.sessions.user_of(cookie) if cookie else None

    def refuse(self, status: int, message: str) -> None:
        """Finish with oauth2-proxy's error page."""
        self.page("error.html", status, heading=f"{status}", message=message)

    def see(self, location: str) -> None:
        """Finish with a redirect."""
        self.redirect(location, status=302)


class SignInPageHandler(OAuth2Handler):
    """`/oauth2/sign_in`: the sign-in page, and the end of the session there was."""

    def get(self) -> None:
        """Show the page."""
        self.put_cookie(SESSION_COOKIE, "", 0)
        self.page("sign_in.html", target=self.redirect_target(self.query("rd")))


class StartHandler(OAuth2Handler):
    """`/oauth2/start`: off to Dex."""

    def get(self) -> None:
        """Give out the CSRF cookie and redirect."""
        nonce, cookie = self.cluster.sessions.start_sign_in()
        self.put_cookie(CSRF_COOKIE, cookie, CSRF_SECONDS)
        query = {
            "client_id": CLIENT_ID,
            "code_challenge": challenge_of(self.cluster.sessions.verifier(nonce)),
            "code_challenge_method": "S256",
            "prompt": "none",
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "profile email groups openid",
            "state": f"{state_nonce(nonce)}:{self.redirect_target(self.query('rd'))}",
        }
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.see(f"/dex/auth?{urlencode(query)}")


class CallbackHandler(OAuth2Handler):
    """`/oauth2/callback`: back from Dex with a code."""

    def get(self) -> None:
        """Redeem the code for a session, if this browser is the one that set out."""
        error = self.query("error")
        if error:
            self.refuse(
                403, f"Login Failed: The upstream identity provider returned an error: {error}"
            )
            return
        seen, separator, target = self.query("state").partition(":")
        if not separator:
            self.refuse(500, "Internal Server Error")
            return
        nonce = self.cluster.sessions.nonce_of(self.get_cookie(CSRF_COOKIE) or "")
        if nonce is None:
            self.refuse(403, _CSRF_FAILED)
            return
        verifier = self.cluster.sessions.verifier(nonce)
        user = self.cluster.directory.redeem(self.query("code"), verifier)
        if user is None:
            self.refuse(500, "Internal Server Error")
            return
        self.put_cookie(CSRF_COOKIE, "", 0)
        if not hmac.compare_digest(seen.encode(), state_nonce(nonce).encode()):
            self.refuse(403, _CSRF_FAILED)
            return
        sessions = self.cluster.sessions
        self.put_cookie(SESSION_COOKIE, sessions.open(user), sessions.seconds)
        self.see(self.redirect_target(target))


class UserInfoHandler(OAuth2Handler):
    """`/oauth2/userinfo`: whose session it is."""

    def get(self) -> None:
        """Answer it."""
        user = self.session_user()
        if user is None:
            self.answer_text("Unauthorized\n", 401)
        else:
            self.answer({"user": user, "email": user})


class SignOutHandler(OAuth2Handler):
    """`/oauth2/sign_out`: the end of a session in this browser."""

    def get(self) -> None:
        """Clear the cookie and redirect."""
        self.put_cookie(SESSION_COOKIE, "", 0)
        self.see(self.redirect_target(self.query("rd")))
