"""Signing in, told as it happens: what is waited for, for how long, and no longer than wanted."""

from __future__ import annotations

import re

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import expect

from tests.stack.stack import Stack

# Milliseconds in which the panel says what it does, and stops doing it: a second, and what a busy
# machine adds. Dex answers nothing meanwhile, and is waited for much longer, so that nothing else
# can end the wait.
WITHIN = 20_000


@pytest.fixture
def panel(lab_page: LabPage, stack: Stack) -> KfpPanel:
    """Return the panel with the form for the stack."""
    panel = KfpPanel(lab_page.page)
    panel.connect_to(stack.host, stack.username)
    panel.expect_rung("signed-in", "needs you")
    return panel


def test_a_sign_in_that_hangs_counts_its_seconds_and_is_cancelled(
    panel: KfpPanel, stack: Stack
) -> None:
    with stack.dex_on_hold():
        panel.sign_in(stack.password)
        rung = panel.rung("signed-in")
        expect(rung).to_contain_text("Waiting for localhost", timeout=WITHIN)
        counted = re.compile(r"Waiting for localhost:\d+, ([2-9]|\d\d+) s")
        expect(rung).to_contain_text(counted, timeout=WITHIN)
        panel.button("Cancel").click()
        expect(panel.password).to_be_visible(timeout=WITHIN)
    expect(panel.username).to_have_value(stack.username)
    expect(panel.password).to_have_value("")


def test_enter_submits_and_password_managers_know_the_fields(panel: KfpPanel, stack: Stack) -> None:
    expect(panel.username).to_have_attribute("autocomplete", "username")
    expect(panel.password).to_have_attribute("autocomplete", "current-password")
    panel.password.fill(stack.password)
    panel.password.press("Enter")
    panel.expect_rung("authorized", "done", stack.namespace)
