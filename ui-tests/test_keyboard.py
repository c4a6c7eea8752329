"""From nothing to a printed answer with the keyboard alone."""

from __future__ import annotations

from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import Page, expect

from tests.stack.stack import Stack

CELL = "print(len(kfp_client.list_experiments().experiments or []) >= 0)"


def test_the_command_palette_leads_to_the_field_where_one_goes_on(
    page: Page, lab_page: LabPage, stack: Stack
) -> None:
    notebook = lab_page.new_notebook("train.ipynb")
    panel = KfpPanel(page)
    page.keyboard.press("Control+Shift+C")
    page.keyboard.type("Open Kubeflow Pipelines")
    expect(page.locator(".lm-CommandPalette-item.lm-mod-active")).to_contain_text("Open Kubeflow")
    page.keyboard.press("Enter")
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
