"""A cell that waits for a sign-in: the panel comes forward, and the same cell goes on."""

from __future__ import annotations

import re

import pytest
from kfp_panel import KfpPanel
from lab_page import CELL_DEADLINE, DONE, LabPage
from lab_server import Lab
from playwright.sync_api import Locator, expect

from tests.stack.stack import Stack

WAITS = re.compile("A cell of train.ipynb waits for this sign-in")


@pytest.fixture
def panel(lab_page: LabPage, stack: Stack) -> KfpPanel:
    """Return the panel with a connection to the stack that nobody is signed in to."""
    panel = KfpPanel(lab_page.page)
    panel.connect_to(stack.host, stack.username)
    panel.expect_rung("signed-in", "needs you")
    return panel


def start_cell(lab_page: LabPage, lab: Lab, source: str) -> Locator:
    """Run `source` in the first cell of a new notebook; return the cell, which may wait."""
    notebook = lab_page.new_notebook("train.ipynb")
    go = lab.notebooks / "go"
    held = f"import os, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.05)\n"
    cell = notebook.start(held + source)
    # JupyterLab moves the focus to the next cell: that is over before the panel moves it.
    following = notebook.widget.locator(".jp-CodeCell").last
    expect(following.get_by_role("textbox")).to_be_focused()
    go.touch()
    return cell


def magic(stack: Stack) -> str:
    """Return a cell that connects by the name which the panel made of the address."""
    name = re.sub("[^a-z0-9.]+", "-", stack.host.split("//")[1].split("/")[0])
    return f"%load_ext jupyter_kfp_connect\n%kfp_connect {name}\nprint(type(kfp_client).__name__)"


def test_the_same_cell_finishes_after_a_wrong_password_and_the_right_one(
    lab_page: LabPage, lab: Lab, panel: KfpPanel, stack: Stack
) -> None:
    cell = start_cell(lab_page, lab, magic(stack))
    prompt = cell.locator(".jp-InputArea-prompt")
    expect(panel.region).to_contain_text(WAITS)
    expect(panel.password).to_be_focused()
    lab_page.take_pictures("waiting-cell")

    panel.sign_in("not-my-password")
    panel.expect_rung("signed-in", "failed")
    expect(panel.password).to_be_visible()
    expect(panel.region).to_contain_text(WAITS)
    expect(prompt).to_have_text("[*]:")

    panel.sign_in(stack.password)
    expect(prompt).to_have_text(DONE, timeout=CELL_DEADLINE)
    expect(cell.locator(".jp-OutputArea")).to_contain_text("KubeflowClient")
    expect(panel.region).not_to_contain_text(WAITS)


def test_cancel_in_the_panel_ends_the_cell(
    lab_page: LabPage, lab: Lab, panel: KfpPanel, stack: Stack
) -> None:
    cell = start_cell(lab_page, lab, magic(stack))
    expect(panel.region).to_contain_text(WAITS)
    panel.waiting.get_by_role("button", name="Cancel").click()
    expect(cell.locator(".jp-InputArea-prompt")).to_have_text(DONE, timeout=CELL_DEADLINE)
    expect(cell.locator(".jp-OutputArea")).to_contain_text("SignInNeeded")
    expect(panel.region).not_to_contain_text(WAITS)
