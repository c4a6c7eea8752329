"""When what is pasted ends, read from the thing itself, as the panel has to write it."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone


def written(ends: datetime) -> str:
    """Return a time as the panel writes it."""
    return f"{ends.astimezone(timezone.utc):%Y-%m-%d at %H:%M} UTC"


def end_of_token(token: str) -> str:
    """Return when a token says that it ends, as the panel writes it."""
    payload = token.split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return written(datetime.fromtimestamp(told["exp"], timezone.utc))


def day_after(cookie: str) -> str:
    """Return when a session of oauth2-proxy ends as it comes: a day after the time signed in it."""
    _, began, _ = cookie.split("|")
    return written(datetime.fromtimestamp(int(began) + 86_400, timezone.utc))
