"""Connecting: what a click on Connect does, and what a user is told when it does not work."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..sandbox.running import RunningSandbox
from .asking import (
    POSTED,
    USER,
    Rest,
    counted,
)
from .conftest import StartSandbox
from .contract import rung, states


async def test_one_click_signs_in_and_proves_every_rung(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    connected = await rest.sign_in("work")
    assert states(connected) == ["ok", "ok", "ok"]
    assert connected["way"] == "dex"
    assert connected["signed_in_as"] == USER
    assert connected["renews"] is True
    assert connected["remembered"] == "server"
    assert connected["expires_at"] is not None
    assert connected["sign_in"] is None
    assert connected["busy"] is False
    assert rung(connected, "authorized")["detail"] == "kubeflow-user-example-com"
    assert counted(kubeflow, POSTED) == 1


async def test_who_gives_nothing_is_told_what_to_give(rest: Rest, kubeflow: RunningSandbox) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    asked = await rest.connect("work")
    assert states(asked) == ["ok", "failed", "unknown"]
    assert rung(asked, "signed-in")["code"] == "sign-in-needed"
    assert asked["sign_in"]["kind"] == "password"
    assert [each["id"] for each in asked["sign_in"]["connectors"]] == ["local"]


async def test_a_wrong_password_is_sent_once_and_never_again_by_itself(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.connect("work")
    refused = await rest.sign_in("work", password="not-this-one")
    assert states(refused) == ["ok", "failed", "unknown"]
    assert rung(refused, "signed-in")["code"] == "wrong-password"
    assert refused["username"] == USER
    assert refused["remembered"] == "no"
    assert refused["sign_in"]["kind"] == "password"
    assert [each["id"] for each in refused["sign_in"]["connectors"]] == ["local"]
    for _ in range(2):
        await rest.connect("work")
    assert counted(kubeflow, POSTED) == 1


async def test_a_right_password_after_a_wrong_one_is_taken(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work", password="not-this-one")
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]


async def test_the_connectors_offered_are_named_where_one_has_to_be_chosen(
    rest: Rest, start_sandbox: StartSandbox
) -> None:
    several = start_sandbox(connectors=("ldap", "staff"))
    await rest.put("work", host=several.sandbox.host, username=USER)
    asked = await rest.sign_in("work")
    assert rung(asked, "signed-in")["code"] == "connector-unknown"
    assert [each["id"] for each in asked["sign_in"]["connectors"]] == ["ldap", "staff"]
    assert states(await rest.sign_in("work", connector="staff")) == ["ok", "ok", "ok"]


@pytest.mark.parametrize(
    ("host", "code"),
    [("http://127.0.0.1:9", "connection-refused"), ("http://no-such-host.invalid", None)],
)
async def test_a_host_that_cannot_be_reached_is_rung_one(
    rest: Rest, host: str, code: str | None
) -> None:
    await rest.put("far", host=host)
    told = await rest.connect("far")
    assert states(told) == ["failed", "unknown", "unknown"]
    assert code is None or rung(told, "reachable")["code"] == code


async def test_a_standalone_install_asks_for_no_credentials(
    rest: Rest, start_sandbox: StartSandbox
) -> None:
    alone = start_sandbox(single_user=True)
    await rest.put("alone", host=alone.sandbox.host)
    told = await rest.connect("alone")
    assert states(told) == ["ok", "not-needed", "not-needed"]
    assert told["remembered"] == "no"


async def test_a_token_given_is_used(rest: Rest, start_sandbox: StartSandbox) -> None:
    api = start_sandbox(api_only=True)
    await rest.put("api", host=api.sandbox.host)
    told = await rest.connect("api", token=api.sandbox.issue_token())
    assert states(told) == ["ok", "ok", "ok"]
    assert (told["way"], told["renews"], told["remembered"]) == ("bearer-token", False, "no")


async def test_a_token_that_is_refused_can_be_given_anew(
    rest: Rest, start_sandbox: StartSandbox
) -> None:
    api = start_sandbox(api_only=True)
    await rest.put("api", host=api.sandbox.host)
    expired = await rest.connect("api", token=api.sandbox.issue_token(seconds=-60))
    assert rung(expired, "signed-in")["code"] == "token-expired"
    assert expired["sign_in"]["kind"] == "token"


async def test_a_password_that_is_not_to_be_kept_is_not(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await rest.sign_in("work", remember="no")
    assert states(told) == ["ok", "ok", "ok"]
    assert (told["remembered"], told["renews"]) == ("no", False)


async def test_disconnect_forgets_session_and_password(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")
    gone = (await rest.ask("POST", "connections/work/disconnect")).data
    assert states(gone) == ["unknown"] * 3
    assert (gone["signed_in_as"], gone["remembered"]) == (None, "no")
    assert gone["username"] == USER
    again = await rest.connect("work")
    assert rung(again, "signed-in")["code"] == "sign-in-needed"
    assert counted(kubeflow, POSTED) == 1


async def test_a_token_file_that_is_swapped_is_read_again(
    rest: Rest, start_sandbox: StartSandbox, tmp_path: Path
) -> None:
    api = start_sandbox(api_only=True, token_file=tmp_path / "volume" / "token")
    await rest.put("api", host=api.sandbox.host, token_file=str(tmp_path / "volume" / "token"))
    told = await rest.connect("api")
    assert states(told) == ["ok", "ok", "ok"]
    assert (told["renews"], told["remembered"]) == (True, "no")
