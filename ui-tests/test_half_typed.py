"""What is typed in one window stays there, whatever another window does meanwhile."""

from __future__ import annotations

import re

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import Lab
from playwright.sync_api import Page, expect

from tests.stack.stack import Stack

#: Not waited for: its answer comes once Dex goes on.
LOOK = "() => void window.jupyterapp.commands.execute('jupyter-kfp-connect:connect')"
AT_WORK = re.compile("connecting…|signing in…")


@pytest.fixture
def panel(lab_page: LabPage, stack: Stack) -> KfpPanel:
    """Return the panel with the form for the stack."""
    panel = KfpPanel(lab_page.page)
    panel.connect_to(stack.host, stack.username)
    panel.expect_rung("signed-in", "needs you")
    return panel


@pytest.fixture
def second(page: Page, lab: Lab, panel: KfpPanel) -> LabPage:
    """Return a second window of the same server."""
    window = LabPage(page.context.new_page())
    window.open(lab.second_page_url)
    page.bring_to_front()
    return window


def test_a_password_that_is_half_typed_stays_while_another_window_looks(
    lab_page: LabPage, panel: KfpPanel, second: LabPage, stack: Stack
) -> None:
    # Not before: JupyterLab takes the focus to its launcher once, as the page begins.
    panel.password.press_sequentially(stack.password[:4])
    expect(panel.password).to_have_value(stack.password[:4])
    with stack.dex_on_hold():
        second.page.evaluate(LOOK)
        expect(panel.status_item).to_contain_text(AT_WORK)
        expect(panel.password).to_be_focused()
        lab_page.page.keyboard.type(stack.password[4:])
    expect(panel.status_item).to_contain_text("sign in")
    expect(panel.status_item).not_to_contain_text(AT_WORK)
    expect(panel.password).to_be_focused()
    expect(panel.password).to_have_value(stack.password)
    lab_page.page.keyboard.press("Enter")
    panel.expect_rung("authorized", "done", stack.namespace)
    expect(panel.password).to_have_count(0)


def test_a_password_that_did_not_reach_the_server_is_in_its_field_again(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    lab_page.page.route("**/connect?wait=*", lambda route: route.abort())
    panel.sign_in(stack.password)
    expect(panel.region).to_contain_text("The Jupyter server does not answer.")
    expect(panel.password).to_have_value(stack.password)
    lab_page.page.unroute("**/connect?wait=*")
    panel.button("Connect").click()
    panel.expect_rung("authorized", "done", stack.namespace)
