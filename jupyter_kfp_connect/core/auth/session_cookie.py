"""``session-cookie``: a cookie that the user copies from a browser that is signed in."""

from __future__ import annotations

import re
from datetime import datetime

from ..errors import error
from ..http import Transport
from ..secret import Secret
from .base import Headers


class SessionCookie:
    """A ``Cookie`` header as a browser shows it; it cannot be renewed."""

    way = "session-cookie"
    renews = False
    watch: str | None = None

    def __init__(self, cookies: Secret) -> None:
        text = re.sub(r"(?i)^cookie:\s*", "", cookies.reveal().strip())
        if not re.fullmatch(r"[\x20-\x7e]*=[\x20-\x7e]*", text):
            raise error("cookie-refused", "that is no cookie: give name=value, as a browser has it")
        self._cookies = Secret(text)

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        return Headers({"Cookie": self._cookies.reveal()})

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Raise: only a browser gets a new one."""
        raise error("cookie-refused", "the session of the cookie is over")
