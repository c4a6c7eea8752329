"""Looking again finds each rung anew, and costs nobody their session."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_kfp_connect.core.errors import KfpConnectError, error
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.core.ladder import Ladder
from jupyter_kfp_connect.core.recheck import recheck
from jupyter_kfp_connect.core.session import Session

from .answers import HEALTHZ, HOST, healthz, page, recorded, signed_out
from .climbing import Ascent
from .fakes import ACCOUNT, Transport, connection, given, jwt

LIST = f"{HOST}/apis/v2beta1/experiments"
TOKEN = jwt()


def connected() -> Session:
    """Return a session with a token."""
    replies = {HEALTHZ: healthz(), LIST: recorded("kfp-list-experiments-empty", LIST)}
    return Ascent(connection(), given(token=TOKEN), transport=Transport(replies)).connected()


@pytest.mark.parametrize(
    ("healthy", "listed", "states", "code"),
    [
        (healthz(), recorded("kfp-list-experiments-empty", LIST), ["ok"] * 3, None),
        (healthz(), recorded("kfp-token-rbac-denied", LIST), ["ok", "ok", "failed"], None),
        (
            healthz(),
            recorded("kfp-token-revoked", LIST),
            ["ok", "failed", "unknown"],
            "token-revoked",
        ),
        (error("timed-out", "x"), None, ["failed", "unknown", "unknown"], "timed-out"),
        (signed_out(), None, ["ok", "failed", "unknown"], "token-refused"),
        (
            Answer(403, HEALTHZ, [], b"RBAC: access denied"),
            None,
            ["ok", "unknown", "failed"],
            "forbidden-by-mesh",
        ),
        (page(HEALTHZ, "x", 404), None, ["failed", "unknown", "unknown"], "not-kfp"),
    ],
)
def test_every_rung_is_found_anew(
    healthy: Any, listed: Any, states: list[str], code: str | None
) -> None:
    session = connected()
    ladder, told = Ladder(), None
    try:
        recheck(session, ladder, Transport({HEALTHZ: healthy, LIST: listed or healthy}))
    except KfpConnectError as problem:
        told = problem.code
    assert told == code
    assert [rung.state for rung in ladder] == states
    assert session.lease().signed_in_as == ACCOUNT


def test_looking_again_tells_of_a_refused_token_what_connecting_does() -> None:
    refused = Ascent(
        connection(), given(token=TOKEN), transport=Transport({HEALTHZ: signed_out()})
    ).failed("token-refused")
    with pytest.raises(KfpConnectError) as caught:
        recheck(connected(), Ladder(), Transport({HEALTHZ: signed_out()}))
    assert caught.value.to_dict() == refused.to_dict()


def test_looking_again_sends_what_the_session_sends() -> None:
    session = connected()
    transport = Transport({HEALTHZ: healthz(), LIST: recorded("kfp-list-experiments-empty", LIST)})
    recheck(session, Ladder(), transport)
    assert set(transport.sent("Authorization")) == {f"Bearer {TOKEN}"}
