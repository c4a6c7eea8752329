"""CONNECTION, as the wire contract has it: what every window reads."""

from __future__ import annotations

from typing import Any

from ..core.errors import KfpConnectError
from ..core.session import Facts
from ..core.times import iso
from ..core.wanted import WITHOUT_PASSWORD, SignInWanted
from .live import Live


def describe(live: Live) -> dict[str, Any]:
    """Return the fields and the state of a connection; no secret is among them."""
    session, wanted = live.session, live.sign_in
    facts = session.facts if session is not None else None
    return live.entry.connection.to_dict() | {
        "source": live.entry.source,
        "locked": live.entry.locked,
        "free": sorted(live.entry.beside),
        "way": session.way if session is not None else _way(wanted),
        "signed_in_as": facts.signed_in_as if facts else None,
        "expires_at": iso(session.expires_at) if session is not None else None,
        "renews": session.renews if session is not None else False,
        "remembered": live.remembered,
        "generation": live.generation,
        "kfp_version": facts.kfp_version if facts else None,
        "multi_user": facts.multi_user if facts else None,
        "ui_url": facts.ui_url if facts else None,
        "namespaces": roles(facts) if facts else [],
        "busy": live.busy,
        "sign_in": _sign_in(wanted, live) if wanted is not None else None,
        "rungs": [rung.to_dict() for rung in live.ladder],
    }


def roles(facts: Facts) -> list[dict[str, str]]:
    """Return the namespaces that the user may work in, each with the role there."""
    return [{"namespace": name, "role": role} for name, role in facts.namespaces]


def _sign_in(wanted: SignInWanted, live: Live) -> dict[str, Any]:
    # Whoever named a way gets no other.
    others = _others(wanted, live.problem) if live.entry.connection.auth == "auto" else []
    data: dict[str, Any] = {"kind": wanted.kind, "others": others}
    if wanted.kind == "password":
        data["connectors"] = [
            {"id": connector.id, "title": connector.title} for connector in wanted.connectors
        ]
    if wanted.host is not None:
        data["host"] = wanted.host
    return data


def _others(wanted: SignInWanted, problem: KfpConnectError | None) -> list[str]:
    """Return the other ways that a person may choose at this front door."""
    if wanted.kind == "login-host":
        return []
    kinds = ["password", "cookie", "token"]
    if problem is not None and problem.code in WITHOUT_PASSWORD:
        kinds.remove("password")
    return [kind for kind in kinds if kind != wanted.kind]


def _way(wanted: SignInWanted | None) -> str | None:
    """Return the way in that waits for a person, where that is known."""
    ways = {"password": "dex", "cookie": "session-cookie", "token": "bearer-token"}
    return ways.get(wanted.kind) if wanted is not None else None
