"""Keeping connections: what a user may change, and what a change does to a session."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from ..sandbox.running import RunningSandbox
from .asking import POSTED, USER, Rest, counted
from .contract import rung, states

HOST = "https://kubeflow.example.com/pipeline"
OTHER = "https://elsewhere.example.com/pipeline"


async def test_a_new_connection_is_there_for_every_window(rest: Rest) -> None:
    made = await rest.ask("PUT", "connections/work", {"host": HOST})
    assert (made.status, made.data["source"], made.data["locked"]) == (201, "user", False)
    told = (await rest.ask("GET", "connections")).data
    assert [each["name"] for each in told["connections"]] == ["work"]
    assert told["default"] == "work"
    assert told["policy"] == {"locked": False, "keyring": False, "broker": True}


async def test_connections_survive_a_restart_in_a_file_of_the_user_alone(
    rest: Rest, jp_environ: Any
) -> None:
    await rest.put("work", host=HOST)
    from jupyter_core.paths import jupyter_config_dir

    file = Path(jupyter_config_dir()) / "kfp_connect.json"
    assert json.loads(file.read_text())["connections"]["work"]["host"] == HOST
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_what_was_read_can_be_sent_back(rest: Rest, kubeflow: RunningSandbox) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    read = await rest.sign_in("work")
    again = await rest.ask("PUT", "connections/work", read)
    assert (again.status, again.data) == (200, read)


async def test_null_clears_and_what_is_not_named_stays(rest: Rest) -> None:
    await rest.put("work", host=HOST, namespace="team-a", username=USER)
    changed = await rest.put("work", namespace=None)
    assert (changed["namespace"], changed["username"]) == (None, USER)


async def test_a_new_name_keeps_id_session_and_default(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    before = await rest.put("work", host=kubeflow.sandbox.host)
    await rest.put("other", host=HOST)
    await rest.ask("PUT", "default", {"name": "work"})
    await rest.sign_in("work")
    after = await rest.put("work", name="job", title="The job")
    assert (after["name"], after["id"], after["title"]) == ("job", before["id"], "The job")
    assert states(after) == ["ok", "ok", "ok"]
    told = (await rest.ask("GET", "connections")).data
    assert sorted(each["name"] for each in told["connections"]) == ["job", "other"]
    assert told["default"] == "job"


@pytest.mark.parametrize(
    "change",
    [
        {"host": "http://127.0.0.1:9/pipeline"},
        {"auth": "dex"},
        {"connector": "ldap"},
        {"username": "somebody@example.com"},
        {"verify_ssl": False},
        {"proxy": "http://127.0.0.1:9"},
        {"login_hosts": ["https://login.example.com"]},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_change_that_moves_a_credential_ends_the_session_and_forgets_the_password(
    rest: Rest, kubeflow: RunningSandbox, change: dict[str, Any]
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")
    moved = await rest.put("work", **change)
    assert states(moved) == ["unknown"] * 3
    assert (moved["signed_in_as"], moved["remembered"]) == (None, "no")
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.connect("work")
    assert counted(kubeflow, POSTED) == 1


async def test_another_namespace_keeps_the_session_and_is_proven(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")
    await rest.put("work", namespace="someone-elses")
    told = await rest.settled("work")
    assert states(told) == ["ok", "ok", "failed"]
    assert rung(told, "authorized")["code"] == "forbidden"
    assert "someone-elses" in told["ui_url"]
    await rest.put("work", namespace=None)
    told = await rest.settled("work")
    assert states(told) == ["ok", "ok", "ok"]
    assert rung(told, "authorized")["detail"] == "kubeflow-user-example-com"
    assert counted(kubeflow, POSTED) == 1


async def test_links_follow_another_address_of_the_user_interface(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    told = await rest.put("work", ui_host="https://ui.example.com")
    assert told["ui_url"].startswith("https://ui.example.com/")
    assert states(told) == ["ok", "ok", "ok"]


async def test_a_namespace_chosen_during_the_sign_in_is_the_one_proven(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    given = {"username": USER, "password": "12341234"}
    await rest.ask("POST", "connections/work/connect", given, params={"wait": "0"})
    await rest.put("work", namespace="team-shared")
    told = await rest.settled("work")
    assert rung(told, "authorized")["detail"] == "team-shared"
    assert counted(kubeflow, POSTED) == 1


async def test_delete_ends_the_session(rest: Rest, kubeflow: RunningSandbox) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    assert (await rest.ask("DELETE", "connections/work")).status == 204
    assert (await rest.ask("DELETE", "connections/work")).status == 404
    again = await rest.put("work", host=kubeflow.sandbox.host)
    assert states(again) == ["unknown"] * 3


async def test_the_default_is_the_one_set(rest: Rest) -> None:
    await rest.put("one", host=HOST)
    await rest.put("two", host=HOST)
    assert (await rest.ask("GET", "connections")).data["default"] is None
    assert (await rest.ask("PUT", "default", {"name": "two"})).data == {"name": "two"}
    assert (await rest.ask("GET", "connections")).data["default"] == "two"
    assert (await rest.ask("PUT", "default", {"name": "three"})).status == 404


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("Bad Name", {"host": HOST}, "name"),
        ("work", {}, "host"),
        ("work", {"host": "not an address"}, "host"),
        ("work", {"host": HOST, "colour": "red"}, "colour"),
        ("work", {"host": HOST, "namespace": "UPPER"}, "namespace"),
        ("work", {"host": HOST, "timeout": -1}, "timeout"),
        ("work", {"host": HOST, "name": "b b"}, "name"),
        ("work", '{"host": "https://example.com", "timeout": NaN}', "timeout"),
        ("work", "{", "body"),
        ("work", "[]", "body"),
        ("work", "[" * 100_000, "body"),
        ("work", b"\xff", "body"),
    ],
)
async def test_bad_input_names_the_field(rest: Rest, name: str, body: Any, field: str) -> None:
    told = await rest.ask("PUT", f"connections/{name}", body)
    assert told.status == 400
    assert told.error["message"].startswith(f"{field}:") or field in told.error["message"]
    assert told.error["remedy"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": 1}, "password"),
        ({"passwort": "x"}, "passwort"),
        ({"remember": "forever"}, "remember"),
        ({"kind": "carrier-pigeon"}, "kind"),
        ({"login_host": 1}, "login_host"),
        ({"login_host": "https://login.example.com"}, "login_host"),
    ],
)
async def test_bad_credentials_name_the_field_and_start_nothing(
    rest: Rest, body: dict[str, Any], field: str
) -> None:
    await rest.put("work", host=HOST)
    told = await rest.ask("POST", "connections/work/connect", body)
    assert (told.status, told.error["code"]) == (400, "bad-request")
    assert told.error["message"].startswith(f"{field}:")
    assert not (await rest.get("work"))["busy"]


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "connections/work"), ("POST", "connections/work/connect")]
)
@pytest.mark.parametrize("pasted", ["correct horse", "12341234", "x" * 500, "geheim\n", "Pässword"])
async def test_what_was_pasted_where_a_fields_name_goes_is_not_repeated(
    rest: Rest, method: str, path: str, pasted: str
) -> None:
    await rest.put("work", host=HOST)
    told = await rest.ask(method, path, {pasted: "x"})
    assert (told.status, told.error["code"]) == (400, "bad-request")
    assert pasted.strip() not in str(told.error)
    assert "username" in told.error["remedy"]
    misspelt = await rest.ask(method, path, {"usrname": "x"})
    assert misspelt.error["message"].startswith("usrname:")


@pytest.mark.parametrize("wait", ["soon", "-1", "61", "nan"])
async def test_a_wait_that_makes_no_sense_is_refused(rest: Rest, wait: str) -> None:
    await rest.put("work", host=HOST)
    told = await rest.ask("POST", "connections/work/connect", {}, params={"wait": wait})
    assert (told.status, told.error["message"].partition(":")[0]) == (400, "wait")


@pytest.mark.parametrize("action", ["connect", "cancel", "disconnect"])
async def test_an_unknown_connection_is_404_and_names_those_there_are(
    rest: Rest, action: str
) -> None:
    await rest.put("work", host=HOST)
    told = await rest.ask("POST", f"connections/wrok/{action}")
    assert (told.status, told.error["code"]) == (404, "unknown-connection")
    assert "work" in told.error["remedy"]


async def test_a_body_of_another_type_is_415(rest: Rest) -> None:
    told = await rest.ask(
        "PUT", "connections/work", {"host": HOST}, headers={"Content-Type": "text/plain"}
    )
    assert (told.status, told.error["code"]) == (415, "not-json")


async def test_nobody_takes_over_the_id_or_the_name_of_another(rest: Rest) -> None:
    work = await rest.put("work", host=HOST)
    taken = await rest.ask("PUT", "connections/evil", {"host": OTHER, "id": work["id"]})
    assert (taken.status, taken.error["message"].partition(":")[0]) == (400, "id")
    moved = await rest.ask("PUT", "connections/work", {"id": "mine"})
    assert (moved.status, moved.error["message"].partition(":")[0]) == (400, "id")
    await rest.put("other", host=OTHER)
    named = await rest.ask("PUT", "connections/other", {"name": "work"})
    assert (named.status, named.error["message"].partition(":")[0]) == (400, "name")
    assert (await rest.get("work"))["host"] == HOST


async def test_a_file_changed_by_hand_is_taken_over_with_the_next_change(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    from jupyter_core.paths import jupyter_config_dir

    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    file = Path(jupyter_config_dir()) / "kfp_connect.json"
    stored = json.loads(file.read_text())
    stored["connections"]["work"]["host"] = OTHER
    file.write_text(json.dumps(stored))
    await rest.put("second", host=HOST)
    told = await rest.get("work")
    assert (told["host"], states(told)) == (OTHER, ["unknown"] * 3)
