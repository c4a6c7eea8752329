"""A standalone install, where nobody signs in."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import expect

from jupyter_kfp_connect.sandbox import SandboxOptions
from tests.sandbox.running import RunningSandbox

GUIDE_PORT = 3000
CELL = """\
made = kfp_client.create_experiment("train-resnet")
print(*[each.display_name for each in kfp_client.list_experiments().experiments])
"""
PLAIN = """\
import jupyter_kfp_connect as kfc
print(*[each.display_name for each in kfc.connect(host="{host}").list_experiments().experiments])
"""


@pytest.fixture
def standalone() -> Iterator[str]:
    """Return the address of a standalone install: the guide's where that port is free."""
    try:
        socket.create_server(("127.0.0.1", GUIDE_PORT)).close()
        port = GUIDE_PORT
    except OSError:
        port = 0
    with RunningSandbox(SandboxOptions(port=port, single_user=True)) as running:
        yield running.sandbox.host


def test_an_open_install_takes_one_click_and_no_credentials(
    standalone: str, lab_page: LabPage
) -> None:
    panel = KfpPanel(lab_page.page)
    notebook = lab_page.new_notebook("train.ipynb")
    panel.open()
    short = standalone.removeprefix("http://")
    if standalone.endswith(f":{GUIDE_PORT}"):
        expect(panel.button(f"Connect to {short}")).to_be_visible()
        lab_page.take_pictures("standalone-1-found")
        panel.button(f"Connect to {short}").click()
    else:
        panel.connect_to(standalone)

    panel.expect_rung("reachable", "done", short)
    panel.expect_rung("signed-in", "not needed")
    panel.expect_rung("authorized", "not needed")
    panel.expect_rung("in-notebook", "done", "kfp_client in train.ipynb")
    expect(panel.password).to_have_count(0)
    assert "train-resnet" in notebook.run(CELL)
    assert "train-resnet" in notebook.run(PLAIN.format(host=standalone))
    lab_page.take_pictures("standalone-2-connected")
