"""Stories 2 and 3 at the guide's own addresses: a cluster's names, and ports that must be free."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .behind_walls import run_behind_walls


def test_the_guide_s_addresses_need_nothing_typed(
    tmp_path: Path, outer_environ: Mapping[str, str]
) -> None:
    run_behind_walls(["in_a_pod.py", "at_port_forwards.py"], tmp_path, outer_environ)


def test_a_standalone_install_needs_its_address_in_the_cluster_alone(
    tmp_path: Path, outer_environ: Mapping[str, str]
) -> None:
    run_behind_walls(["standalone_in_a_pod.py"], tmp_path, outer_environ)
