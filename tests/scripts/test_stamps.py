"""`make` twice: nothing is done anew without need, and nothing needed is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.stamps import Stamp, digest


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "index.ts").write_text("export {};")
    return folder


def test_a_second_run_does_nothing_anew(source: Path, tmp_path: Path) -> None:
    first = Stamp(tmp_path / "stamps" / "build", digest([source]))
    assert not first.holds()
    first.set()
    assert Stamp(first.file, digest([source])).holds()


def test_a_checkout_that_only_touches_files_builds_nothing(source: Path) -> None:
    before = digest([source])
    (source / "index.ts").write_text("export {};")
    assert digest([source]) == before


@pytest.mark.parametrize("change", ["edit", "add", "rename", "delete"])
def test_any_change_of_the_sources_is_built(source: Path, change: str) -> None:
    before = digest([source, source / "absent.json"])
    file = source / "index.ts"
    match change:
        case "edit":
            file.write_text("export default 1;")
        case "add":
            (source / "model.ts").write_text("")
        case "rename":
            file.rename(source / "main.ts")
        case "delete":
            file.unlink()
    assert digest([source, source / "absent.json"]) != before


def test_another_version_of_a_tool_counts_as_a_change(source: Path) -> None:
    assert digest([source], "go1.26") != digest([source], "go1.27")


def test_what_was_removed_by_hand_is_made_again(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "lib"
    stamp = Stamp(tmp_path / "stamp", digest([source]), (output,))
    stamp.set()
    assert not stamp.holds()
    output.mkdir()
    assert stamp.holds()
