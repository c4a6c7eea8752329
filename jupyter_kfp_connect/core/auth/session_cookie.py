"""``session-cookie``: a cookie that the user copies from a browser that is signed in."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ..errors import KfpConnectError, error
from ..http import Transport
from ..secret import Secret
from .base import Headers
from .tokens import time_of

#: What a browser's tools show of a cookie besides its name and value; no server wants it back.
_ATTRIBUTES = ("path", "domain", "max-age", "samesite", "httponly", "secure", "priority")
#: oauth2-proxy's cookies say when they were made: value, seconds since 1970, signature.
_BEGUN = re.compile(r"\|(\d{10})\|")


class SessionCookie:
    """A ``Cookie`` header as a browser shows it; it cannot be renewed.

    A whole ``Set-Cookie`` line serves as well, and says when the session ends.
    """

    way = "session-cookie"
    renews = False
    watch: str | None = None

    def __init__(self, cookies: Secret) -> None:
        text = re.sub(r"(?i)^(set-)?cookie:\s*", "", cookies.reveal().strip())
        kept, self._ends = [], None
        for part in filter(None, (part.strip() for part in text.split(";"))):
            name, _, value = part.partition("=")
            if name.lower() == "expires":
                self._ends = _date(value)
            elif name.lower() not in _ATTRIBUTES:
                kept.append(part)
        if not re.fullmatch(r"[\x20-\x7e]*=[\x20-\x7e]*", "; ".join(kept)):
            raise error("cookie-refused", "that is no cookie: give name=value, as a browser has it")
        begun = _BEGUN.search(text)
        self._begun = time_of(int(begun[1])) if begun else None
        self._cookies = Secret("; ".join(kept))

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        if self._ends is not None and self._ends <= datetime.now(timezone.utc):
            raise self._over()
        return Headers({"Cookie": self._cookies.reveal()}, self._ends)

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Raise: only a browser gets a new one."""
        raise self._over()

    def _over(self) -> KfpConnectError:
        if self._ends is not None:
            return error("cookie-refused", f"the session of the cookie ended{_on(self._ends)}")
        since = f", which began{_on(self._begun)}," if self._begun else ""
        return error("cookie-refused", f"the session of the cookie{since} is over")


def _on(time: datetime) -> str:
    return f" on {time:%Y-%m-%d} at {time:%H:%M} UTC"


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
