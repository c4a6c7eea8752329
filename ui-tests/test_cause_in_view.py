"""Why nobody is signed in any more stays in view beside the form, whatever a look finds."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import expect

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import PASSWORD, USER
from tests.sandbox.running import RunningSandbox

CALL = "kfp_client.list_experiments()"
LOOK = "() => window.jupyterapp.commands.execute('jupyter-kfp-connect:connect')"


class Clock:
    """The time, and what a test adds to it while the sandbox's thread reads it."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    """Return the sandbox's clock."""
    return Clock()


@pytest.fixture
def kubeflow(clock: Clock) -> Iterator[RunningSandbox]:
    """Return a Kubeflow whose sessions end when its clock is moved."""
    with RunningSandbox(SandboxOptions(clock=clock, session_seconds=3_600)) as running:
        yield running


@pytest.fixture
def bare() -> Iterator[RunningSandbox]:
    """Return KFP's API alone, which takes tokens."""
    with RunningSandbox(SandboxOptions(api_only=True)) as running:
        yield running


def test_a_session_that_ended_is_told_with_the_form_for_the_next(
    lab_page: LabPage, kubeflow: RunningSandbox, clock: Clock
) -> None:
    notebook = lab_page.new_notebook("train.ipynb")
    panel = KfpPanel(lab_page.page)
    panel.connect_to(kubeflow.sandbox.host, USER)
    panel.expect_rung("signed-in", "needs you", "as on the Kubeflow dashboard")
    panel.region.get_by_label("Stay signed in").uncheck()
    panel.sign_in(PASSWORD)
    panel.expect_climbed()

    clock.ahead = 7_200
    assert "session-over" in notebook.run(CALL)
    panel.expect_rung("signed-in", "failed", "the session is over, and the password was not kept")
    rung = panel.rung("signed-in")
    expect(rung).to_contain_text("You can mend this. Sign in again.")
    expect(rung).not_to_contain_text("dashboard")
    expect(panel.status_item).to_have_text("KFP: not signed in")
    lab_page.take_pictures("session-over")
    panel.sign_in(PASSWORD)
    panel.expect_climbed()


def test_what_a_pasted_token_was_refused_for_outlives_a_look_that_sends_none(
    lab_page: LabPage, bare: RunningSandbox
) -> None:
    panel = KfpPanel(lab_page.page)
    panel.connect_to(bare.sandbox.host)
    panel.expect_rung("signed-in", "failed")
    panel.button("Sign in another way").click()
    token = panel.region.get_by_label("Token", exact=True)
    token.fill(bare.sandbox.issue_token(audience="somebody-else"))
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "failed", "somebody-else")
    lab_page.page.evaluate(LOOK)
    panel.expect_rung("signed-in", "failed", "somebody-else")
    rung = panel.rung("signed-in")
    expect(rung).to_contain_text("You can mend this.")
    expect(rung.get_by_label("Text to copy")).to_contain_text("kubectl create token")
    lab_page.take_pictures("token-refused-recalled")
    token.fill(bare.sandbox.issue_token())
    panel.button("Connect").click()
    panel.expect_rung("authorized", "done")
