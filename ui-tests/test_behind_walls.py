"""The guide's own addresses in JupyterLab: browser and server in namespaces of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.behind_walls import run_behind_walls
from tests.parts import find_chromium

HERE = Path(__file__).parent
LIMIT = 840.0  # seconds, on a machine that has much else to do; a test may take 900

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("story", ["story_in_a_pod.py", "story_at_port_forwards.py"])
def test_the_panel_at_the_guide_s_own_addresses(
    story: str, tmp_path: Path, outer_environ: Mapping[str, str]
) -> None:
    find_chromium(outer_environ)
    run_behind_walls([str(HERE / story)], tmp_path, outer_environ, LIMIT)
