"""Runs tests at the guide's own addresses: in namespaces of their own for network and mounts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..parts import missing

HERE = Path(__file__).parent
LIMIT = 600.0  # seconds, reached only where something hangs
UNSHARE = ["unshare", "--mount", "--net", "--propagation", "private"]


def run_behind_walls(
    names: Sequence[str], folder: Path, environ: Mapping[str, str], limit: float = LIMIT
) -> None:
    """Run files of tests as in a notebook pod; each test has to run and to pass.

    Parameters
    ----------
    names : sequence of str
        Files beside this one, or whole paths.
    folder : Path
        An empty folder.
    environ : mapping
        The environment that the run was started with.
    limit : float, optional
        Seconds that it may take, reached only where something hangs.
    """
    _require_namespaces()
    walls = [sys.executable, str(HERE / "pod_walls.py"), str(folder)]
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--show-capture=no"]
    done = subprocess.run(
        [*UNSHARE, *walls, *pytest, *(str(HERE / name) for name in names)],
        cwd=HERE.parents[1],
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=limit,
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout, done.stdout


def _require_namespaces() -> None:
    what = "the guide's addresses are tested in namespaces of their own, which takes"
    if not sys.platform.startswith("linux"):
        missing(f"{what} Linux")
    if os.geteuid() != 0:
        missing(f"{what} root")
    if not all(shutil.which(program) for program in ("unshare", "mount")):
        missing(f"{what} unshare and mount (Debian: apt install util-linux)")
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        missing(f"{what} the right to make them: {tried.stderr.strip()}")
