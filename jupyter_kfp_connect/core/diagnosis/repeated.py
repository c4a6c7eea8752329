"""A secret that was sent and comes back: found however a host writes it, and taken out.

A host chooses the text, and its cookies too. No pattern is made of a secret, which could be one
that takes for ever: it is looked for as it is, in the text and in what the text's escapes mean.
"""

from __future__ import annotations

import re
import string
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from ..http import Answer

#: What stands where a secret was.
MASK = "•••"
#: A value that was sent and is shorter than this is found by chance in any text.
_SHORTEST = 6
#: Characters of an answer that are kept: twice those of a page that are read, so that the secret
#: that is cut in two here is shown nowhere.
_MOST = 256 * 1024
#: How many times over a text may be escaped, such as JSON in JSON.
_LEVELS = 3
#: One sign as JSON, a URL (in UTF-8) or HTML escapes it.
_ESCAPED = re.compile(
    r"\\u(?:d[89ab][0-9a-f]{2}\\u)?[0-9a-f]{4}|\\[^\w\s]"
    r"|%[c-f][0-9a-f](?:%[89ab][0-9a-f]){1,3}|%[0-9a-f]{2}"
    r"|&#?\w{1,32};",
    re.IGNORECASE,
)
_BASE64 = string.ascii_letters + string.digits + "+/=_-"


def secrets_in(headers: Mapping[str, str]) -> list[str]:
    """Return what is secret in ``Authorization`` and ``Cookie`` as they were sent."""
    found = []
    for name, value in headers.items():
        if name.lower() == "authorization":
            found.append(value.partition(" ")[2] or value)
        elif name.lower() == "cookie":
            found += [pair.partition("=")[2].strip() for pair in value.split(";")]
    return found


def without(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without `secrets`: as they are, in a URL, in HTML, in JSON, and in base64.

    The whole text has to be given, before anything is cut off and leaves a part of a secret.

    Parameters
    ----------
    text : str
        What a host answered.
    secrets : iterable of str
        What was sent to it.
    """
    wanted: dict[str, int] = {}
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            wanted |= dict.fromkeys(_forms(secret), 0)
            # The last signs of base64 hold bits of what stands behind.
            wanted |= {form: 4 for part in _in_base64(secret) for form in _forms(part)}
    kept, end = [], 0
    for start, stop in sorted(_places(text, wanted)):
        if start >= end:
            kept += [text[end:start], MASK]
        end = max(end, stop)
    return "".join([*kept, text[end:]]) if kept else text


def without_secrets(answer: Answer, secrets: Iterable[str]) -> Answer:
    """Return `answer` with a body that repeats none of `secrets`, and no longer than is read."""
    body = answer.body.decode("utf-8", "surrogateescape")
    cleaned = without(body[:_MOST], secrets)
    if cleaned == body:
        return answer
    return replace(answer, body=cleaned.encode("utf-8", "surrogateescape"))


def _places(
    text: str, wanted: Mapping[str, int], levels: int = _LEVELS
) -> Iterator[tuple[int, int]]:
    """Yield start and end in `text` of what is `wanted`, with so many signs of base64 behind it."""
    for form, more in wanted.items():
        start = text.find(form)
        while start >= 0:
            stop = start + len(form)
            behind = text[stop : stop + more]
            stop += len(behind) - len(behind.lstrip(_BASE64))
            yield start, stop
            start = text.find(form, stop)
    read, place = _read(text)
    if levels and read != text:
        for start, stop in _places(read, wanted, levels - 1):
            yield place(start), place(stop)


def _forms(secret: str) -> Iterator[str]:
    """Yield `secret`, and what is read where it looks as if it were escaped itself."""
    yield secret
    for _ in range(_LEVELS):
        secret, _place = _read(secret)
        if len(secret) >= _SHORTEST:
            yield secret


def _read(text: str) -> tuple[str, Callable[[int], int]]:
    """Return `text` with one level of escapes read, and what tells where in `text` a sign stood.

    A ``+`` is read as a space: forms have it so, and secrets are read in the same way.
    """
    parts, ends, ahead = [], [0], [0]
    length = last = 0
    for match in _ESCAPED.finditer(text):
        plain = text[last : match.start()].replace("+", " ")
        sign = _unescaped(match[0])
        parts += [plain, sign]
        length += len(plain) + len(sign)
        last = match.end()
        ends.append(length)
        ahead.append(last - length)
    parts.append(text[last:].replace("+", " "))
    return "".join(parts), lambda at: at + ahead[bisect_right(ends, at) - 1]


def _unescaped(sign: str) -> str:
    if sign[0] == "&":
        return unescape(sign)
    if sign[0] == "%":
        return unquote(sign, errors="surrogateescape")
    if sign[1] in "uU":
        units = "".join(sign.lower().split("\\u"))
        return bytes.fromhex(units).decode("utf-16-be", "surrogatepass")
    return sign[1]


def _in_base64(secret: str) -> Iterator[str]:
    """Yield what base64 has of `secret`, wherever in a text it stands."""
    for offset, first in enumerate((0, 2, 3)):
        raw = b"\0" * offset + secret.encode("utf-8", "surrogateescape")
        # Its first and last signs hold bits of what stands beside it.
        whole = b64encode(raw[: len(raw) // 3 * 3]).decode()[first:]
        yield whole
        yield whole.replace("+", "-").replace("/", "_")
