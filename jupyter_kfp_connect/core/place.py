"""What rung 1 says of the place where KFP, or its front door, answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .answers import Meaning
from .connection import Connection
from .http import Answer
from .shown import shown

FRONT_DOOR = "a Kubeflow front door"
#: What shows that a KFP API or its front door is there; ``None`` where KFP itself tells.
ANSWERS = {
    Meaning.KFP: None,
    Meaning.SIGNED_OUT: FRONT_DOOR,
    Meaning.MESH: "a service mesh answers",
    Meaning.JWT: "a service mesh answers",
    Meaning.DENIED: "an API answers",
}


def place(healthz: Answer, connection: Connection, *, behind: bool) -> str:
    """Return which KFP answers, and where.

    Parameters
    ----------
    healthz : Answer
        What it answered.
    connection : Connection
        Its ``host`` counts.
    behind : bool
        Whether a sign-in lies before it.
    """
    version, _ = version_of(healthz)
    kfp = f"KFP {version}" if version else "KFP"
    where = "behind oauth2-proxy and Dex" if behind else f"at {urlsplit(connection.host).netloc}"
    return f"{kfp}, {where}" if behind else f"{kfp} {where}"


def with_warning(text: str, connection: Connection) -> str:
    """Return `text` with the warning that skipping the certificate's verification earns."""
    skipped = not connection.verify_ssl and connection.host.startswith("https:")
    return f"{text}; its certificate is not verified" if skipped else text


def version_of(healthz: Answer) -> tuple[str | None, bool | None]:
    """Return KFP's version, where it tells one, and whether it has users."""
    data: Any = healthz.json()
    if not isinstance(data, dict):
        return None, None
    # The server of the Pipelines UI answers for itself, and names the API server's so.
    tag = data.get("tag_name") or data.get("apiServerTagName")
    version = shown(tag, 60) if isinstance(tag, str) and tag not in ("", "unknown") else None
    users = data.get("multi_user")
    return version, users if isinstance(users, bool) else None
