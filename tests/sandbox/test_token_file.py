"""The token file behaves as a projected volume does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_kfp_connect.sandbox.options import USER_NAMESPACE
from jupyter_kfp_connect.sandbox.token_file import TokenFile

from ..stack.processes import wait_until
from .conftest import StartSandbox
from .running import TIMEOUT


def test_the_token_in_the_file_opens_the_api(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    path = tmp_path / "volume" / "token"
    running = start_sandbox(api_only=True, token_file=path)
    client = running.with_token(path.read_text())
    response = client.get("/apis/v2beta1/runs", params={"namespace": USER_NAMESPACE})
    assert response.status_code == 200


def test_a_rotation_swaps_the_folder_below_and_not_the_file(tmp_path: Path) -> None:
    tokens = iter(["first", "second"])
    path = tmp_path / "token"
    file = TokenFile(path, lambda: next(tokens), 60.0)
    file.rotate()
    before = path.lstat()
    assert path.read_text() == "first"
    assert os.readlink(path) == "..data/token"
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.resolve()

    file.rotate()
    assert path.read_text() == "second"
    assert path.lstat().st_ino == before.st_ino
    assert not first.exists()


def test_a_file_of_someone_elses_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        TokenFile(path, lambda: "x", 60.0).rotate()
    assert path.read_text() == "mine"


def test_the_volume_goes_away_with_the_sandbox(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    path = tmp_path / "volume" / "token"
    running = start_sandbox(api_only=True, token_file=path)
    assert path.exists()
    running._run(running.sandbox.stop())
    assert list(path.parent.iterdir()) == []


def test_a_token_is_replaced_before_it_expires(start_sandbox: StartSandbox, tmp_path: Path) -> None:
    path = tmp_path / "token"
    start_sandbox(api_only=True, token_file=path, token_seconds=0.5)
    first = path.resolve()
    wait_until(lambda: path.resolve() != first, "the next token", TIMEOUT)
