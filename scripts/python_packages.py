"""The virtual environment `.venv`, the packages pinned for it, and the project in it."""

import platform
import subprocess
import sys

from .layout import ROOT, STAMPS, VENV, VENV_BIN
from .shell import Shell
from .stamps import Stamp, digest

PYTHON = VENV_BIN / "python"
PIP = (str(PYTHON), "-m", "pip")


def install_packages(shell: Shell) -> str:
    """Make the virtual environment where it is missing, and bring it to the pinned packages."""
    if not _works():
        shell.say(f"making a virtual environment with Python {platform.python_version()}")
        shell.run(sys.executable, "-m", "venv", "--clear", VENV)
    install_pinned(shell, "build")
    return install_pinned(shell, "packages")


def install_pinned(shell: Shell, name: str) -> str:
    """Install what `requirements/<name>.txt` pins, each file checked against its hash.

    Parameters
    ----------
    shell
        Runs pip.
    name
        The lock file's name without its ending.
    """
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = Stamp(STAMPS / name, digest([lock]), (PYTHON,))
    if stamp.holds():
        return "as before"
    count = sum("==" in line for line in lock.read_text().splitlines())
    shell.say(f"installing the {count} packages pinned in requirements/{name}.txt")
    shell.run(*PIP, "install", "--require-hashes", "--no-build-isolation", "-r", lock)
    stamp.set()
    return f"{count} packages"


def install_project(shell: Shell) -> str:
    """Install the project from this clone, its front end linked rather than copied."""
    inputs = digest([ROOT / "pyproject.toml", ROOT / "package.json", ROOT / "jupyter-config"])
    stamp = Stamp(STAMPS / "project", inputs, (VENV_BIN / "jupyter-kfp-connect",))
    if stamp.holds():
        return "as before"
    shell.say("installing the project from this clone")
    shell.run(
        *(*PIP, "install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT),
        SKIP_JUPYTER_BUILDER="1",
    )
    shell.run(VENV_BIN / "jupyter-builder", "develop", "--overwrite", ROOT)
    stamp.set()
    return "linked to this clone"


def _works() -> bool:
    check = "import sys, pip; sys.exit(sys.version_info < (3, 10))"
    try:
        return (
            subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False
