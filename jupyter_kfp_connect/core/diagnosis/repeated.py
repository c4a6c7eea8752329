"""A secret that was sent and comes back: found however a host writes it, and taken out."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..http import Answer

#: What stands where a secret was.
MASK = "•••"
#: A value that was sent and is shorter than this is found by chance in any text.
_SHORTEST = 6


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
    # The longest first: one may be a part of another.
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            writings = ["".join(map(_sign, secret)), *_in_base64(secret)]
            text = re.sub("|".join(writings), MASK, text)
    return text


def without_secrets(answer: Answer, secrets: Iterable[str]) -> Answer:
    """Return `answer` with a body that repeats none of `secrets`; see `without`."""
    body = answer.body.decode("utf-8", "surrogateescape")
    cleaned = without(body, secrets)
    if cleaned is body:
        return answer
    return replace(answer, body=cleaned.encode("utf-8", "surrogateescape"))


def _sign(sign: str) -> str:
    """Return a pattern for one sign of a secret, as a URL, HTML and JSON may have it."""
    if sign.isascii() and sign.isalnum():
        return sign  # nobody writes it in another way
    from html.entities import codepoint2name  # large, and seldom needed

    code = ord(sign)
    writings = [
        "[ +]" if sign == " " else rf"\\?{re.escape(sign)}",
        rf"\\u{code:04x}",
        "".join(f"%{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape")),
        rf"&(?:#0*{code}|#x0*{code:x}|{codepoint2name.get(code, 'amp')});",
    ]
    return f"(?i:{'|'.join(writings)})"


def _in_base64(secret: str) -> list[str]:
    """Return patterns for what base64 has of `secret`, wherever in a text it stands."""
    found = []
    for offset, first in enumerate((0, 2, 3)):
        raw = b"\0" * offset + secret.encode("utf-8", "surrogateescape")
        # Its first and last signs hold bits of what stands beside it.
        whole = b64encode(raw[: len(raw) // 3 * 3]).decode()[first:]
        for text in {whole, whole.replace("+", "-").replace("/", "_")}:
            found.append(re.escape(text) + "[A-Za-z0-9+/=_-]{0,4}")
    return found
