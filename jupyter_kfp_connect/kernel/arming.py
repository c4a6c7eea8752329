"""Arming a kernel: what the panel asks of it in a silent request.

``import kfp`` takes half a second and 80 MB, so a kernel that is merely armed does without.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

from ..core.errors import KfpConnectError, NotInNotebook, error
from .broker_client import Broker
from .broker_source import Holder
from .connecting import alone
from .identity import kernel_id
from .line import DEFAULT_VARIABLE
from .reserved import Arming

_PACKAGE = "jupyter_kfp_connect"


def arm(
    connection: str | None, variable: str = DEFAULT_VARIABLE, namespace: str | None = None
) -> str:
    """Arm this kernel: what the panel asks of it, in a silent request.

    Imports neither kfp nor requests, and never raises.

    Parameters
    ----------
    connection : str or None
        A connection's name or id; ``None`` is the default one.
    variable : str
        The name to reserve.
    namespace : str, optional
        The namespace of calls that name none, if not the connection's own.

    Returns
    -------
    str
        JSON: ``state`` (``armed``, ``live`` or ``failed``), ``variable``, ``code``, ``detail``,
        ``remedy`` (``text``, ``copy``, ``filename``, ``link``) or null, ``python``, ``version``.
        The code is ``kernel-remote``, and the detail says why, where the kernel is armed but will
        sign in by itself, as no server's session can be had in it.
    """
    holder = Holder(connection, namespace, kernel_id(), variable)
    answer = _answered(variable, lambda: _arming().arm(holder))
    if answer["state"] != "failed" and Broker.find(os.environ) is None:
        answer |= {"code": "kernel-remote", "detail": alone(connection, os.environ)}
    return json.dumps(answer)


def disarm(variable: str = DEFAULT_VARIABLE) -> str:
    """Take an armed name back; answers as `arm`, with the state ``gone``."""

    def take_back() -> str:
        _arming().disarm(variable)
        return "gone"

    return json.dumps(_answered(variable, take_back))


def _arming() -> Arming:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        raise NotInNotebook("kernel-unsupported", "this process runs no IPython")
    from .magic import arming_of

    shell.extension_manager.load_extension(_PACKAGE)
    return arming_of(shell)


def _answered(variable: str, work: Callable[[], str]) -> dict[str, Any]:
    try:
        state, problem = work(), None
    except KfpConnectError as failed:
        state, problem = "failed", failed
    except Exception as failed:
        state = "failed"
        problem = error("unexpected", f"arming failed: {type(failed).__name__}: {failed}")
    return {
        "state": state,
        "variable": variable,
        "code": problem.code if problem else "ok",
        "detail": problem.message if problem else state,
        "remedy": _remedy(problem) if problem else None,
        "python": sys.executable,
        "version": platform.python_version(),
    }


def _remedy(problem: KfpConnectError) -> dict[str, str | None]:
    return {
        "text": problem.remedy,
        "copy": problem.remedy_copy,
        "filename": None,
        "link": None,
    }
