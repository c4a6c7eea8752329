"""Front doors where a password alone does not do: what the panel asks, and goes on with."""

from __future__ import annotations

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import expect

from tests.stack import directory
from tests.stack.plugin import StackFactory


@pytest.fixture
def panel(lab_page: LabPage) -> KfpPanel:
    """Return the panel, opened as by a user who has never used it."""
    panel = KfpPanel(lab_page.page)
    panel.open()
    return panel


def test_a_sign_in_at_another_host_goes_on_after_a_yes_with_what_was_typed(
    lab_page: LabPage, panel: KfpPanel, stack_with: StackFactory
) -> None:
    stack = stack_with(elsewhere=True)
    panel.connect_to(stack.host, stack.username, stack.password)
    panel.expect_rung("signed-in", "failed", "Allow http")
    yes = panel.rung("signed-in").get_by_role("button", name="Sign in at")
    expect(yes).to_have_count(1)
    expect(panel.password).to_have_count(0)
    lab_page.take_pictures("other-login-host")
    yes.click()
    panel.expect_rung("authorized", "done", stack.namespace)


def test_a_sign_in_without_a_password_form_offers_what_does_lead_in(
    lab_page: LabPage, panel: KfpPanel, stack_with: StackFactory
) -> None:
    stack = stack_with(passwordless=1)
    panel.connect_to(stack.host, stack.username, "typed-for-nothing")
    panel.expect_rung("signed-in", "failed", "takes no password")
    rung = panel.rung("signed-in")
    expect(rung.get_by_label("Session cookie")).to_be_visible()
    expect(rung.get_by_role("button", name="Use a password instead")).to_have_count(0)
    lab_page.take_pictures("no-password-form")
    panel.button("Use a token instead").click()
    expect(rung.get_by_label("Token", exact=True)).to_be_visible()
    expect(rung.get_by_role("button", name="Use a session cookie instead")).to_be_visible()


def test_a_directory_that_is_down_is_no_wrong_password_and_is_tried_again_when_it_is_up(
    lab_page: LabPage, panel: KfpPanel, stack_with: StackFactory
) -> None:
    stack = stack_with(directory=True)
    assert stack.directory is not None
    panel.connect_to(stack.host)
    panel.expect_rung("signed-in", "needs you")
    choice = panel.rung("signed-in").get_by_role("radio", name="Company directory")
    panel.rung("signed-in").get_by_text("Company directory").click()
    stack.directory.stop()
    try:
        panel.username.fill(directory.USERNAME)
        panel.sign_in(directory.PASSWORD)
        panel.expect_rung("signed-in", "failed", "the password was not refused")
        expect(panel.password).to_be_focused()  # before the pictures, which change the theme
        lab_page.take_pictures("directory-down")
    finally:
        stack.directory.start()
    expect(choice).to_be_checked()
    expect(panel.username).to_have_value(directory.USERNAME)
    panel.sign_in("not-my-password")
    panel.expect_rung("signed-in", "failed", "was not accepted")
    panel.sign_in(directory.PASSWORD)
    panel.expect_rung("authorized", "done")
