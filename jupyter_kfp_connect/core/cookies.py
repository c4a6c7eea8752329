"""The cookies of one sign-in flow, kept by the standard library's jar, bound to their origin."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.request import Request as JarRequest

from .http import Answer


class Cookies:
    """A cookie jar that takes `Answer`s and gives ``Cookie`` headers; ``repr`` tells no value."""

    def __init__(self) -> None:
        self._jar = CookieJar(DefaultCookiePolicy(strict_ns_domain=_HOST_ONLY))

    def take(self, answer: Answer) -> None:
        """Keep what `answer` sets, and drop what it clears."""
        with suppress(ValueError, OverflowError):  # an end that no calendar has
            self._jar.extract_cookies(_Headers(answer), JarRequest(answer.url))  # type: ignore[arg-type]

    def header(self, url: str) -> str | None:
        """Return the ``Cookie`` header for `url`, or ``None`` where no cookie belongs there."""
        request = JarRequest(url)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")

    def names(self) -> list[str]:
        """Return the cookies' names."""
        return [cookie.name for cookie in self._jar]

    def expires_at(self, names: Iterable[str] | None = None) -> datetime | None:
        """Return when the first of the cookies ends; ``None`` where the server did not say."""
        ends = [
            cookie.expires
            for cookie in self._jar
            if cookie.expires is not None and (names is None or cookie.name in names)
        ]
        try:
            return datetime.fromtimestamp(min(ends), timezone.utc) if ends else None
        except (ValueError, OverflowError, OSError):
            return None

    def __repr__(self) -> str:
        return f"Cookies({', '.join(self.names())})"


_HOST_ONLY = DefaultCookiePolicy.DomainStrictNonDomain


class _Headers:
    """An `Answer` as the jar reads it."""

    def __init__(self, answer: Answer) -> None:
        self._message = Message()
        for value in answer.headers_called("set-cookie"):
            self._message["Set-Cookie"] = value

    def info(self) -> Message:
        return self._message
