"""``session-cookie``: a cookie that the user copies from a browser that is signed in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from ..errors import KfpConnectError, error
from ..hosts import origin
from ..http import Transport
from ..secret import Secret
from ..times import written
from .base import Headers
from .pasted_cookies import PastedCookie, read_cookies
from .tokens import time_of

#: oauth2-proxy's cookies say when they were made: value, seconds since 1970, signature
#: (``SignedValue`` in its pkg/encryption/utils.go).
_BEGAN = re.compile(r"[^|]+\|(\d{10})\|[^|]+")
#: A value too long for one cookie comes in parts (its pkg/sessions/cookie/session_store.go).
_PART = re.compile(r"(?P<whole>.+)_(?P<index>\d{1,2})")
#: The front doors' own names for the session; an administrator may choose another.
_SESSIONS = re.compile(r"oauth2_proxy|authservice_session")
#: What Kubeflow's manifests set, ``cookie_expire`` (recording ``dex-login-ok``).
_USUALLY = timedelta(hours=24)
#: oauth2-proxy lets clocks differ by this.
_SLACK = timedelta(minutes=5)


class SessionCookie:
    """Cookies that a browser has; they cannot be renewed.

    Parameters
    ----------
    cookies : Secret
        As they were pasted: see `read_cookies`.
    host : str
        The address that they are sent to.

    Raises
    ------
    SignInNeeded
        Code ``cookie-refused``: they cannot be read, are another site's, or a part is missing.
    """

    way = "session-cookie"
    renews = False
    watch: str | None = None

    def __init__(self, cookies: Secret, host: str) -> None:
        pasted = read_cookies(cookies.reveal(), host)
        self._cookies = Secret("; ".join(f"{each.name}={each.value}" for each in pasted))
        wholes = [*_whole(pasted)]
        for whole in wholes:
            whole.check()
        self._life = Life.of(pasted, wholes)

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        if self._life.is_over:
            raise self._over()
        return Headers(
            {"Cookie": self._cookies.reveal()}, self._life.ends, lasting=self._life.told()
        )

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Raise: only a browser gets a new one."""
        raise self._over()

    def refused(self, host: str) -> KfpConnectError:
        """Return the error for a front door that does not take the cookie."""
        began = self._life.began
        since = f": it began on {written(began)}, and usually lasts a day" if began else ""
        return error(
            "cookie-refused",
            f"the cookie is no session at {origin(host)}, or its session is over{since}",
        )

    def _over(self) -> KfpConnectError:
        began, ends = self._life.began, self._life.ends
        if ends is not None:
            what = f"the session of the cookie ended on {written(ends)}"
        else:
            since = f", which began on {written(began)}," if began else ""
            what = f"the session of the cookie{since} is over"
        return error("cookie-refused", what)


@dataclass(frozen=True)
class Life:
    """What cookies say of the days of their session.

    Attributes
    ----------
    began, ends : datetime or None
        In UTC, where they say so.
    """

    began: datetime | None
    ends: datetime | None

    @classmethod
    def of(cls, cookies: Sequence[PastedCookie], wholes: Iterable[_Whole]) -> Life:
        """Read the life of the session among `cookies`."""
        for whole in wholes:
            match = _BEGAN.fullmatch(whole.value)
            began = time_of(int(match[1])) if match else None
            if began is not None and began < _now() + _SLACK:
                first = whole.parts[0]
                counted = began + first.lasts if first.lasts else None
                return cls(began, counted or first.ends)
        named = [each for each in cookies if _SESSIONS.search(each.name)] or cookies
        ends = [each.ends for each in named if each.ends is not None]
        # Of several unknown ones, none is known to be the session.
        telling = ends and (len(named) == 1 or named is not cookies)
        return cls(None, min(ends) if telling else None)

    @property
    def is_over(self) -> bool:
        """Whether it is known to be over."""
        return self.ends is not None and self.ends <= _now()

    def told(self) -> str:
        """Return in words how long it holds, and what is not known of that."""
        if self.ends is not None:
            return f"until {written(self.ends)}"
        if self.began is None:
            return "the cookie does not say until when"
        usual = self.began + _USUALLY
        if usual <= _now():
            return f"since {written(self.began)}; the gateway decides until when"
        return f"usually until {written(usual)}, a day after it began; the gateway decides"


class _Whole(NamedTuple):
    """A cookie, or the parts that one came in, with their indices; -1 where it is in one."""

    name: str
    indices: Sequence[int]
    parts: Sequence[PastedCookie]

    @property
    def value(self) -> str:
        return "".join(part.value for part in self.parts)

    def check(self) -> None:
        """Make sure that no part of a session is missing, which would only be refused."""
        if -1 in self.indices or not _SESSIONS.search(self.name):
            return
        if [*self.indices] != [*range(len(self.indices))] or not _BEGAN.fullmatch(self.value):
            raise error(
                "cookie-refused",
                f"the cookie {self.name} comes in parts, and not all of them were given",
                remedy=f"Give all of {self.name}_0, {self.name}_1 and so on that the browser has.",
            )


def _whole(cookies: Sequence[PastedCookie]) -> Iterator[_Whole]:
    """Yield each cookie put together from its parts."""
    groups: dict[str, dict[int, PastedCookie]] = defaultdict(dict)
    for each in cookies:
        part = _PART.fullmatch(each.name)
        name, index = (part["whole"], int(part["index"])) if part else (each.name, -1)
        if "_csrf" not in each.name:  # it is signed alike, and belongs to a sign-in under way
            groups[name][index] = each
    for name, parts in groups.items():
        indices = sorted(parts)
        yield _Whole(name, indices, [parts[index] for index in indices])


def _now() -> datetime:
    return datetime.now(timezone.utc)
