"""Measures that need an interpreter of their own, such as what an import takes.

``python -m benchmarks.fresh NAME`` does one of `TASKS` and prints a JSON number or object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

_DEADLINE = 120  # seconds
_VARIABLE = "kfp_client"


def measure(name: str, environ: Mapping[str, str], *arguments: str) -> Any:
    """Do one of `TASKS` in an interpreter of its own, and return what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fresh", name, *arguments],
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_DEADLINE,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def sign_in_by_hand(host: str, username: str, password: str) -> float:
    """Return the seconds from a loaded SDK to a client that signed in by hand."""
    from . import by_hand

    started = time.perf_counter()
    by_hand.client(host, username, password)
    return time.perf_counter() - started


def sign_in(host: str, username: str, password: str) -> float:
    """Return the seconds from a loaded SDK to a client that `connect` signed in."""
    import kfp  # noqa: F401
    import requests  # noqa: F401

    import jupyter_kfp_connect

    started = time.perf_counter()
    jupyter_kfp_connect.connect(host=host, username=username, password=password)
    return time.perf_counter() - started


def connect(connection: str) -> float:
    """Return the seconds from a loaded SDK to a client with the server's own session."""
    import kfp  # noqa: F401

    import jupyter_kfp_connect

    started = time.perf_counter()
    jupyter_kfp_connect.connect(connection)
    return time.perf_counter() - started


def armed_cell(connection: str) -> float:
    """Return the seconds of the cell that first names the client, the SDK being loaded."""
    shell = _shell()
    _arm(connection)
    import kfp  # noqa: F401

    started = time.perf_counter()
    result = shell.run_cell(f"client = {_VARIABLE}")
    took = time.perf_counter() - started
    result.raise_error()
    if type(shell.user_ns[_VARIABLE]).__name__ != "KubeflowClient":
        raise RuntimeError(f"{_VARIABLE} holds {shell.user_ns[_VARIABLE]!r}")
    return took


def memory(connection: str) -> dict[str, float]:
    """Return the bytes that arming a kernel adds, and those that the SDK adds after it."""
    _shell()
    bare = _resident()
    _arm(connection)
    armed = _resident()
    import kfp  # noqa: F401

    return {"arming": armed - bare, "kfp": _resident() - armed}


def _shell() -> Any:
    """Return a shell, with all loaded that a kernel has loaded before its first cell."""
    import ipykernel.kernelapp  # noqa: F401
    from IPython.core.interactiveshell import InteractiveShell

    return InteractiveShell.instance()


def _arm(connection: str) -> None:
    from jupyter_kfp_connect.kernel.arming import arm

    told = json.loads(arm(connection, _VARIABLE))
    if told["state"] != "armed":
        raise RuntimeError(told["detail"])


def _resident() -> float:
    import psutil  # type: ignore[import-untyped]

    resident: int = psutil.Process(os.getpid()).memory_info().rss
    return resident


TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task for task in (sign_in_by_hand, sign_in, connect, armed_cell, memory)
}


if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
