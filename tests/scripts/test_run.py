"""`make` on a machine with an old, a bare or no Python: it finds the right one or says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SH_NEEDS = ("sh", "dirname")

MODERN = 'case "$*" in "-m scripts "*) echo "ran $0 $*" ;; *print*) echo 3.12 ;; esac'
OLD = 'case "$*" in *version_info\\ \\<*) exit 1 ;; esac'
WITHOUT_VENV = f'case "$*" in *ensurepip*) exit 1 ;; esac; {MODERN}'


class Machine:
    """A machine on whose path lie just the Pythons that a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        for program in SH_NEEDS:
            found = shutil.which(program)
            assert found
            (self.bin / program).symlink_to(found)

    def put(self, name: str, script: str) -> None:
        file = self.bin / name
        file.write_text(f"#!{self.bin / 'sh'}\n{script}\n")
        file.chmod(0o755)

    def make(self, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / "sh", ROOT / "scripts" / "run.sh", target],
            env={"PATH": os.fspath(self.bin), **variables},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_python3_is_taken_where_it_will_do(machine: Machine) -> None:
    machine.put("python3", MODERN)
    machine.put("python3.13", MODERN)
    done = machine.make("demo")
    assert done.stdout.startswith(f"ran {machine.bin}/python3 -m scripts demo")


def test_a_newer_one_is_found_behind_an_old_python3(machine: Machine) -> None:
    machine.put("python3", OLD)
    machine.put("python3.12", MODERN)
    done = machine.make("demo")
    assert done.stdout.startswith(f"ran {machine.bin}/python3.12 ")


def test_the_one_that_the_user_names_is_taken(machine: Machine) -> None:
    machine.put("python3", MODERN)
    machine.put("mine", MODERN)
    done = machine.make("demo", PYTHON="mine")
    assert done.stdout.startswith(f"ran {machine.bin}/mine ")


def test_one_that_the_user_names_is_never_replaced_by_another(machine: Machine) -> None:
    machine.put("python3", MODERN)
    machine.put("mine", OLD)
    done = machine.make("demo", PYTHON="mine")
    assert done.returncode == 1
    assert "PYTHON=mine is not a Python 3.10 or later" in done.stderr


def test_a_python_without_venv_is_told_in_one_line_how_to_get_it(machine: Machine) -> None:
    machine.put("python3", WITHOUT_VENV)
    done = machine.make("demo")
    assert done.returncode == 1
    assert "apt-get install python3.12-venv" in done.stderr


def test_no_python_at_all_is_said(machine: Machine) -> None:
    done = machine.make("demo")
    assert done.returncode == 1
    assert "Python 3.10 or later is needed" in done.stderr
