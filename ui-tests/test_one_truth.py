"""What every window tells is true: over restarts of kernel and server, in two windows at once."""

from __future__ import annotations

import re

import pytest
from kfp_panel import KfpPanel
from lab_page import CELL_DEADLINE, DONE, LabPage
from lab_server import Lab
from playwright.sync_api import Page, expect

from tests.stack.stack import Stack

NAME = "train.ipynb"
CELL = 'print(len(kfp_client.list_experiments(namespace="kubeflow-user-example-com").experiments))'
# Milliseconds in which every view has to tell the truth: two seconds on an idle machine.
SOON = 30_000
RESTARTED = 60_000  # milliseconds for a page to see that its Jupyter server is back


@pytest.fixture
def stack(stack: Stack) -> Stack:
    """Return the usual stack, with an experiment to be counted."""
    stack.have_experiment("train-resnet")
    return stack


@pytest.fixture
def panel(lab_page: LabPage, stack: Stack) -> KfpPanel:
    """Return the panel of a window with one notebook, connected."""
    lab_page.new_notebook(NAME)
    panel = KfpPanel(lab_page.page)
    panel.connect_to(stack.host, stack.username, stack.password)
    panel.expect_climbed()
    return panel


@pytest.fixture
def second(page: Page, lab: Lab, panel: KfpPanel) -> tuple[LabPage, KfpPanel]:
    """Return a second window of the same server, with the same notebook, and its panel."""
    window = LabPage(page.context.new_page())
    window.open(lab.second_page_url)
    window.open_notebook(NAME)
    other = KfpPanel(window.page)
    other.open()
    return window, other


def expect_noted(lab_page: LabPage, text: str) -> None:
    """Wait until the item whose texts are noted has said this, however briefly."""
    lab_page.page.wait_for_function(
        "text => window.notedTexts.some(each => each.trim() === text)",
        arg=text,
        timeout=CELL_DEADLINE,
    )


def test_a_restarted_kernel_has_its_client_again_and_the_toolbar_says_when(
    lab_page: LabPage, panel: KfpPanel
) -> None:
    notebook = lab_page.notebook(NAME)
    assert int(notebook.run(CELL)) >= 1
    lab_page.note_texts_of(panel.toolbar_item)
    lab_page.restart_kernel()
    # What stands there before the restart stands there after it too.
    expect_noted(lab_page, "on its way…")
    expect(panel.toolbar_item).to_contain_text("kfp_client", timeout=CELL_DEADLINE)
    panel.expect_rung("in-notebook", "done", f"kfp_client in {NAME}")
    assert lab_page.noted_texts()[-1].startswith("kfp_client")
    assert int(notebook.run(CELL)) >= 1


def test_restart_and_run_all_finds_the_client(lab_page: LabPage, panel: KfpPanel) -> None:
    notebook = lab_page.notebook(NAME)
    notebook.run(CELL)
    prompt = notebook.widget.locator(".jp-CodeCell .jp-InputArea-prompt").first
    lab_page.note_texts_of(prompt)
    lab_page.restart_kernel("notebook:restart-run-all")
    # Prompt and output say before it what they say after it: between, the cell runs again.
    expect_noted(lab_page, "[*]:")
    expect(prompt).to_have_text("[1]:", timeout=CELL_DEADLINE)
    output = notebook.widget.locator(".jp-CodeCell .jp-OutputArea").first
    expect(output).to_have_text(re.compile(r"^\s*[1-9]\d*\s*$"), timeout=CELL_DEADLINE)
    notebook.wait_for_kernel()


def test_two_windows_agree_and_disconnect_reaches_both(
    lab_page: LabPage, panel: KfpPanel, second: tuple[LabPage, KfpPanel]
) -> None:
    _, other = second
    other.expect_climbed()
    expect(other.toolbar_item).to_contain_text("kfp_client")
    notebook = lab_page.notebook(NAME)
    notebook.run(CELL)

    other.button("Disconnect").click()
    for each in (panel, other):
        expect(each.toolbar_item).to_have_text("KFP: ended", timeout=SOON)
        expect(each.status_item).to_have_text("KFP: connect", timeout=SOON)
    assert "disconnected" in notebook.run(CELL)


def test_a_cell_waits_in_two_windows_and_either_may_answer(
    lab_page: LabPage, panel: KfpPanel, second: tuple[LabPage, KfpPanel], stack: Stack
) -> None:
    _, other = second
    panel.button("Disconnect").click()
    expect(panel.toolbar_item).to_have_text("KFP: ended")
    cell = lab_page.notebook(NAME).start("%load_ext jupyter_kfp_connect\n%kfp_connect")
    for each in (panel, other):
        expect(each.waiting).to_contain_text(f"A cell of {NAME} waits for this sign-in")
    other.sign_in(stack.password)
    for each in (panel, other):
        expect(each.waiting).to_have_count(0)
        each.expect_rung("authorized", "done", stack.namespace)
    expect(cell.locator(".jp-InputArea-prompt")).to_have_text(DONE, timeout=CELL_DEADLINE)
    expect(cell).to_contain_text("kfp_client")


def test_closing_the_notebook_ends_the_wait(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    panel.button("Disconnect").click()
    expect(panel.toolbar_item).to_have_text("KFP: ended")
    lab_page.notebook(NAME).start("%load_ext jupyter_kfp_connect\n%kfp_connect")
    expect(panel.waiting).to_have_count(1)
    lab_page.close_notebook()
    expect(panel.waiting).to_have_count(0, timeout=SOON)
    lab_page.open_notebook(NAME)
    # The cell was told that nobody is there: the kernel is free for the next one.
    assert lab_page.notebook(NAME).run("print(6 * 7)") == "42"


def test_closing_the_window_ends_the_wait(
    page: Page, lab_page: LabPage, lab: Lab, panel: KfpPanel
) -> None:
    panel.button("Disconnect").click()
    expect(panel.toolbar_item).to_have_text("KFP: ended")
    lab_page.notebook(NAME).start("%load_ext jupyter_kfp_connect\n%kfp_connect")
    expect(panel.waiting).to_have_count(1)
    page.close()
    later = LabPage(page.context.new_page())
    later.open(lab.second_page_url)
    later.open_notebook(NAME)
    # The cell was told that nobody is there: the kernel is free for the next one.
    assert later.notebook(NAME).run("print(6 * 7)") == "42"


def test_a_restarted_server_is_told_of_under_an_open_page(
    lab_page: LabPage, panel: KfpPanel, lab: Lab, stack: Stack
) -> None:
    # JupyterLab tells of it too, when it finds out: that may be late, and covers the page.
    dialog = lab_page.page.locator(".jp-Dialog").first
    lab_page.page.add_locator_handler(dialog, lambda: lab_page.dismiss_dialogs())
    lab.server.stop()
    expect(panel.status_item).to_have_text("KFP: no answer", timeout=SOON)
    lab.server.start()
    expect(panel.status_item).to_have_text("KFP: connect", timeout=RESTARTED)
    panel.expect_rung("signed-in", "not yet")
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "needs you")
    expect(panel.username).to_have_value(stack.username)


def test_a_reloaded_page_tells_what_was_true_before(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    lab_page.notebook(NAME).save()
    lab_page.reload()
    panel.open()
    panel.expect_climbed()
    panel.expect_rung("signed-in", "done", stack.username)
    expect(panel.toolbar_item).to_contain_text("kfp_client")


def test_a_kernel_that_dies_by_itself_has_its_client_again(
    lab_page: LabPage, panel: KfpPanel
) -> None:
    notebook = lab_page.notebook(NAME)
    notebook.run(CELL)
    notebook.start("__import__('os')._exit(1)")
    # JupyterLab tells of it once it has started the kernel anew.
    expect(lab_page.page.get_by_role("dialog")).to_contain_text("died", timeout=CELL_DEADLINE)
    lab_page.dismiss_dialogs()
    panel.expect_rung("in-notebook", "done", f"kfp_client in {NAME}")
    assert int(notebook.run(CELL)) >= 1
