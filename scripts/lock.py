"""Pin the Python packages anew, for every Python and platform that the project runs on."""

from .layout import ROOT, VENV_BIN
from .shell import Shell

REQUIREMENTS = ROOT / "requirements"
WITHIN_BUILD = ("--constraint", "requirements/build.txt")


def lock(shell: Shell) -> str:
    """Write the lock files in `requirements/` from `pyproject.toml` and their own `.in` files.

    They carry hashes and no addresses, and hold for Python 3.10 and later on Linux and macOS.
    """
    _compile(shell, "build", "requirements/build.in")
    _compile(shell, "packages", "pyproject.toml", "--extra", "dev", *WITHIN_BUILD)
    _compile(shell, "node", "requirements/node.in")
    return "see requirements/"


def _compile(shell: Shell, name: str, *source: str) -> None:
    shell.say(f"pinning requirements/{name}.txt from {source[0]}")
    shell.run(
        *(str(VENV_BIN / "uv"), "pip", "compile", *source, "--upgrade", "--universal"),
        *("--python-version", "3.10", "--no-python-downloads", "--generate-hashes"),
        *("--no-header", "--no-emit-index-url"),
        *("--output-file", str(REQUIREMENTS / f"{name}.txt")),
    )
