"""``list``, ``status``, ``login`` and ``logout`` in a terminal."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect import __version__
from jupyter_kfp_connect.cli import FAILS, HOLDS, WRONG_USAGE, main
from jupyter_kfp_connect.core.errors import error

from ..kernel.fake_broker import FakeBroker
from ..kernel.told import connection, rung, signed_out
from .conftest import PASSWORD, USER, Terminal


def standing(state: str = "ok") -> dict[str, Any]:
    """Return CONNECTION with all its rungs in one state."""
    code = {"ok": "ok", "failed": "sign-in-needed"}.get(state)
    names = ("reachable", "signed-in", "authorized")
    return connection(rungs=[rung(name, state, code=code) for name in names])


def test_list_marks_the_default(broker: FakeBroker, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [connection(), connection(name="dev", signed_in_as=None, source="admin")]
    broker.routes["/connections"] = lambda body: (200, {"connections": entries, "default": "prod"})
    assert main(["list"]) == HOLDS
    assert capsys.readouterr().out.splitlines() == [
        "* prod: https://kubeflow.example.com/pipeline · team-a · jane@example.com",
        "    your own",
        "  dev: https://kubeflow.example.com/pipeline · team-a",
        "    the administrator's, from jupyter_server_config",
    ]


def test_list_names_the_file_that_holds_a_connection(
    kubeflow: str, isolated_environ: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = isolated_environ / ".jupyter" / "kfp_connect.json"
    assert main(["list"]) == HOLDS
    assert capsys.readouterr().out == f"* mine: {kubeflow}\n    your own, from {path}\n"


def test_list_names_the_administrators_file_of_the_servers_connection(
    broker: FakeBroker,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "kfp_connect.json"
    fields = {"id": "id-of-prod", "host": "https://kubeflow.example.com/pipeline"}
    path.write_text(json.dumps({"version": 1, "connections": {"prod": fields}}), "utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    overview = {"connections": [connection(source="admin")], "default": None}
    broker.routes["/connections"] = lambda body: (200, overview)
    main(["list"])
    assert f"the administrator's, from {path}" in capsys.readouterr().out


def test_list_tells_of_a_file_that_cannot_be_read(
    isolated_environ: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = isolated_environ / ".jupyter" / "kfp_connect.json"
    path.write_text("{", "utf-8")
    assert main(["list"]) == HOLDS
    assert str(path) in capsys.readouterr().err


def test_list_of_nothing_says_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == HOLDS
    assert "panel" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("state", "status"),
    [("ok", HOLDS), ("not-needed", HOLDS), ("failed", FAILS), ("unknown", FAILS)],
)
def test_the_exit_status_says_whether_the_rungs_hold(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str], state: str, status: int
) -> None:
    broker.routes["/status"] = lambda body: (200, standing(state))
    assert main(["status", "prod"]) == status
    assert broker.bodies("/status") == [{"connection": "prod"}]
    assert "Authorized" in capsys.readouterr().out


def test_status_without_a_server_looks_for_itself(
    kubeflow: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "mine"]) == FAILS
    out = capsys.readouterr().out
    assert "Reachable: ok" in out
    assert "Signed in: failed [sign-in-needed]" in out


def test_an_unknown_name_is_wrong_usage(kubeflow: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "other"]) == WRONG_USAGE
    assert "mine" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["status", "-n", "team/a"], ["doctor", "-n", "Team_A"]])
def test_a_namespace_that_is_none_is_wrong_usage_before_anything_is_asked(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == WRONG_USAGE
    told = capsys.readouterr()
    assert f"“{words[-1]}” is not a namespace's name" in told.err
    assert not told.out


@pytest.mark.parametrize("words", [["nonsense"], ["status", "a", "b"]])
def test_words_that_mean_nothing_are_wrong_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == WRONG_USAGE


def test_login_signs_in_for_the_server_s_kernels(
    broker: FakeBroker, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([signed_out("local", "ldap"), connection()])
    broker.routes["/connect"] = lambda body: (200, next(answers))
    assert main(["login", "prod", "--username", "jane", "--connector", "ldap"]) == HOLDS
    assert broker.bodies("/connect")[1] == {
        "connection": "id-of-prod",
        "username": "jane",
        "password": PASSWORD,
        "connector": "ldap",
    }
    assert terminal.prompts == ["Password of jane for https://kubeflow.example.com/pipeline: "]
    assert PASSWORD not in "".join(capsys.readouterr())


def test_login_asks_nothing_where_nothing_is_missing(
    broker: FakeBroker, terminal: Terminal
) -> None:
    broker.routes["/connect"] = lambda body: (200, connection())
    assert main(["login", "prod"]) == HOLDS
    assert not terminal.prompts


def test_login_names_the_connectors_to_choose_from(
    broker: FakeBroker, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.routes["/connect"] = lambda body: (200, signed_out("github", "ldap"))
    assert main(["login", "prod"]) == WRONG_USAGE
    assert "github | ldap" in capsys.readouterr().err
    assert not terminal.prompts


def test_login_lets_a_person_choose_the_way_to_sign_in(
    broker: FakeBroker, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([signed_out("github", "ldap"), connection()])
    broker.routes["/connect"] = lambda body: (200, next(answers))
    terminal.types("2\njane\n")
    assert main(["login", "prod"]) == HOLDS
    assert broker.bodies("/connect")[1]["connector"] == "ldap"
    assert broker.bodies("/connect")[1]["username"] == "jane"
    out = capsys.readouterr().out
    assert "1  github  GITHUB" in out
    assert "%kfp_connect prod" in out


def test_login_that_takes_no_password_leads_to_the_panel(
    broker: FakeBroker, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {**signed_out(), "sign_in": {"kind": "login-host", "host": "https://sso", "others": []}}
    broker.routes["/connect"] = lambda body: (200, told)
    assert main(["login", "prod"]) == FAILS
    assert "panel" in capsys.readouterr().err
    assert not terminal.prompts


def test_login_where_nobody_can_type_shows_what_is_missing(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    broker.routes["/connect"] = lambda body: (200, signed_out("local"))
    assert main(["login", "prod"]) == FAILS
    told = capsys.readouterr()
    assert "sign-in-needed" in told.out
    assert "run this in a terminal, or use the Kubeflow Pipelines panel" in told.err


@pytest.mark.parametrize("command", ["status", "doctor"])
@pytest.mark.parametrize(("told", "named"), [(signed_out("local"), True), (connection(), False)])
def test_where_only_a_sign_in_lacks_the_command_for_it_is_named(
    broker: FakeBroker,
    capsys: pytest.CaptureFixture[str],
    command: str,
    told: dict[str, Any],
    named: bool,
) -> None:
    broker.routes["/status"] = broker.routes["/diagnose"] = lambda body: (200, told)
    main([command, "prod"])
    assert ("run `jupyter kfp-connect login prod`" in capsys.readouterr().out) is named


def test_login_without_a_server_proves_the_password_and_says_how_far_it_goes(
    kubeflow: str, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["login", "mine"]) == HOLDS
    out = capsys.readouterr().out
    assert "Signed in: ok" in out
    assert "no Jupyter server" in out


def test_a_wrong_password_is_sent_once(
    kubeflow: str, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.password = "not-mine"
    assert main(["login", "mine"]) == FAILS
    assert "[wrong-password]" in capsys.readouterr().out
    assert len(terminal.prompts) == 1


def test_logout_ends_the_session_everywhere(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.routes["/disconnect"] = lambda body: (200, connection())
    assert main(["logout", "prod"]) == HOLDS
    assert "“prod” is disconnected" in capsys.readouterr().out


def test_logout_without_a_server_has_nothing_to_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["logout"]) == FAILS
    assert "no Jupyter server" in capsys.readouterr().err


def test_what_the_server_refuses_is_told_with_its_remedy(
    broker: FakeBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    broker.refuse(error("busy", "“prod” is being signed in to", remedy_copy="copied"), "/connect")
    assert main(["login", "prod"]) == FAILS
    err = capsys.readouterr().err
    assert "[busy]" in err
    assert "copied" in err


def test_the_module_is_the_same_program() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "jupyter_kfp_connect", "list"], capture_output=True, text=True
    )
    assert ran.returncode == HOLDS, ran.stderr
    assert "No connection is set up" in ran.stdout


def test_who_types_no_command_is_shown_them_all(capfd: pytest.CaptureFixture[str]) -> None:
    assert main([]) == WRONG_USAGE
    out, err = capfd.readouterr()
    assert out == ""
    assert all(command in err for command in ("login", "doctor", "manifest", "sandbox"))


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == __version__


def test_the_sandbox_runs_in_the_foreground_and_says_what_to_do(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "jupyter_kfp_connect", "sandbox", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        told = ""
        for line in running.stdout:
            told += line
            if "Ctrl+C" in line:
                break
        running.stdin.close()
        assert running.wait(60) == 0
    assert "Kubeflow Pipelines panel" in told.replace("\n", " ")
    assert USER in told
