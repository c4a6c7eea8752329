"""What an administrator sets holds, and what they set wrongly is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError
from traitlets.config import Config

from jupyter_kfp_connect.server.app import KfpConnect

from ..sandbox.running import RunningSandbox
from .asking import USER, BrokerClient, Rest
from .contract import states

HOST = "https://kubeflow.example.com/pipeline"
LOGIN = "https://login.example.com"


def configured(**traits: Any) -> pytest.MarkDecorator:
    """Return a mark that sets ``c.KfpConnect``."""
    extensions = {"jupyter_kfp_connect": True, "jupyter_server_terminals": False}
    config = Config({"ServerApp": {"jpserver_extensions": extensions}, "KfpConnect": traits})
    return pytest.mark.parametrize("jp_server_config", [config], ids=["configured"])


@configured(
    connections={
        "prod": {"host": HOST, "title": "Production", "namespace": "team-a"},
        "free": {"host": HOST},
    },
    default_connection="free",
)
async def test_an_administrators_connection_is_locked_but_for_what_they_left_empty(
    rest: Rest,
) -> None:
    prod = await rest.get("prod")
    assert (prod["source"], prod["locked"], prod["title"]) == ("admin", True, "Production")
    assert (prod["free"], (await rest.get("free"))["free"]) == (
        ["username"],
        ["namespace", "username"],
    )
    assert (await rest.ask("GET", "connections")).data["default"] == "free"
    for field, value in (("host", "https://evil.example.com"), ("namespace", "team-b")):
        told = await rest.ask("PUT", "connections/prod", {field: value})
        assert (told.status, told.error["code"]) == (409, "locked")
        assert told.error["message"].startswith(f"{field}:")
    assert (await rest.ask("DELETE", "connections/prod")).error["code"] == "locked"
    mine = await rest.put("free", namespace="team-b", username=USER)
    assert (mine["namespace"], mine["username"], mine["locked"]) == ("team-b", USER, True)
    assert mine["free"] == ["namespace", "username"], "what was set may be set anew"
    assert (await rest.put("own", host=HOST))["free"] == []
    assert (await rest.ask("PUT", "connections/free", mine)).data == mine
    assert (await rest.put("free", namespace=None))["namespace"] is None
    assert (await rest.put("prod", username=USER))["id"] == prod["id"]


@configured(
    connections={"prod": {"host": HOST, "namespace": "Team_A"}, "other": {"host": HOST}},
    default_connection="prod",
)
async def test_a_default_that_cannot_be_used_is_told_and_no_other_is_used_instead(
    rest: Rest, broker: BrokerClient
) -> None:
    assert (await rest.ask("GET", "connections")).data["default"] == "prod"
    told = await broker.ask("lease", {"connection": None})
    assert "namespace: " in told.error["message"]


@configured(connections={"prod": {"host": HOST}})
async def test_a_users_file_takes_over_neither_name_nor_id_of_an_administrators(
    jp_environ: Any, jp_config_dir: Path, jp_serverapp: Any, rest: Rest
) -> None:
    prod = await rest.get("prod")
    entry = {"host": "https://evil.example.com", "id": prod["id"]}
    file = jp_config_dir / "kfp_connect.json"
    file.write_text(json.dumps({"version": 1, "connections": {"prod": entry, "evil": entry}}))
    await rest.put("mine", host=HOST)
    told = (await rest.ask("GET", "connections")).data["connections"]
    assert {each["name"]: each["host"] for each in told}["prod"] == HOST
    assert len({each["id"] for each in told}) == len(told) == 3


@configured(allow_user_connections=False, connections={"prod": {"host": HOST}})
async def test_where_users_may_keep_none_no_way_leads_to_another_host(
    monkeypatch: pytest.MonkeyPatch, rest: Rest, broker: BrokerClient
) -> None:
    assert (await rest.ask("GET", "connections")).data["policy"]["locked"] is True
    for method, path, body in (
        ("PUT", "connections/evil", {"host": "https://evil.example.com"}),
        ("PUT", "connections/prod", {"host": "https://evil.example.com"}),
        ("POST", "sandbox", {}),
    ):
        told = await rest.ask(method, path, body)
        assert (told.status, told.error["code"]) == (409, "locked")
    assert (await rest.ask("POST", "detect")).data == {"found": [], "attempts": []}
    assert [each["name"] for each in (await rest.ask("GET", "connections")).data["connections"]]
    told = await broker.ask("lease", {"connection": "evil"})
    assert told.status == 404


@pytest.fixture
def a_file_of_the_users(jp_environ: Any, jp_config_dir: Path) -> None:
    """A connection that the user kept before."""
    entry = {"host": "https://evil.example.com"}
    file = jp_config_dir / "kfp_connect.json"
    file.write_text(json.dumps({"version": 1, "connections": {"evil": entry}}))


@configured(allow_user_connections=False)
async def test_where_users_may_keep_none_those_kept_before_are_gone(
    a_file_of_the_users: None, rest: Rest
) -> None:
    assert (await rest.ask("GET", "connections")).data["connections"] == []


@pytest.fixture
def an_administrators_file(jp_environ: Any, jp_env_config_path: Path) -> None:
    """Connections in the environment's folder, one of them wrong."""
    entries = {"site": {"host": HOST}, "wrong": {"host": "no address"}}
    file = jp_env_config_path / "kfp_connect.json"
    file.write_text(json.dumps({"version": 1, "connections": entries}))


async def test_a_file_of_the_environment_is_the_administrators(
    an_administrators_file: None, capsys: pytest.CaptureFixture[str], rest: Rest
) -> None:
    (site,) = (await rest.ask("GET", "connections")).data["connections"]
    assert (site["name"], site["source"], site["locked"]) == ("site", "admin", True)
    assert "“wrong”: host: " in capsys.readouterr().err


@configured(login_hosts=[LOGIN])
async def test_the_administrators_list_of_sign_in_hosts_is_the_only_one(rest: Rest) -> None:
    told = await rest.ask(
        "PUT", "connections/work", {"host": HOST, "login_hosts": ["https://evil.example.com"]}
    )
    assert (told.status, told.error["code"]) == (409, "locked")


@pytest.mark.parametrize(
    ("trait", "value"), [("timeout", 0), ("timeout", float("nan")), ("login_hosts", ["nowhere"])]
)
def test_a_trait_that_makes_no_sense_is_named(trait: str, value: Any) -> None:
    with pytest.raises(TraitError, match=f"c.KfpConnect.{trait}"):
        KfpConnect(**{trait: value})


@configured(timeout=70)
async def test_the_administrators_time_limit_reaches_the_kernels(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, timeout=30)
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]
    assert (await broker.lease("work"))["timeout"] == 30
    await rest.put("work", timeout=None)
    assert (await broker.lease("work"))["timeout"] == 70
