"""What a bearer token says of itself. Nothing here trusts it: only the server can."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ..errors import error
from ..shown import shown
from .base import Headers

_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:(?P<namespace>[^:]+):(?P<name>[^:]+)")


def claims_of(token: str) -> Mapping[str, Any]:
    """Return the claims of a JSON Web Token, unverified; empty where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        data = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def bearer(token: str, where: str, *, empty: str | None = None) -> Headers:
    """Return the header for `token`, white space around it stripped.

    Parameters
    ----------
    token : str
        As it was read or given.
    where : str
        Told in the error: ``the file /var/run/…``.
    empty : str, optional
        What to do where it is empty, over the code's own remedy.

    Raises
    ------
    SignInFailed
        Codes ``token-empty``, ``token-malformed``.
    """
    text = token.strip()
    if not text:
        raise error("token-empty", f"{where} is empty", remedy=empty)
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise error("token-malformed", f"{where} is no token: it has white space or other signs")
    claims = claims_of(text)
    subject = claims.get("email") or claims.get("sub")
    return Headers(
        {"Authorization": f"Bearer {text}"},
        time_of(claims.get("exp")),
        shown(subject) if isinstance(subject, str) else None,
    )


def namespace_of(subject: str | None) -> str | None:
    """Return the namespace of a ServiceAccount's ``sub``, ``None`` for anybody else."""
    match = _SERVICE_ACCOUNT.fullmatch(subject or "")
    return match["namespace"] if match else None


def short_subject(subject: str) -> str:
    """Return ``namespace/name`` for a ServiceAccount, anybody else as they are."""
    match = _SERVICE_ACCOUNT.fullmatch(subject)
    return f"{match['namespace']}/{match['name']}" if match else subject


def time_of(seconds: object) -> datetime | None:
    """Return the time of a claim such as ``exp``, ``None`` where it is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (OverflowError, OSError, ValueError):
        return None
