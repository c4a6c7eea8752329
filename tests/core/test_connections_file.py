"""What a user saved must still be there, whoever else writes, and whatever happens."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core import connections_file
from jupyter_kfp_connect.core.connections_file import Stored, change, read
from jupyter_kfp_connect.core.errors import RequestError

ENTRY = {"host": "http://localhost:3000"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / connections_file.NAME


def add(name: str, **fields: Any) -> Any:
    return lambda stored: replace(
        stored, connections={**stored.connections, name: {**ENTRY, **fields}}
    )


def test_nothing_is_kept_where_no_file_is(path: Path) -> None:
    assert read(path) == Stored()
    assert not path.parent.exists()


def test_what_was_saved_is_read_again(path: Path) -> None:
    stored = Stored({"a": ENTRY}, "a", {"id-1": {"namespace": "team-a"}})
    assert change(path, lambda _: stored) == stored
    assert read(path) == stored
    assert json.loads(path.read_text())["version"] == connections_file.VERSION


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_others_on_the_machine_cannot_read_it(path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        change(path, add("a"))
    finally:
        os.umask(before)
    for written in path.parent.iterdir():
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[]", "does not hold"),
        (b'{"connections": []}', "does not hold"),
        (b'{"version": 99, "connections": {}}', "newer version"),
        (b'{"version": "2"}', "newer version"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_left_alone(
    path: Path, content: bytes, words: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(RequestError, match=words) as caught:
        read(path)
    assert caught.value.code == "file-unreadable"
    assert str(path) in caught.value.message
    with pytest.raises(RequestError, match=words):
        change(path, add("a"))
    assert path.read_bytes() == content


def test_a_folder_in_the_files_place_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(RequestError) as caught:
        read(path)
    assert caught.value.code == "file-unreadable"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")
    with pytest.raises(RequestError) as caught:
        change(tmp_path / "config" / connections_file.NAME, add("a"))
    assert caught.value.code == "file-unwritable"
    assert caught.value.remedy


def test_a_read_only_folder_is_told_and_the_old_file_serves(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(path, add("a"))

    # Root may write anywhere, so that the refusal is played.
    def refuse(*_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(RequestError, match="Permission denied") as caught:
        change(path, add("b"))
    assert caught.value.code == "file-unwritable"
    assert set(read(path).connections) == {"a"}


def test_a_write_that_breaks_off_leaves_the_old_file_and_no_litter(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(path, add("a"))
    before = sorted(entry.name for entry in path.parent.iterdir())

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(RequestError, match="No space left"):
        change(path, add("b"))
    assert set(read(path).connections) == {"a"}
    assert sorted(entry.name for entry in path.parent.iterdir()) == before


def test_an_entry_written_by_hand_and_wrong_survives_a_change(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"connections": {"odd": 5}, "beside": {"id": "odd"}}))
    change(path, add("a"))
    written = json.loads(path.read_text())
    assert written["connections"] == {"odd": 5, "a": ENTRY}
    assert written["beside"] == {"id": "odd"}


def test_two_servers_that_write_at_once_lose_nothing(path: Path) -> None:
    program = """
import sys
from dataclasses import replace
from pathlib import Path
from jupyter_kfp_connect.core import connections_file
from jupyter_kfp_connect.core.connections_file import change
connections_file._LOCKED_FOR = 60  # a disk that is busy takes its time for each of them
path, who = Path(sys.argv[1]), sys.argv[2]
for number in range(25):
    name = f"{who}{number}"
    change(path, lambda stored: replace(
        stored, connections={**stored.connections, name: {"host": "http://localhost:3000"}}))
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(path), who]) for who in ("a", "b", "c")
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    names = {f"{who}{number}" for who in ("a", "b", "c") for number in range(25)}
    assert set(read(path).connections) == names
