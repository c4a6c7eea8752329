"""Stories 2 and 3 at the guide's own addresses: a cluster's names, and ports that must be free."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..parts import missing

HERE = Path(__file__).parent
BEHIND_WALLS = ("in_a_pod.py", "at_port_forwards.py")
LIMIT = 120  # seconds
UNSHARE = ["unshare", "--mount", "--net", "--propagation", "private"]


def test_the_guide_s_addresses_need_nothing_typed(
    tmp_path: Path, outer_environ: Mapping[str, str]
) -> None:
    _require_namespaces()
    walls = [sys.executable, str(HERE / "pod_walls.py"), str(tmp_path)]
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--show-capture=no"]
    tests = [str(HERE / name) for name in BEHIND_WALLS]
    done = subprocess.run(
        [*UNSHARE, *walls, *pytest, *tests],
        cwd=HERE.parents[1],
        env=dict(outer_environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
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
