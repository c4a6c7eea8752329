"""Whether this environment has the kfp SDK that the client is made of, without importing it."""

from __future__ import annotations

import re
import shlex
import sys
from importlib.metadata import PackageNotFoundError, version

from ..core.errors import NotInNotebook

#: The client overrides private names of kfp, so a new major version is as unknown as an old one.
WANTED = "kfp>=2.17,<3"
_LOWEST, _BELOW = (2, 17), (3, 0)


def check_sdk(found: str | None = None) -> None:
    """Check which kfp is here.

    Parameters
    ----------
    found : str, optional
        The version of the one that is loaded; by default the one installed counts.

    Raises
    ------
    NotInNotebook
        ``sdk-missing`` or ``sdk-too-old``, with the install line for this very interpreter.
    """
    try:
        found = found or version("kfp")
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


def _python() -> str:
    return f"Python {sys.version_info.major}.{sys.version_info.minor} ({sys.executable})"
