"""The session that a sign-in at Dex gave, and how it is had again."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..answers import HEALTHZ
from ..connection import Connection
from ..errors import SignInFailed, error
from ..http import Transport
from .base import Headers, drive
from .dex import Arrived, Asked, Login, SignIn

#: A session is renewed when less than this is left of it, or a tenth of its whole life.
_MARGIN = timedelta(seconds=60)


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
        self._login = login
        self._username = login.username if login else connection.username
        self._arrive(arrived)

    @property
    def renews(self) -> bool:
        """Whether the password is kept."""
        return self._login is not None

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        end = self._headers.expires_at
        if self._login is None and end is not None and end <= datetime.now(timezone.utc):
            raise error("session-over", "the session is over, and the password was not kept")
        return self._headers

    def due(self, now: datetime) -> bool:
        """See `Credential.due`."""
        end = self._headers.expires_at
        if end is None or self._login is None:
            return False
        return end - now < min(_MARGIN, (end - self._since) / 10)

    def renew(self, transport: Transport) -> None:
        """Sign in again. A refused password is forgotten: accounts lock."""
        login = self._login
        if login is None:
            raise error("session-over", "the session is over, and the password was not kept")
        walk = SignIn(self._connection, login)
        try:
            arrived = drive(walk.walk(), transport)
        except SignInFailed as problem:
            # A password that did not lead in is not sent again by itself; a directory that is down
            # has refused nothing.
            if walk.posted and problem.code != "directory-down":
                self._login = None
            raise
        if isinstance(arrived, Asked):
            raise error("sign-in-needed", "the front door asks which connector to use")
        self._arrive(arrived)

    def _arrive(self, arrived: Arrived) -> None:
        cookies = arrived.cookies
        value = cookies.header(self._connection.host + HEALTHZ)
        lasting = [name for name in cookies.names() if "csrf" not in name]
        # A front door that asks nobody sets no cookie, and none is sent then.
        self._headers = Headers(
            {"Cookie": value} if value else {}, cookies.expires_at(lasting), self._username
        )
        self._since = datetime.now(timezone.utc)

    def forget_password(self) -> None:
        """Keep the session, but nothing that would renew it."""
        self._login = None
