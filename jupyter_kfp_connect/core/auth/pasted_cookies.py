"""Cookies as people copy them out of a browser: a header, a row of a table, a curl command.

Whatever is not plain enough to be sure of is refused, and nothing of it is repeated.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from ..errors import KfpConnectError, error
from ..times import from_iso

#: A cookie's name: a token of RFC 6265.
_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_VALUE = re.compile(r"[\x20-\x3a\x3c-\x7e]*")
#: What a browser's tools show of a cookie besides its name and value; no server wants it back.
_ATTRIBUTES = (
    *("path", "domain", "expires", "max-age"),
    *("samesite", "httponly", "secure", "partitioned", "priority"),
)
_HEADER = re.compile(r"(?i)(?:set-)?cookie:\s*(?P<rest>.*)")
_CURL = re.compile(r"(?:curl(?:\.exe)?\s|-b|-H|--cookie\b|--header\b)")
#: What oauth2-proxy signs, alone: value, seconds since 1970, signature.
_VALUE_ALONE = re.compile(r"[\w-]{20,}={0,2}\|\d{10}\|[\w=-]+")


@dataclass(frozen=True)
class PastedCookie:
    """One cookie; ``repr`` leaves its value out.

    Attributes
    ----------
    name, value : str
        As they are sent.
    ends : datetime or None
        When the browser drops it, in UTC, where that was pasted too.
    lasts : timedelta or None
        The same, counted from when the server set it.
    """

    name: str
    value: str = field(repr=False)
    ends: datetime | None = None
    lasts: timedelta | None = None

    @property
    def is_cleared(self) -> bool:
        """Whether this is how a server takes a cookie away."""
        return not self.value or (self.lasts is not None and self.lasts <= timedelta())


def read_cookies(text: str) -> Sequence[PastedCookie]:
    """Return the cookies that `text` holds, at least one.

    Understood are ``name=value; …``, lines ``Cookie: …`` and ``Set-Cookie: …`` (also among others,
    as in a whole request), rows of the table Application, Cookies, and a curl command.

    Raises
    ------
    SignInNeeded
        Code ``cookie-refused``: there is none, or it cannot be told which.
    """
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1].strip()
    if _VALUE_ALONE.fullmatch(text):
        raise _unclear("that is a cookie's value without its name")
    found = [cookie for part in _parts(text) for cookie in _cookies_in(part)]
    kept = {cookie.name: cookie for cookie in found if not cookie.is_cleared}
    if not kept:
        raise _unclear("that is no cookie")
    return tuple(kept.values())


def _parts(text: str) -> Iterator[str]:
    """Yield what holds cookies of `text`: headers' values and rows."""
    if _CURL.match(text):
        yield from _of_curl(text)
        return
    # A browser may copy a header's name and its value as two lines.
    lines = re.sub(r"(?im)^((?:set-)?cookie):?\s*\n", r"\1: ", text).splitlines()
    headers = [match["rest"] for match in map(_HEADER.match, map(str.strip, lines)) if match]
    if not headers and len(lines) > 1 and not all("\t" in line for line in lines if line.strip()):
        raise _unclear("that is more than one line")
    yield from headers or filter(str.strip, lines)


def _of_curl(text: str) -> Iterator[str]:
    try:
        words = shlex.split(re.sub(r"\\\s*\n", " ", text))
    except ValueError:
        raise _unclear("that curl command is cut off") from None
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option in ("-b", "--cookie") and "=" in value:
            yield value
        elif option in ("-H", "--header") and (header := _HEADER.fullmatch(value)):
            yield header["rest"]


def _cookies_in(part: str) -> Sequence[PastedCookie]:
    if "\t" in part.strip():
        return [_row(part.strip().split("\t"))]
    found: list[PastedCookie] = []
    for piece in filter(None, map(str.strip, part.split(";"))):
        name, is_pair, value = (word.strip() for word in piece.partition("="))
        if name.lower() in _ATTRIBUTES:
            if found:
                found[-1] = _with(found[-1], name.lower(), value)
        elif is_pair:
            found.append(_checked(name, value))
        else:
            raise _unclear("that is no cookie")
    return found


def _row(cells: Sequence[str]) -> PastedCookie:
    """Read a row: name, value, domain, path, expires, and more that does not matter here."""
    name, value, _, path, ends = [*map(str.strip, cells), *([""] * 5)][:5]
    if not value or (path and not path.startswith("/")):
        raise _unclear("that row holds no name and value of a cookie")
    return replace(_checked(name, value), ends=_date(ends))


def _checked(name: str, value: str) -> PastedCookie:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise _unclear("that is no cookie")
    return PastedCookie(name, value)


def _with(cookie: PastedCookie, attribute: str, value: str) -> PastedCookie:
    if attribute == "expires":
        return replace(cookie, ends=_date(value))
    if attribute == "max-age" and re.fullmatch(r"-?\d{1,10}", value):
        return replace(cookie, lasts=timedelta(seconds=int(value)))
    return cookie


def _date(text: str) -> datetime | None:
    """Return a time as a header or a browser's table has it; ``None`` for any other text."""
    for read in (from_iso, parsedate_to_datetime):
        try:
            found = read(text)
        except (TypeError, ValueError):
            continue
        if found is not None:
            return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    return None


def _unclear(what: str) -> KfpConnectError:
    return error(
        "cookie-refused",
        what,
        remedy="Give name=value. In the browser, signed in: open the developer tools, then "
        "Application (or Storage), Cookies, and copy the whole row; or copy a request as cURL "
        "from Network.",
    )
