"""Cookies as people copy them out of a browser: a header, a row of a table, a curl command.

Whatever is not plain enough to be sure of is refused, and nothing of it is repeated. Most of these
tell which site the cookies are of: they are for no other, as in the browser.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from ..errors import KfpConnectError, error
from ..hosts import is_loopback
from ..times import from_iso

#: A cookie's name: a token of RFC 6265.
_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_VALUE = re.compile(r"[\x20-\x3a\x3c-\x7e]*")
#: What a browser's tools show of a cookie besides its name and value; no server wants it back.
_ATTRIBUTES = (
    *("path", "domain", "expires", "max-age"),
    *("samesite", "httponly", "secure", "partitioned", "priority"),
)
_COOKIES = re.compile(r"(?i)(?:set-)?cookie:\s*(.*)")
#: Whose cookies a request has; HTTP/2 calls it ``:authority``.
_HOST = re.compile(r"(?i)(?:host|:authority):\s*(.*)")
#: A site's name. Nothing longer: it is repeated, and a token is no name.
_SITE = re.compile(r"(?:[\w-]{1,63}\.)*[\w-]{1,63}|[0-9a-f:.]+", re.ASCII)
_CURL = re.compile(r"(?:curl(?:\.exe)?\s|-b|-H|--cookie\b|--header\b)")
#: Options of curl whose value may be an address, and not the one that the cookies are sent to.
_OTHER_ADDRESS = re.compile(r"-[edx]|--referer|--(?:pre)?proxy|--data.*")
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
    site : str or None
        The host or domain that it is of, where that was pasted too.
    """

    name: str
    value: str = field(repr=False)
    ends: datetime | None = None
    lasts: timedelta | None = None
    site: str | None = None

    @property
    def is_cleared(self) -> bool:
        """Whether this is how a server takes a cookie away."""
        return not self.value or (self.lasts is not None and self.lasts <= timedelta())

    def is_for(self, host: str) -> bool:
        """Whether it may be sent to the address `host`.

        A port-forward of the site that it is of has another name, so that this very machine gets
        any.
        """
        fits = self.site is None or f".{_site(host)}".endswith(f".{self.site}")
        return fits or is_loopback(host)


def read_cookies(text: str, host: str) -> Sequence[PastedCookie]:
    """Return the cookies that `text` holds for `host`, at least one.

    Understood are ``name=value; …``, lines ``Cookie: …`` and ``Set-Cookie: …`` (also among others,
    as in a whole request), rows of the table Application, Cookies, and a curl command.

    Parameters
    ----------
    text : str
        As it was pasted.
    host : str
        The address that they are to be sent to. What is told to be another site's is left out.

    Raises
    ------
    SignInNeeded
        Code ``cookie-refused``: there is none, it cannot be told which, or all are another site's.
    """
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1].strip()
    if _VALUE_ALONE.fullmatch(text):
        raise _unclear("that is a cookie's value without its name")
    site, parts = _of_curl(text) if _CURL.match(text) else _of_lines(text)
    found = [cookie for part in parts for cookie in _cookies_in(part) if not cookie.is_cleared]
    if not found:
        raise _unclear("that is no cookie")
    placed = [replace(cookie, site=cookie.site or site) for cookie in found]
    kept = {cookie.name: cookie for cookie in placed if cookie.is_for(host)}
    if not kept:
        raise _of_another(placed[0].site, _site(host))
    return tuple(kept.values())


def _of_lines(text: str) -> tuple[str | None, Sequence[str]]:
    """Return the site of `text`, and what holds its cookies: headers' values and rows."""
    # A browser may copy a header's name and its value as two lines.
    whole = re.sub(r"(?im)^((?:set-)?cookie|host|:authority):?\s*\n", r"\1: ", text)
    lines = [line.strip() for line in whole.splitlines()]
    headers = [match[1] for match in map(_COOKIES.match, lines) if match]
    rows = [*filter(None, lines)]
    if not headers and len(lines) > 1 and not all("\t" in row for row in rows):
        raise _unclear("that is more than one line")
    return _only(match[1] for match in map(_HOST.match, lines) if match), headers or rows


def _of_curl(text: str) -> tuple[str | None, Sequence[str]]:
    if '^"' in text:  # as browsers on Windows write it for cmd, where ^ does what \ does elsewhere
        text = re.sub(r"\^(?!\s*\n)(.)", r"\1", text)
    try:
        words = shlex.split(re.sub(r"[\\^]\s*\n", " ", text))
    except ValueError:
        raise _unclear("that curl command is cut off") from None
    addresses, parts = [], []
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option in ("-b", "--cookie") and "=" in value:
            parts.append(value)
        elif option in ("-H", "--header") and (header := _COOKIES.fullmatch(value)):
            parts.append(header[1])
        elif re.match("(?i)https?://", value) and not _OTHER_ADDRESS.fullmatch(option):
            addresses.append(value)
    return _only(addresses), parts


def _only(addresses: Iterable[str]) -> str | None:
    """Return the site that all of `addresses` are of."""
    sites = {*filter(None, map(_site, addresses))}
    if len(sites) > 1:
        raise _unclear("that is more than one request")
    return next(iter(sites), None)


def _site(address: str) -> str | None:
    """Return the name in an address, a ``Host:`` or a domain; ``None`` where it is not plain."""
    try:
        name = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return None
    name = name.strip(".").lower()
    return name if _SITE.fullmatch(name) else None


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
    name, value, domain, path, ends = [*map(str.strip, cells), *([""] * 5)][:5]
    if not value or (path and not path.startswith("/")):
        raise _unclear("that row holds no name and value of a cookie")
    return replace(_checked(name, value), ends=_date(ends), site=_site(domain))


def _checked(name: str, value: str) -> PastedCookie:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise _unclear("that is no cookie")
    return PastedCookie(name, value)


def _with(cookie: PastedCookie, attribute: str, value: str) -> PastedCookie:
    if attribute == "expires":
        return replace(cookie, ends=_date(value))
    if attribute == "domain":
        return replace(cookie, site=_site(value))
    if attribute == "max-age" and re.fullmatch(r"-?\d{1,10}", value):
        return replace(cookie, lasts=timedelta(seconds=int(value)))
    return cookie


def _date(text: str) -> datetime | None:
    """Return a time as a header or a browser's table has it; ``None`` for any other text."""
    for read in (from_iso, parsedate_to_datetime):
        try:
            found = read(text)
            if found is not None:
                # In UTC here: some have no time there.
                known = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
                return known.astimezone(timezone.utc)
        except (TypeError, ValueError, OverflowError):
            continue
    return None


def _of_another(site: str | None, name: str | None) -> KfpConnectError:
    return error(
        "cookie-refused",
        f"that is a cookie of {site}, and this connection leads to {name}",
        remedy=f"Copy the cookie from a page of {name}. Where both names lead to the same gateway, "
        "give name=value alone.",
    )


def _unclear(what: str) -> KfpConnectError:
    return error(
        "cookie-refused",
        what,
        remedy="Give name=value. In the browser, signed in: open the developer tools, then "
        "Application (or Storage), Cookies, and copy the whole row; or copy a request as cURL "
        "from Network.",
    )
