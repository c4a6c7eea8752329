"""The README's first command: the demo opens as it says, and its notebook runs to the end."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import CELL_DEADLINE, DONE, LabPage
from playwright.sync_api import Page, expect

from tests.stack.ports import free_ports
from tests.stack.processes import Process

ROOT = Path(__file__).parent.parent
ADDRESS = re.compile(r"http://127\.0\.0\.1:\S+")
READY = "Ctrl-C here ends both"
# Seconds for the demo, which itself gives each of its programs a minute to come up, and a while to
# end.
STARTED = 240
GRACE = "120"


@pytest.fixture
def address(tmp_path: Path, outer_environ: Mapping[str, str]) -> Iterator[str]:
    """Return the address that a demo of its own prints; end the demo."""
    config = tmp_path / "config" / "jupyter_server_config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}))
    (port,) = free_ports(1)  # the usual one is every Jupyter's on this machine
    command = [sys.executable, "-m", "scripts.demo", "--no-browser", "--folder", str(tmp_path)]
    command += ["--port", str(port)]
    log = tmp_path / "printed.txt"
    environ = {**outer_environ, "PYTHONPATH": str(ROOT), "WATCHDOG_GRACE": GRACE}
    demo = Process("demo", command, log, environ)
    try:
        yield demo.wait_for(lambda: _address(log.read_text()), deadline=STARTED)
    finally:
        demo.stop()


def _address(printed: str) -> str | None:
    found = ADDRESS.search(printed)
    return found[0] if found and READY in printed else None


def test_the_demo_does_what_it_says(address: str, page: Page) -> None:
    window = LabPage(page)
    window.open(address)
    panel = KfpPanel(page)
    expect(panel.region).to_be_visible()
    window.notebook("demo.ipynb").wait_until_opened()
    panel.button("Connect").click()
    panel.sign_in("12341234")
    panel.expect_climbed()

    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    for number in range(6):
        prompt = cells.nth(number).locator(".jp-InputArea-prompt")
        expect(prompt).to_have_text(DONE, timeout=CELL_DEADLINE)
    printed = page.locator(".jp-NotebookPanel .jp-OutputArea-output")
    expect(printed.get_by_text("SUCCEEDED")).to_be_visible()
    expect(page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')).to_have_count(0)
