"""``doctor``: what it saw, for people and for machines, and never a secret."""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.cli import FAILS, HOLDS, WRONG_USAGE, main
from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.core.ladder import Rung
from jupyter_kfp_connect.sandbox import SandboxOptions

from ..kernel.fake_broker import FakeBroker
from ..kernel.told import connection, signed_out
from ..sandbox.running import RunningSandbox
from ..server.contract import conforms

PROBE = {
    "what": "GET /pipeline/apis/v2beta1/healthz",
    "status": 200,
    "type": "application/json",
    "ms": 12,
    "note": "KFP, multi-user",
}
WAY = {"way": "dex", "host": None, "code": "ok", "reason": "through the connector local", "ms": 0}

#: As the surfaces fix them.
KEYS = [
    "connection",
    "host",
    "way",
    "signed_in_as",
    "namespace",
    "versions",
    "rungs",
    "probes",
    "attempts",
    "warnings",
]


def diagnosed(**more: Any) -> dict[str, Any]:
    """Return what the server answers."""
    return connection(way="dex", kfp_version="2.16.0", probes=[PROBE], attempts=[WAY], **more)


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what ``--json`` printed."""
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_terminal_of_a_server_has_the_server_look(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.routes["/diagnose"] = lambda body: (200, diagnosed())
    assert main(["doctor", "prod"]) == HOLDS
    assert broker.bodies("/diagnose") == [{"connection": "prod"}]
    out = capsys.readouterr().out
    assert "12 ms  GET /pipeline/apis/v2beta1/healthz  200  application/json  KFP, multi" in out
    assert "dex: through the connector local" in out
    assert "the KFP server 2.16.0" in out


def test_json_has_every_key_that_machines_rely_on(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.routes["/diagnose"] = lambda body: (200, diagnosed())
    assert main(["doctor", "--json"]) == HOLDS
    told = report(capsys)
    assert list(told) == KEYS
    assert told["connection"] == "prod"
    assert told["signed_in_as"] == "jane@example.com"
    assert told["probes"] == [PROBE]
    assert told["attempts"] == [WAY]
    assert set(told["versions"]) == {"jupyter_kfp_connect", "kfp", "kfp_server", "python"}


def test_the_status_for_machines_has_the_same_keys_and_looks_at_nothing_anew(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.routes["/status"] = lambda body: (200, connection(way="dex"))
    assert main(["status", "prod", "--json"]) == HOLDS
    told = report(capsys)
    assert list(told) == KEYS
    assert told["signed_in_as"] == "jane@example.com"
    assert (told["probes"], told["attempts"]) == ([], [])
    assert broker.bodies("/diagnose") == []
    broker.routes["/status"] = lambda body: (200, signed_out("local"))
    assert main(["status", "prod", "--json"]) == FAILS


def test_the_exit_status_is_that_of_the_rungs(broker: FakeBroker) -> None:
    broker.routes["/diagnose"] = lambda body: (200, signed_out("local"))
    assert main(["doctor", "prod", "--json"]) == FAILS


def test_plain_http_is_warned_of_where_a_password_would_go_and_nowhere_else(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, Any] = signed_out("local")
    warned = {
        "http://kubeflow.example.com/pipeline": True,
        "https://kubeflow.example.com/pipeline": False,
        "http://localhost:8080/pipeline": False,
    }
    broker.routes["/diagnose"] = lambda body: (200, asked)
    for host, warns in warned.items():
        asked["host"] = host
        main(["doctor"])
        assert ("can be read on the way" in capsys.readouterr().out) is warns, host
    asked.update(host="http://localhost:8080", login_hosts=["http://dex.corp.example"])
    main(["doctor"])
    assert "a password sent to dex.corp.example can be read" in capsys.readouterr().out
    told = diagnosed(host="http://ml-pipeline.kubeflow:8888")
    told["way"] = "service-account-token"
    broker.routes["/diagnose"] = lambda body: (200, told)
    main(["doctor"])
    assert "on the way" not in capsys.readouterr().out


@pytest.mark.parametrize("command", ["doctor", "status"])
def test_machines_are_warned_of_plain_http_as_people_are(
    command: str, broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, Any] = signed_out("local")
    broker.routes["/diagnose"] = broker.routes["/status"] = lambda body: (200, asked)
    main([command, "prod", "--json"])
    assert report(capsys)["warnings"] == []
    asked["host"] = "http://kubeflow.example.com/pipeline"
    main([command, "prod", "--json"])
    [warning] = report(capsys)["warnings"]
    assert "a password sent to kubeflow.example.com can be read on the way" in warning


def test_without_a_server_a_host_that_the_sign_in_may_go_on_at_is_warned_of_too(
    kubeflow: str, isolated_environ: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = {"host": kubeflow, "login_hosts": ["http://dex.corp.example"]}
    path = isolated_environ / ".jupyter" / "kfp_connect.json"
    path.write_text(json.dumps({"version": 1, "connections": {"mine": fields}}), "utf-8")
    main(["doctor", "mine", "--json"])
    [warning] = report(capsys)["warnings"]
    assert "dex.corp.example" in warning


def in_notebook(text: str) -> dict[str, Any]:
    """Return the fourth rung of a kernel that lacks something."""
    rung = Rung("in-notebook").failed(error("sdk-missing", text, remedy_copy="pip install kfp"))
    return rung.to_dict()


def test_a_kernel_of_the_server_that_has_no_kfp_is_told(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    told = diagnosed(in_notebooks=[in_notebook("Python 3.9 has no kfp")])
    broker.routes["/diagnose"] = lambda body: (200, told)
    assert main(["doctor"]) == HOLDS, "that is a kernel's, not the connection's"
    out = capsys.readouterr().out
    assert "In the notebook: failed [sdk-missing], Python 3.9 has no kfp" in out
    assert "Install kfp" in out
    assert "pip install kfp" in out
    assert main(["doctor", "--json"]) == HOLDS
    assert [rung["rung"] for rung in report(capsys)["rungs"]][3:] == ["in-notebook"]


def test_without_a_server_a_python_that_has_no_kfp_is_told(
    kubeflow: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    main(["doctor", "mine"])
    assert "In the notebook" not in capsys.readouterr().out
    monkeypatch.setattr("jupyter_kfp_connect.kernel.sdk.version", version)
    main(["doctor", "mine"])
    out = capsys.readouterr().out
    assert f"({sys.executable}) has no kfp" in out
    assert "-m pip install 'kfp>=2.17,<3'" in out


def test_without_a_server_it_looks_for_itself(
    kubeflow: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "mine", "--json"]) == FAILS
    told = report(capsys)
    for probe in told["probes"]:
        conforms(probe, "Probe")
    for found in told["rungs"]:
        conforms(found, "Rung")
    healthz = told["probes"][0]
    assert healthz["what"] == "GET /pipeline/apis/v2beta1/healthz"
    assert healthz["status"] in (302, 401, 403)
    assert [one["code"] for one in told["attempts"]] == ["sign-in-needed", "token-missing"]


def test_an_address_of_a_kfp_without_sign_in_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with RunningSandbox(SandboxOptions(single_user=True, api_only=True)) as running:
        assert main(["doctor", "--host", running.sandbox.api_host]) == HOLDS
    out = capsys.readouterr().out
    assert "Signed in: not needed" in out
    assert "KFP, single-user" in out


def test_an_address_gets_no_credential_of_a_connection(
    kubeflow: str, isolated_environ: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = isolated_environ / "token"
    token.write_text("canary-token", "ascii")
    path = isolated_environ / ".jupyter" / "kfp_connect.json"
    fields = {"host": kubeflow, "auth": "bearer-token", "token_file": str(token)}
    path.write_text(json.dumps({"version": 1, "connections": {"mine": fields}}), "utf-8")
    main(["doctor", "mine", "--json"])
    by_name = report(capsys)
    main(["doctor", "--host", kubeflow, "--json"])
    by_host = report(capsys)
    assert [one["rungs"][1]["code"] for one in (by_name, by_host)] == [
        "token-refused",
        "sign-in-needed",
    ]
    assert "canary-token" not in json.dumps([by_name, by_host])


def test_where_the_administrator_allows_no_other_address_none_is_asked(
    kubeflow: str, broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = {"locked": True, "keyring": False, "broker": True}
    broker.routes["/connections"] = lambda body: (
        200,
        {"connections": [], "default": None, "policy": policy, "problems": []},
    )
    assert main(["doctor", "--host", kubeflow]) == FAILS
    out, err = capsys.readouterr()
    assert "[locked]" in err
    assert "jupyter kfp-connect doctor NAME" in err
    assert "GET" not in out


def test_what_gave_no_answer_tells_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--host", "http://127.0.0.1:9/pipeline", "--json"]) == FAILS
    [probe] = report(capsys)["probes"]
    assert probe["status"] is None
    assert probe["ms"] >= 0
    assert "nothing listens" in probe["note"]


def test_machines_are_told_too_where_there_is_no_connection_to_look_at(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["doctor", "nowhere", "--json"]) == WRONG_USAGE
    told = report(capsys)["error"]
    assert told["code"] == "unknown-connection"
    assert told["remedy"]


@pytest.mark.parametrize(
    "words", [["prod", "--host", "http://localhost"], ["--host", "no address"], ["other"]]
)
def test_wrong_usage_is_told_apart_from_a_rung_that_fails(
    kubeflow: str, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["doctor", *words]) == WRONG_USAGE
    assert capsys.readouterr().err
