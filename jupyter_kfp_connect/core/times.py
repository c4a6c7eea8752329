"""Times as the wire has them: ISO 8601 in UTC."""

from __future__ import annotations

from datetime import datetime, timezone


def iso(time: datetime | None) -> str | None:
    """Return `time` as ISO 8601 in UTC with a closing ``Z``."""
    if time is None:
        return None
    text = time.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{text}Z"


def from_iso(text: str | None) -> datetime | None:
    """Return the time that `iso` wrote."""
    if text is None:
        return None
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def written(time: datetime) -> str:
    """Return `time` for people: ``2026-05-09 at 14:05 UTC``."""
    return f"{time.astimezone(timezone.utc):%Y-%m-%d at %H:%M} UTC"
