"""A token that KFP refuses in a later call: every window says why, until a call goes through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..core.fakes import jwt
from ..kernel.fake_kfp import Answer, as_recorded, running_kfp
from .asking import Rest
from .contract import rung, states
from .naming import HEALTHZ, LIST, TEXT, USERS, answer_as
from .notebooks import Notebook
from .test_verdicts import rung_of

SERVED = {HEALTHZ: USERS, LIST: as_recorded("kfp-list-experiments-empty")}
CELL = """
import kfp_server_api
try:
    kfp_client.list_experiments()
except Exception as problem:
    print(problem.code, isinstance(problem, kfp_server_api.ApiException), problem.message)
"""
REFUSALS = {
    "token-revoked": as_recorded("kfp-token-revoked"),
    "token-audience": as_recorded("kfp-token-wrong-audience"),
    "token-issuer": Answer(401, b"Jwt issuer is not configured", TEXT),
    "token-refused": Answer(401, b"Jwt verification fails", TEXT),
}


async def refused(rest: Rest, notebook: Notebook, code: str) -> dict[str, Any]:
    """Make a call that is refused; return what every window shows then."""
    await notebook.run(CELL)
    told = "".join(notebook.texts)
    assert told.startswith(f"{code} False "), told
    failed = await rung_of(rest, "signed-in", "failed")
    assert failed["code"] == code
    assert told.strip().endswith(failed["detail"]), "a window says the same as the cell"
    return failed


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refused_token_of_a_file_is_told_for_what_it_is_and_the_rung_turns_back(
    rest: Rest, new_notebook: Any, tmp_path: Path, code: str
) -> None:
    file = tmp_path / "token"
    file.write_text(jwt(), encoding="ascii")
    with running_kfp() as host:
        answer_as(host, SERVED)
        await rest.put("work", host=host.host, auth="bearer-token", token_file=str(file))
        assert states(await rest.connect("work")) == ["ok", "ok", "ok"]
        async with new_notebook() as notebook:
            await notebook.run("%kfp_connect work")
            answer_as(host, {HEALTHZ: USERS, LIST: REFUSALS[code]})
            await refused(rest, notebook, code)
            await refused(rest, notebook, code)
            answer_as(host, SERVED)
            await notebook.run(CELL)
            assert notebook.texts == []
            await rung_of(rest, "signed-in", "ok")
            await rung_of(rest, "authorized", "ok")


async def test_an_audience_that_istio_takes_no_more_is_told_in_every_window_too(
    rest: Rest, new_notebook: Any
) -> None:
    no_audience = Answer(403, b"Audiences in Jwt are not allowed", TEXT)
    with running_kfp() as host:
        answer_as(host, SERVED)
        await rest.put("work", host=host.host)
        assert states(await rest.connect("work", token=jwt())) == ["ok", "ok", "ok"]
        async with new_notebook() as notebook:
            await notebook.run("%kfp_connect work")
            answer_as(host, {"*": no_audience})
            await notebook.run(CELL)
            told = "".join(notebook.texts).strip()
            assert told.startswith("token-audience ")
            failed = await rung_of(rest, "signed-in", "failed")
            assert failed["code"] == "token-audience"
            assert told.endswith(failed["detail"])
            assert (await rest.get("work"))["sign_in"]["kind"] == "token"


async def test_a_refused_token_that_was_typed_is_told_for_what_it_is_too(
    rest: Rest, new_notebook: Any
) -> None:
    with running_kfp() as host:
        answer_as(host, SERVED)
        await rest.put("work", host=host.host)
        assert states(await rest.connect("work", token=jwt())) == ["ok", "ok", "ok"]
        async with new_notebook() as notebook:
            await notebook.run("%kfp_connect work")
            answer_as(host, {HEALTHZ: USERS, LIST: REFUSALS["token-revoked"]})
            await refused(rest, notebook, "token-revoked")
            told = await rest.get("work")
            assert told["sign_in"]["kind"] == "token"
            assert rung(told, "reachable")["state"] == "ok"
