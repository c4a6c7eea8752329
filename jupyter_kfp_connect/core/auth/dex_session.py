"""The session that a sign-in at Dex gave, and how it is had again."""

from __future__ import annotations

from ..answers import HEALTHZ
from ..connection import Connection
from ..errors import KfpConnectError, error
from ..http import Transport
from .base import Headers, drive
from .dex import Arrived, Asked, Login, SignIn


class DexSession:
    """Cookies of oauth2-proxy (or oidc-authservice), and the login that renews them.

    Parameters
    ----------
    connection : Connection
        What was signed in to.
    arrived : Arrived
        The sign-in's end.
    login : Login or None
        What signs in again; ``None`` where the password is not kept.
    """

    way = "dex"
    watch: str | None = None

    def __init__(self, connection: Connection, arrived: Arrived, login: Login | None) -> None:
        self._connection = connection
        self._arrived = arrived
        self._login = login

    @property
    def renews(self) -> bool:
        """Whether the password is kept."""
        return self._login is not None

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        cookies = self._arrived.cookies
        value = cookies.header(self._connection.host + HEALTHZ)
        if value is None:
            raise error("session-over", "the session is over")
        lasting = [name for name in cookies.names() if "csrf" not in name]
        username = self._login.username if self._login else self._connection.username
        return Headers({"Cookie": value}, cookies.expires_at(lasting), username)

    def renew(self, transport: Transport) -> None:
        """Sign in again. A refused password is forgotten: accounts lock."""
        login = self._login
        if login is None:
            raise error("session-over", "the session is over, and the password was not kept")
        try:
            arrived = drive(SignIn(self._connection, login).walk(), transport)
        except KfpConnectError as problem:
            if problem.code == "wrong-password":
                self._login = None
            raise
        if isinstance(arrived, Asked):
            raise error("sign-in-needed", "the front door asks which connector to use")
        self._arrived = arrived

    def forget_password(self) -> None:
        """Keep the session, but nothing that would renew it."""
        self._login = None
