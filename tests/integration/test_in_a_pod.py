"""Story 2 with the guide's host names, which only the inside of a cluster can resolve."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..parts import missing

HERE = Path(__file__).parent
LIMIT = 120  # seconds
UNSHARE = ["unshare", "--mount", "--net", "--propagation", "private"]


def test_the_guide_s_hosts_need_nothing_typed(
    tmp_path: Path, outer_environ: Mapping[str, str]
) -> None:
    _require_namespaces()
    walls = [sys.executable, str(HERE / "pod_walls.py"), str(tmp_path)]
    tests = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(HERE / "in_a_pod.py")]
    done = subprocess.run(
        [*UNSHARE, *walls, *tests, "-q", "--show-capture=no"],
        cwd=HERE.parents[1],
        env=dict(outer_environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout


def _require_namespaces() -> None:
    what = "the guide's host names are tested in namespaces of their own, which takes"
    if not sys.platform.startswith("linux"):
        missing(f"{what} Linux")
    if os.geteuid() != 0:
        missing(f"{what} root")
    if not all(shutil.which(program) for program in ("unshare", "mount")):
        missing(f"{what} unshare and mount (Debian: apt install util-linux)")
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        missing(f"{what} the right to make them: {tried.stderr.strip()}")
