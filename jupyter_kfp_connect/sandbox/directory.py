"""Dex's own state: sign-ins under way, the codes they end in, and the directory of users."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from .options import PASSWORD, USER, Clock
from .sessions import challenge_of

CLIENT_ID = "kubeflow-oidc-authservice"
REDIRECT_URI = "/oauth2/callback"
CODE_SECONDS = 1_800.0
MAX_SIGN_INS = 1_000

_LOGIN_ERROR = "Login error. Please contact your administrator or try again later."


class DexError(Exception):
    """A page that says no.

    Parameters
    ----------
    status : int
        The HTTP status.
    message : str
        What the page says.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class SignIn:
    """A sign-in under way, from `/dex/auth/<connector>` to the code."""

    id: str
    connector: str
    state: str
    challenge: str
    user: str | None = None
    approval_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def approval_mac(self) -> str:
        """Return the proof that the approval screen was reached by way of the password."""
        return hmac.new(self.approval_key, self.id.encode(), "sha256").hexdigest()


class Directory:
    """What Dex knows.

    Parameters
    ----------
    clock : callable
        Seconds since the epoch.
    connectors : tuple of str
        Ids of the password connectors; all of them know the same one user.
    """

    def __init__(self, clock: Clock, connectors: tuple[str, ...]) -> None:
        self._clock = clock
        self.connectors = connectors
        self.is_down = False
        self._sign_ins: dict[str, SignIn] = {}
        self._codes: dict[str, tuple[SignIn, float]] = {}

    def start(self, connector: str, query: Callable[[str], str]) -> SignIn:
        """Begin a sign-in.

        Raises
        ------
        DexError
            As Dex 2.45.1 does: 404 for an unknown client, 400 for all else.
        """
        if query("client_id") != CLIENT_ID:
            raise DexError(404, "Invalid client_id.")
        if query("redirect_uri") != REDIRECT_URI:
            raise DexError(400, "Unregistered redirect_uri.")
        if query("response_type") != "code" or query("code_challenge_method") != "S256":
            raise DexError(400, "Failed to parse request.")
        if connector not in self.connectors:
            # Measured on Dex 2.45.1; older ones answered 404.
            raise DexError(400, "Connector failed to initialize")
        while len(self._sign_ins) >= MAX_SIGN_INS:
            del self._sign_ins[next(iter(self._sign_ins))]
        sign_in = SignIn(secrets.token_hex(12), connector, query("state"), query("code_challenge"))
        self._sign_ins[sign_in.id] = sign_in
        return sign_in

    def find(self, sign_in_id: str, connector: str) -> SignIn:
        """Return a sign-in under way, or raise `DexError`."""
        if not sign_in_id:
            raise DexError(400, "User session error.")
        sign_in = self._sign_ins.get(sign_in_id)
        if sign_in is None:
            raise DexError(400, "Requested resource does not exist.")
        if sign_in.connector != connector:
            raise DexError(500, "Requested resource does not exist.")
        return sign_in

    def check_password(self, sign_in: SignIn, login: str, password: str) -> bool:
        """Return whether the password is right, and note in the sign-in whose it was.

        Raises
        ------
        DexError
            500 while the directory is down.
        """
        if self.is_down:
            raise DexError(500, _LOGIN_ERROR)
        right = hmac.compare_digest(password.encode(), PASSWORD.encode())
        if login.strip().lower() != USER or not right:
            return False
        sign_in.user = USER
        return True

    def approvable(self, sign_in_id: str, mac: str) -> SignIn:
        """Return a sign-in that waits for approval, or raise `DexError`."""
        if not mac:
            raise DexError(401, "Unauthorized request")
        sign_in = self._sign_ins.get(sign_in_id)
        if sign_in is None:
            raise DexError(500, "Database error.")
        if sign_in.user is None:
            raise DexError(500, "Login process not yet finalized.")
        if not hmac.compare_digest(mac.encode(), sign_in.approval_mac().encode()):
            raise DexError(401, "Unauthorized request")
        return sign_in

    def code_for(self, sign_in: SignIn) -> str:
        """End a sign-in with a code that can be redeemed once."""
        self._sign_ins.pop(sign_in.id, None)
        code = secrets.token_urlsafe(18)
        self._codes[code] = (sign_in, self._clock() + CODE_SECONDS)
        return code

    def redeem(self, code: str, verifier: str) -> str | None:
        """Return the user a code stands for; None for one that is used, old, or another's."""
        sign_in, until = self._codes.pop(code, (None, 0.0))
        if sign_in is None or self._clock() >= until:
            return None
        if not hmac.compare_digest(challenge_of(verifier), sign_in.challenge):
            return None
        return sign_in.user
