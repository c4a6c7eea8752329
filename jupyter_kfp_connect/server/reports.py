"""What a window tells of a kernel that has not the package to tell by itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

from .. import __version__
from ..core.errors import KfpConnectError, error


def problem_of(report: Mapping[str, Any]) -> KfpConnectError:
    """Return the rung 4 error that a report stands for.

    Parameters
    ----------
    report : mapping
        ``code``, and where they are known ``python`` (the interpreter's path) and ``version``.

    Raises
    ------
    RequestError
        ``bad-request``.
    """
    code, version = report.get("code"), report.get("version") or ""
    if not re.fullmatch(r"[\w.+-]{0,40}", version):
        raise error("bad-request", "version: it is none")
    if code == "package-missing":
        which = f"Python {version} of this kernel" if version else "this kernel's Python"
        return error(
            code,
            f"{which} has no jupyter-kfp-connect",
            remedy_copy=_install(report.get("python"), "jupyter-kfp-connect"),
        )
    if code == "package-too-old":
        has = f"version {version}" if version else "an older version"
        return error(
            code,
            f"this kernel has {has} of jupyter-kfp-connect, the server has {__version__}",
            remedy_copy=_install(report.get("python"), f"jupyter-kfp-connect=={__version__}"),
        )
    if code == "kernel-unsupported":
        return error(code, "this kernel does not run Python")
    if code == "kernel-remote":
        return error(code, "this kernel runs on another machine")
    raise error("bad-request", "code: a window cannot tell that of a kernel")


def _install(python: object, package: str) -> str | None:
    """Return the line that installs `package` for that very interpreter."""
    if not isinstance(python, str) or not python or not python.isprintable():
        return None
    return f"{shlex.quote(python)} -m pip install {package}"
