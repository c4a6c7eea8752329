"""The panel's look around, which leaves behind what does not answer within a second or so."""

from __future__ import annotations

import re

from kfp_panel import KfpPanel
from playwright.sync_api import Locator, expect

LOOKS = 30  # on a busy machine one may see nothing


def look_for(panel: KfpPanel, *wanted: Locator) -> None:
    """Wait until all that is wanted is there, looking again as a user does who misses something."""
    looked = panel.region.get_by_text(re.compile("^Looked around"))
    for _ in range(LOOKS):
        expect(looked).to_be_visible()
        if all(each.count() for each in wanted):
            return
        again = panel.button("Look again")
        if not again.is_visible():
            panel.region.get_by_text("What was tried").click()
        again.click()
    missed = [each for each in wanted if not each.count()]
    raise AssertionError(f"not seen in {LOOKS} looks: {missed}")
