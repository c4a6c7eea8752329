"""What the server tells of a connection, as a test wants it."""

from __future__ import annotations

from typing import Any


def rung(name: str, state: str = "ok", **more: Any) -> dict[str, Any]:
    """Return RUNG."""
    return {"rung": name, "state": state, "code": "ok", "detail": None, "remedy": None, **more}


def connection(**more: Any) -> dict[str, Any]:
    """Return CONNECTION, or what of it counts here."""
    return {
        "name": "prod",
        "id": "id-of-prod",
        "host": "https://kubeflow.example.com/pipeline",
        "auth": "auto",
        "username": None,
        "connector": None,
        "namespace": "team-a",
        "signed_in_as": "jane@example.com",
        "source": "user",
        "sign_in": None,
        "rungs": [rung("reachable"), rung("signed-in"), rung("authorized", detail="team-a")],
        **more,
    }


def signed_out(*connectors: str) -> dict[str, Any]:
    """Return CONNECTION where its front door offers these ways to sign in with a password."""
    offered = [{"id": name, "title": name.upper()} for name in connectors]
    needed = rung("signed-in", "failed", code="sign-in-needed", detail="nobody is signed in")
    return connection(
        signed_in_as=None,
        sign_in={"kind": "password", "connectors": offered, "others": ["token", "cookie"]},
        rungs=[rung("reachable"), needed, rung("authorized", "unknown")],
    )
