"""Our parts of the page, as axe-core judges them: in each state of the panel, light and dark."""

from __future__ import annotations

import pytest
from axe import put_axe_into, violations
from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import expect

from tests.stack.stack import Stack


@pytest.fixture(autouse=True)
def axe(lab_page: LabPage) -> None:
    """Put axe-core into the page."""
    put_axe_into(lab_page)


def test_the_panel_is_accessible_from_the_first_look_to_the_last_rung(
    lab_page: LabPage, stack: Stack
) -> None:
    panel = KfpPanel(lab_page.page)
    panel.open()
    panel.address.fill(stack.host)
    assert violations(lab_page) == {}

    lab_page.new_notebook("train.ipynb")
    panel.username.fill(stack.username)
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "needs you")
    assert violations(lab_page) == {}

    panel.sign_in("not-my-password")
    panel.expect_rung("signed-in", "failed")
    assert violations(lab_page) == {}

    panel.sign_in(stack.password)
    panel.expect_climbed()
    assert violations(lab_page) == {}

    panel.button("Edit this connection").click()
    expect(panel.button("Save")).to_be_visible()
    assert violations(lab_page) == {}


def test_a_cell_that_waits_is_told_accessibly(lab_page: LabPage, stack: Stack) -> None:
    notebook = lab_page.new_notebook("train.ipynb")
    panel = KfpPanel(lab_page.page)
    panel.connect_to(stack.host, stack.username)
    panel.expect_rung("signed-in", "needs you")
    notebook.start("%load_ext jupyter_kfp_connect\n%kfp_connect")
    panel.waiting.wait_for()
    assert violations(lab_page) == {}
    panel.waiting.get_by_role("button", name="Cancel").click()
