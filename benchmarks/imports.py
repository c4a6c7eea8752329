"""What a kernel pays that never names the client: an import, and arming."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from .fresh import measure
from .measuring import Spread, alternate
from .surroundings import CONNECTION, Surroundings
from .table import Row, ratio_row

_ROUNDS = 15
_MEMORY_ROUNDS = 3
_MEGABYTE = 1e6
_TIMED_IMPORT = """
import time
started = time.perf_counter()
import {package}
print(time.perf_counter() - started)
"""
_BROUGHT = """
import {package}, json, sys
print(json.dumps([name for name in ("kfp", "requests") if name in sys.modules]))
"""


def import_time(around: Surroundings) -> list[Row]:
    """`import jupyter_kfp_connect` against `import requests`, each in a fresh interpreter."""

    def take(package: str) -> float:
        return float(_run(_TIMED_IMPORT.format(package=package), around.environ))

    pair = alternate(lambda: take("jupyter_kfp_connect"), lambda: take("requests"), _ROUNDS)
    brought = json.loads(_run(_BROUGHT.format(package="jupyter_kfp_connect"), around.environ))
    return [
        ratio_row("import jupyter_kfp_connect, against import requests", pair, 0.1),
        Row(
            "   what it brings of kfp and requests",
            ", ".join(brought) or "neither",
            held_to="neither",
            within=not brought,
        ),
    ]


def arming_memory(around: Surroundings) -> list[Row]:
    """What arming a kernel adds to its memory, against what importing kfp does."""
    kernel = {**around.environ, "KFP_CONNECT_BROKER": str(around.server.description)}
    taken = [measure("memory", kernel, CONNECTION) for _ in range(_MEMORY_ROUNDS)]
    arming = Spread.of([each["arming"] for each in taken])
    kfp = Spread.of([each["kfp"] for each in taken])
    return [
        Row(
            "memory: arming a kernel, against importing kfp",
            f"{arming.median / _MEGABYTE:.1f} MB",
            f"{kfp.median / _MEGABYTE:.0f} MB",
            f"{arming.median / kfp.median:.3g}",
        )
    ]


def _run(code: str, environ: Mapping[str, str]) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env=dict(environ), capture_output=True, text=True, check=True
    ).stdout
