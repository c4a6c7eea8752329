"""Click Connect, and ``kfp_client`` works in the notebook, for longer than a session."""

from __future__ import annotations

import re

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from playwright.sync_api import expect

from tests.stack.ports import free_ports
from tests.stack.stack import Stack

CELL = 'kfp_client.list_experiments(namespace="kubeflow-user-example-com")'


@pytest.fixture
def stack(stack: Stack) -> Stack:
    """Return the usual stack, with an experiment to be printed."""
    stack.have_experiment("train-resnet")
    return stack


@pytest.fixture
def panel(lab_page: LabPage) -> KfpPanel:
    """Return the panel, opened as by a user who has never used it."""
    panel = KfpPanel(lab_page.page)
    panel.open()
    return panel


def test_from_the_empty_panel_to_printed_experiments_and_past_the_session_s_end(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    lab_page.take_pictures("main-job-1-empty")
    first = lab_page.new_notebook("train.ipynb")
    with stack.dex_on_hold():
        panel.connect_to(stack.host, stack.username, stack.password)
        panel.expect_rung("signed-in", "checking")
        lab_page.take_pictures("main-job-2-signing-in")
    panel.expect_climbed()
    panel.expect_rung("signed-in", "done", stack.username)
    panel.expect_rung("authorized", "done", stack.namespace)
    panel.expect_rung("in-notebook", "done", "kfp_client in train.ipynb")
    assert "train-resnet" in first.run(CELL)

    second = lab_page.new_notebook("explore.ipynb")
    panel.button("Put it in explore.ipynb").first.click()
    panel.expect_rung("in-notebook", "done", "kfp_client in explore.ipynb")
    assert "train-resnet" in second.run(CELL)
    expect(panel.status_item).to_contain_text(stack.namespace)
    expect(panel.toolbar_item).to_contain_text("kfp_client")
    lab_page.take_pictures("main-job-3-connected")

    for notebook in (first, second):
        notebook.run("same = kfp_client")
    stack.end_sessions()
    sign_ins = stack.sign_in_count()
    for notebook in (first, second):
        assert "train-resnet" in notebook.run(CELL)
    assert stack.sign_in_count() == sign_ins + 1
    for notebook in (first, second):
        assert notebook.run("print(same is kfp_client)") == "True"


def test_a_wrong_password_is_sent_once_and_never_again_by_itself(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    before = stack.sign_in_count()
    panel.connect_to(stack.host, stack.username, "not-my-password")
    panel.expect_rung("reachable", "done")
    panel.expect_rung("signed-in", "failed", re.compile("password", re.IGNORECASE))
    assert stack.sign_in_count() == before + 1
    expect(panel.username).to_have_value(stack.username)
    expect(panel.password).to_have_value("")
    lab_page.take_pictures("wrong-password")

    # Whatever asks for the connection next, the password is not tried again.
    notebook = lab_page.new_notebook("train.ipynb")
    notebook.run("%load_ext jupyter_kfp_connect")
    assert "SignInNeeded" in notebook.run("%kfp_connect --no-wait")
    lab_page.reload()
    panel.open()
    panel.expect_rung("signed-in", "failed")
    assert stack.sign_in_count() == before + 1

    panel.sign_in(stack.password)
    panel.expect_rung("authorized", "done")
    assert stack.sign_in_count() == before + 2


def test_a_refused_host_says_so_and_keeps_what_was_typed(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    (nobody,) = free_ports(1)
    host = f"http://localhost:{nobody}/pipeline"
    panel.connect_to(host, stack.username, stack.password)
    panel.expect_rung("reachable", "failed", f"nothing listens at localhost:{nobody}")
    panel.expect_rung("signed-in", "not yet")
    lab_page.take_pictures("refused-host")

    panel.button("Edit this connection").click()
    expect(panel.address).to_have_value(host)
    panel.address.fill(stack.host)
    panel.button("Save").click()
    panel.button("Connect").click()
    panel.expect_rung("reachable", "done")
    expect(panel.username).to_have_value(stack.username)
    expect(panel.password).to_have_value("")
    panel.sign_in(stack.password)
    panel.expect_rung("authorized", "done", stack.namespace)
