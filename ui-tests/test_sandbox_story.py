"""No cluster at all, down to creating a run and watching it succeed."""

from __future__ import annotations

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import expect

PIPELINE = """\
from kfp import dsl

@dsl.component(base_image="python:3.12")
def add(a: int, b: int) -> int:
    return a + b

@dsl.pipeline(name="addition")
def addition(a: int = 1, b: int = 2):
    add(a=a, b=b)

run = kfp_client.create_run_from_pipeline_func(
    addition, arguments={}, experiment_name="first steps", namespace="kubeflow-user-example-com"
)
"""
WAIT = "print(kfp_client.wait_for_run_completion(run.run_id, timeout=60, sleep_duration=1).state)"
LIST = """\
listed = kfp_client.list_experiments(namespace="kubeflow-user-example-com")
print("listed:", *[each.display_name for each in listed.experiments or []])
"""


@pytest.fixture
def panel(lab_page: LabPage) -> KfpPanel:
    """Return the panel, opened as by a user who has never used it."""
    panel = KfpPanel(lab_page.page)
    panel.open()
    return panel


def test_try_the_sandbox_and_watch_a_run_succeed(lab_page: LabPage, panel: KfpPanel) -> None:
    notebook = lab_page.new_notebook("first-steps.ipynb")
    panel.button("Try the sandbox").click()
    panel.expect_rung("signed-in", "needs you")
    expect(panel.username).to_have_value("user@example.com")
    lab_page.take_pictures("sandbox-1-sign-in")
    panel.sign_in("12341234")
    panel.expect_climbed()
    for item in (panel.status_item, panel.toolbar_item):
        expect(item).to_contain_text("sandbox")

    notebook.run(PIPELINE)
    assert notebook.run(WAIT).endswith("SUCCEEDED")
    assert "first steps" in notebook.run(LIST)
    panel.button("Look again for recent runs").click()
    expect(panel.recent_runs.get_by_role("listitem")).to_contain_text("addition")
    lab_page.take_pictures("sandbox-2-succeeded")


def test_disconnect_ends_it_in_the_notebook_too(lab_page: LabPage, panel: KfpPanel) -> None:
    notebook = lab_page.new_notebook("first-steps.ipynb")
    panel.button("Try the sandbox").click()
    panel.expect_rung("signed-in", "needs you")
    panel.sign_in("12341234")
    panel.expect_climbed()
    assert notebook.run(LIST) == "listed: sandbox-example"
    panel.button("Disconnect").click()
    panel.expect_rung("signed-in", "not yet")
    assert "disconnected" in notebook.run(LIST)
