"""Tab in a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def completions(line: str, program: list[str], folder: Path) -> list[str]:
    """Return what a shell offers after `line`."""
    answer = folder / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    subprocess.run(program, env={**os.environ, **asked}, timeout=60, check=False)
    return [word.strip() for word in answer.read_text("utf-8").splitlines()]


OWN = [sys.executable, "-m", "jupyter_kfp_connect"]
#: The first word is the program's name, as in a shell.
THROUGH_JUPYTER = [sys.executable, "-c", "from jupyter_core.command import main; main()"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("jupyter-kfp-connect st", {"status"}),
        ("jupyter-kfp-connect status ", {"mine", "-n", "--namespace", "--json", "-h", "--help"}),
        ("jupyter-kfp-connect login m", {"mine"}),
        ("jupyter-kfp-connect doctor --j", {"--json"}),
        ("jupyter-kfp-connect manifest pod", {"pod", "pod-default"}),
    ],
)
def test_tab_offers_commands_connections_and_options(
    kubeflow: str, tmp_path: Path, line: str, offered: set[str]
) -> None:
    assert set(completions(line, OWN, tmp_path)) == offered


def test_tab_after_jupyter_offers_them_too(kubeflow: str, tmp_path: Path) -> None:
    assert completions("jupyter kfp-connect log", THROUGH_JUPYTER, tmp_path) == ["login", "logout"]
