"""The file of connections, as windows meet it: a clear error, and nothing stored is lost."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core import connections_file

from ..sandbox.running import RunningSandbox
from .asking import TIMEOUT, BrokerClient, Rest
from .conftest import StartSandbox
from .contract import states

HOST = "https://kubeflow.example.com/pipeline"
CHANGES = [
    ("PUT", "connections/new", {"host": HOST}),
    ("PUT", "connections/work", {"title": "Work"}),
    ("DELETE", "connections/work", None),
    ("PUT", "default", {"name": "work"}),
]
every_change = pytest.mark.parametrize(("method", "path", "body"), CHANGES)


@pytest.fixture
def file(jp_environ: Any, jp_config_dir: Path) -> Path:
    """Where the user's connections are kept."""
    return jp_config_dir / connections_file.NAME


async def names(rest: Rest) -> list[str]:
    """Return the names of the connections that every window shows."""
    return [each["name"] for each in (await rest.ask("GET", "connections")).data["connections"]]


async def problems(rest: Rest) -> list[dict[str, str]]:
    """Return what every window is told of files that cannot be used."""
    found: list[dict[str, str]] = (await rest.ask("GET", "connections")).data["problems"]
    return found


@pytest.mark.parametrize("field", ["token_file", "token_command"])
async def test_a_token_of_a_file_or_a_command_written_there_takes_one_click(
    file: Path, rest: Rest, start_sandbox: StartSandbox, tmp_path: Path, field: str
) -> None:
    api = start_sandbox(api_only=True)
    token = tmp_path / "token"
    token.write_text(api.sandbox.issue_token())
    given = {"token_file": str(token), "token_command": ["cat", str(token)]}[field]
    entry = {"host": api.sandbox.host, field: given}
    file.write_text(json.dumps({"version": 1, "connections": {"prod": entry}}))
    told = await rest.connect("prod")
    assert states(told) == ["ok", "ok", "ok"]
    assert (told["way"], told["renews"]) == ("bearer-token", True)


async def test_a_cell_may_name_what_was_just_written_there_by_hand(
    file: Path, rest: Rest, broker: BrokerClient, start_sandbox: StartSandbox
) -> None:
    alone = start_sandbox(single_user=True)
    assert (await broker.ask("lease", {"connection": "prod"})).status == 404
    entry = {"host": alone.sandbox.host}
    file.write_text(json.dumps({"version": 1, "connections": {"prod": entry}}))
    assert (await broker.lease("prod"))["host"] == alone.sandbox.host


@pytest.mark.parametrize(
    "content",
    ["{", "[" * 100_000, "[]", '{"version": 99, "connections": {}}', '{"connections": 5}'],
    ids=["broken", "deep", "list", "newer", "number"],
)
@every_change
async def test_a_file_that_cannot_be_read_is_left_alone_and_named(
    file: Path,
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    method: str,
    path: str,
    body: Any,
    content: str,
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    file.write_text(content)
    told = await rest.ask(method, path, body)
    assert (told.status, told.error["code"]) == (409, "file-unreadable")
    assert str(file) in told.error["message"]
    assert len(told.error["message"]) < 500
    assert file.read_text() == content
    # What was read before serves on, and every window is told.
    assert await names(rest) == ["work"]
    (wrong,) = await problems(rest)
    assert (wrong["where"], wrong["message"][: len(str(file))]) == (str(file), str(file))
    assert states(await rest.get("work")) == ["ok", "ok", "ok"]
    assert (await broker.lease("work"))["generation"] == 1


@pytest.fixture
def a_broken_file(file: Path) -> Path:
    """What a server finds at its start."""
    file.write_text('{"connections": {"work": ')
    return file


async def test_a_server_starts_with_a_broken_file_and_says_which(
    a_broken_file: Path, capsys: pytest.CaptureFixture[str], rest: Rest
) -> None:
    assert await names(rest) == []
    assert str(a_broken_file) in capsys.readouterr().err
    assert [wrong["where"] for wrong in await problems(rest)] == [str(a_broken_file)]
    assert (await rest.ask("POST", "sandbox")).status == 200, "what needs no file works"


async def test_an_entry_that_cannot_be_used_is_told_by_its_name_and_never_overwritten(
    file: Path, rest: Rest, broker: BrokerClient
) -> None:
    typed = {"work": {"host": HOST, "namespace": "Team_A", "username": "me"}}
    file.write_text(json.dumps({"connections": typed}))
    asked = [
        await rest.ask("PUT", "connections/work", {"host": HOST}),
        await rest.ask("POST", "connections/work/connect"),
        await rest.ask("PUT", "connections/new", {"host": HOST, "name": "work"}),
    ]
    for told in asked:
        assert (told.status, told.error["code"]) == (409, "file-unreadable")
        assert f"{file}, “work”: namespace: " in told.error["message"]
        assert "Correct “work” there" in told.error["remedy"]
    lease = await broker.ask("lease", {"connection": "work"})
    assert lease.data["error"]["code"] == "file-unreadable"
    assert json.loads(file.read_text())["connections"] == typed


@every_change
async def test_a_folder_that_may_not_be_written_is_named_and_the_old_file_serves(
    file: Path,
    rest: Rest,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: Any,
) -> None:
    await rest.put("work", host=HOST)
    before = file.read_text()

    # Root may write anywhere, so that the refusal is played.
    def refuse(*_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    told = await rest.ask(method, path, body)
    assert (told.status, told.error["code"]) == (409, "file-unwritable")
    assert str(file) in told.error["message"]
    assert file.read_text() == before
    assert (await rest.get("work"))["title"] == "work"


@every_change
async def test_a_file_that_was_made_read_only_stays_as_it_is(
    file: Path, rest: Rest, method: str, path: str, body: Any
) -> None:
    await rest.put("work", host=HOST)
    before = file.read_text()
    file.chmod(0o400)
    told = await rest.ask(method, path, body)
    assert (told.status, told.error["code"]) == (409, "file-unwritable")
    assert f"{file} cannot be written: it is read-only" in told.error["message"]
    assert file.read_text() == before
    assert await names(rest) == ["work"]


async def test_a_link_to_a_file_elsewhere_stays_one(file: Path, rest: Rest, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.json"
    elsewhere.write_text(json.dumps({"version": 1, "connections": {"mine": {"host": HOST}}}))
    file.symlink_to(elsewhere)
    await rest.put("work", host=HOST)
    assert file.is_symlink()
    assert set(json.loads(elsewhere.read_text())["connections"]) == {"mine", "work"}


async def test_a_lock_that_another_program_never_gives_back_is_an_error_not_a_standstill(
    file: Path, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections_file, "_LOCKED_FOR", 0.1)
    await rest.put("work", host=HOST)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = await rest.ask("PUT", "connections/new", {"host": HOST})
        assert (told.status, told.error["code"]) == (409, "file-unwritable")
        assert "another program" in told.error["message"]
    assert (await rest.ask("PUT", "connections/new", {"host": HOST})).status == 201


async def test_what_another_server_wrote_meanwhile_is_kept(
    file: Path, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who holds the lock may not get to run for a while: how long others wait is not at stake.
    monkeypatch.setattr(connections_file, "_LOCKED_FOR", TIMEOUT)
    program = """
import sys
from dataclasses import replace
from pathlib import Path
from jupyter_kfp_connect.core import connections_file
from jupyter_kfp_connect.core.connections_file import change
connections_file._LOCKED_FOR = float(sys.argv[2])
for number in range(20):
    change(Path(sys.argv[1]), lambda stored: replace(stored, connections={
        **stored.connections, f"theirs-{number}": {"host": "http://localhost:3000"}}))
"""
    writer = subprocess.Popen([sys.executable, "-c", program, str(file), str(TIMEOUT)])
    for number in range(20):
        await rest.put(f"ours-{number}", host=HOST)
    assert writer.wait(TIMEOUT) == 0
    stored = set(json.loads(file.read_text())["connections"])
    wanted = {f"{who}-{number}" for who in ("ours", "theirs") for number in range(20)}
    assert stored == wanted
    await rest.put("last", host=HOST)
    assert set(await names(rest)) == {*wanted, "last"}


async def test_an_entry_that_makes_no_sense_survives_what_windows_change(
    file: Path, rest: Rest
) -> None:
    odd = {"host": "no address", "colour": "red"}
    file.write_text(json.dumps({"version": 1, "connections": {"odd": odd}}))
    os.chmod(file, 0o600)
    await rest.put("work", host=HOST)
    await rest.ask("DELETE", "connections/work")
    assert json.loads(file.read_text())["connections"] == {"odd": odd}


async def test_a_file_that_is_mended_by_hand_is_read_and_windows_hear_of_it(
    a_broken_file: Path, rest: Rest, events: list[dict[str, Any]]
) -> None:
    assert len(await problems(rest)) == 1
    assert not events
    a_broken_file.write_text(json.dumps({"version": 1, "connections": {"work": {"host": HOST}}}))
    assert await problems(rest) == []
    assert await names(rest) == ["work"]
    assert [event["kind"] for event in events] == ["connections"]


@pytest.mark.parametrize(
    "entry",
    [
        {"host": "admin:canary@kubeflow.example.com"},
        {"host": "https://admin:canary@kubeflow.example.com"},
        {"host": "https://kubeflow.example.com/?canary"},
        {"host": HOST, "namespace": "canary!"},
        {"host": HOST, "auth": "canary"},
        {"host": HOST, "connector": "canary!"},
        {"host": HOST, "port_forward": {"canary": 1}},
        {"host": HOST, "a canary": 1},
        "canary",
    ],
    ids=str,
)
async def test_windows_are_told_which_entry_is_wrong_but_not_what_stands_there(
    file: Path, rest: Rest, entry: Any
) -> None:
    await rest.put("work", host=HOST)
    stored = {"version": 1, "connections": {"odd": entry, "work": {"host": HOST}}}
    file.write_text(json.dumps(stored))
    (wrong,) = await problems(rest)
    assert wrong["message"].startswith(f"{file}, “odd”: ")
    assert "“odd”" in wrong["remedy"]
    assert "canary" not in str(wrong)
    assert await names(rest) == ["work"]
    assert json.loads(file.read_text()) == stored
