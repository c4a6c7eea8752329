"""From nothing to a printed answer with the keyboard alone."""

from __future__ import annotations

from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import Page, expect

from tests.stack.stack import Stack

CELL = "print(len(kfp_client.list_experiments().experiments or []) >= 0)"


def test_who_opens_the_panel_goes_on_typing_where_one_would(
    page: Page, lab_page: LabPage, stack: Stack
) -> None:
    notebook = lab_page.new_notebook("train.ipynb")
    panel = KfpPanel(page)
    cell = notebook.widget.locator(".jp-CodeCell").get_by_role("textbox")
    cell.click()
    expect(cell).to_be_focused()
    # What the command palette executes, and a shortcut of one's own.
    lab_page.command("jupyter-kfp-connect:open-panel")
    expect(panel.address).to_be_focused()
    page.keyboard.type(stack.host)
    page.keyboard.press("Enter")
    expect(panel.username).to_be_focused()
    page.keyboard.type(stack.username)
    page.keyboard.press("Tab")
    expect(panel.password).to_be_focused()
    page.keyboard.type(stack.password)
    page.keyboard.press("Enter")
    panel.expect_climbed()
    assert notebook.run(CELL) == "True"
