"""The cookies of the front door, as oauth2-proxy keeps them: in the browser, signed, not here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets

from tornado.web import create_signed_value, decode_signed_value

from .options import Clock

SESSION_COOKIE = "oauth2_proxy_kubeflow"
CSRF_COOKIE = "oauth2_proxy_kubeflow_csrf"
CSRF_SECONDS = 900

# Browsers take a backslash for a slash, and drop tabs and line ends.
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


class Sessions:
    """Makes and reads session cookies and the CSRF cookies of sign-ins under way.

    Parameters
    ----------
    clock : callable
        Seconds since the epoch.
    seconds : float
        How long a session lasts.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._secret = secrets.token_hex(32)
        self.seconds = seconds

    def open(self, user: str) -> str:
        """Return the value of a fresh session cookie."""
        return self._seal(SESSION_COOKIE, {"user": user, "until": self._clock() + self.seconds})

    def user_of(self, cookie: str) -> str | None:
        """Return whose session a cookie is; None for one that is forged or over."""
        return self._unseal(SESSION_COOKIE, cookie)

    def start_sign_in(self) -> tuple[str, str]:
        """Return a fresh nonce, and the CSRF cookie's value that goes with it."""
        nonce = secrets.token_urlsafe(24)
        until = self._clock() + CSRF_SECONDS
        return nonce, self._seal(CSRF_COOKIE, {"user": nonce, "until": until})

    def nonce_of(self, cookie: str) -> str | None:
        """Return the nonce in a CSRF cookie; None for one that is forged or too old."""
        return self._unseal(CSRF_COOKIE, cookie)

    def verifier(self, nonce: str) -> str:
        """Return the PKCE code verifier of a sign-in; nobody else can work it out."""
        return _encode(hmac.digest(self._secret.encode(), nonce.encode(), "sha256"))

    def _seal(self, name: str, content: dict[str, object]) -> str:
        value = json.dumps(content).encode()
        return create_signed_value(self._secret, name, value).decode()

    def _unseal(self, name: str, cookie: str) -> str | None:
        # The life of a session may be a fraction of a second in a test, which the signature's own
        # time stamp does not resolve: `until` decides, by this sandbox's clock.
        value = decode_signed_value(self._secret, name, cookie, max_age_days=10_000)
        if value is None:
            return None
        content = json.loads(value)
        return str(content["user"]) if self._clock() < content["until"] else None


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a code verifier (RFC 7636)."""
    return _encode(hashlib.sha256(verifier.encode()).digest())


def state_nonce(nonce: str) -> str:
    """Return the form of a nonce that may be seen in an address."""
    return _encode(hashlib.sha256(nonce.encode()).digest())


def is_local_path(target: str) -> bool:
    """Return whether a redirect target stays on this origin, whatever a browser makes of it."""
    if not target.startswith("/") or target.startswith("//"):
        return False
    return not _UNSAFE.search(target)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
