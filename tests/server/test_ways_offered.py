"""The forms that a window shows: only those with which this connection can be signed in to."""

from __future__ import annotations

import pytest

from ..kernel.fake_kfp import Answer, running_kfp
from ..sandbox.running import RunningSandbox
from .asking import Rest
from .contract import rung

#: What a gateway answers to everything that is neither oauth2-proxy nor Dex.
WALL = Answer(401, b"Unauthorized", {"Content-Type": "text/plain"})


async def test_whoever_named_a_way_is_offered_no_other(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    others = {}
    for auth in ("auto", "dex", "session-cookie", "bearer-token"):
        await rest.put("work", host=kubeflow.sandbox.host, auth=auth)
        asked = (await rest.connect("work"))["sign_in"]
        others[auth] = (asked["kind"], asked["others"])
    assert others == {
        "auto": ("password", ["cookie", "token"]),
        "dex": ("password", []),
        "session-cookie": ("cookie", []),
        "bearer-token": ("token", []),
    }


@pytest.mark.parametrize(
    ("auth", "form"), [("auto", {"kind": "cookie", "others": ["token"]}), ("dex", None)]
)
async def test_a_front_door_of_another_kind_is_asked_nothing_that_it_cannot_take(
    auth: str, form: dict[str, object] | None, rest: Rest
) -> None:
    with running_kfp() as door:
        door.respond = lambda asked: WALL
        await rest.put("work", host=door.host, auth=auth)
        told = await rest.connect("work")
    assert rung(told, "signed-in")["code"] == "no-way-in"
    assert told["sign_in"] == form
