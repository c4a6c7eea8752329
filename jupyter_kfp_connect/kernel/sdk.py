"""Whether this environment has the kfp SDK that the client is made of, without importing it."""

from __future__ import annotations

import re
import shlex
import sys
from importlib.metadata import PackageNotFoundError, version

from ..core.errors import NotInNotebook
from ..core.ladder import Rung

#: The client overrides private names of kfp, so a new major version is as unknown as an old one.
WANTED = "kfp>=2.17,<3"
_LOWEST, _BELOW = (2, 17), (3, 0)


def check_sdk() -> None:
    """Check which kfp is installed here.

    Raises
    ------
    NotInNotebook
        ``sdk-missing`` or ``sdk-too-old``, with the install line for this very interpreter.
    """
    try:
        found = version("kfp")
    except PackageNotFoundError:
        raise NotInNotebook(
            "sdk-missing",
            f"{_python()} has no kfp",
            remedy_copy=install_line(),
        ) from None
    numbers = re.match(r"(\d+)\.(\d+)", found)
    release = (int(numbers[1]), int(numbers[2])) if numbers else _LOWEST
    if release < _LOWEST:
        raise NotInNotebook(
            "sdk-too-old",
            f"{_python()} has kfp {found}, and 2.17 or later is needed",
            remedy_copy=install_line(),
        )
    if release >= _BELOW:
        raise NotInNotebook(
            "package-too-old",
            f"{_python()} has kfp {found}, which this jupyter-kfp-connect does not know yet",
            remedy="Install a newer jupyter-kfp-connect, or kfp 2.",
            remedy_copy=install_line(),
        )


def install_line() -> str:
    """Return the command that installs the SDK for this kernel's own interpreter."""
    return f"{shlex.quote(sys.executable)} -m pip install {shlex.quote(WANTED)}"


def sdk_rung() -> Rung:
    """Return the fourth rung as far as this Python decides it: failed without a kfp that serves."""
    rung = Rung("in-notebook")
    try:
        check_sdk()
    except NotInNotebook as problem:
        return rung.failed(problem)
    return rung


def _python() -> str:
    return f"Python {sys.version_info.major}.{sys.version_info.minor} ({sys.executable})"
