"""An answer that no rule knows, shown as it is, without the secrets that may be in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..answers import reported_message
from ..shown import shown
from .repeated import MASK, secrets_in, without, without_secrets

if TYPE_CHECKING:
    from ..http import Answer

#: Where an answer that no rule knows is reported.
ISSUES = "https://github.com/jupyter-kfp-connect/jupyter-kfp-connect/issues"

#: Characters of an answer that are shown.
MOST = 300
#: What looks like a secret, whoever it belongs to.
_SECRETS = (
    re.compile(r"eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"),
    re.compile(r"(?i)(?<=bearer )[^\s\"'<>]+"),
    re.compile(
        r"(?i)(?<![\w-])([\w-]{0,30}(?:password|passwd|token|secret|cookie|session|csrf)[\w-]{0,30}"
        r"(?:\\?[\"']|&quot;)?\s?(?:[=:]|%3[ad])\s?(?:\\?[\"']|&quot;)?)[^\s\"'&;,<>\\]{6,}"
    ),
    re.compile(r"([?&;](?:code|state)=)[^\s\"'&;,<>]+"),
    # Long and with both digits and letters: nothing that people read.
    re.compile(r"(?<![\w+/=-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{32,}"),
)


def reported(answer: Answer, headers: Mapping[str, str] | None) -> str:
    """Return what `answer` says for itself, without the credential that was sent.

    Parameters
    ----------
    answer : Answer
        As it came.
    headers : mapping of str to str or None
        ``Authorization`` and ``Cookie`` as they were sent.
    """
    secrets = secrets_in(headers or {})
    # Once more after the JSON was read, which may spell any letter in another way.
    return without(reported_message(without_secrets(answer, secrets)), secrets)


def masked(text: str) -> str:
    """Return `text` without anything that looks like a secret, whoever it belongs to."""
    for pattern in _SECRETS:
        text = pattern.sub(lambda match: f"{match[1] if match.re.groups else ''}{MASK}", text)
    return text


def in_quotes(status: int, kind: str, text: str) -> str:
    """Return status, media type and the text's start, such as ``(403, text/html): “<html>…”``."""
    start = masked(shown(text, 2 * MOST))[:MOST]
    said = f": “{start}”" if start else ", and nothing in it"
    return f"({status}, {kind or 'no content type'}){said}"


def as_it_is(answer: Answer, headers: Mapping[str, str] | None) -> str:
    """Return what `answer` is, for a message.

    Parameters
    ----------
    answer : Answer
        One that no rule knows.
    headers : mapping of str to str or None
        What was sent.
    """
    text = without_secrets(answer, secrets_in(headers or {})).text[: 8 * MOST]
    return in_quotes(answer.status, shown(answer.content_type, 60), text)


def reporting(remedy: str) -> str:
    """Return `remedy` with the place where an answer that no rule knows is reported."""
    return f"{remedy} If that does not explain it, open an issue at {ISSUES} with this answer."
