"""Our parts of the page, as axe-core judges them: in each state of the panel, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kfp_panel import KfpPanel
from lab_page import THEMES, LabPage

from tests.parts import missing
from tests.stack.stack import Stack

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
# JupyterLab has violations of its own: these are the parts that are ours.
OURS = ("#jupyter-kfp-connect-panel", ".kfp-Status", ".kfp-ToolbarItem")


@pytest.fixture(autouse=True)
def axe(lab_page: LabPage) -> None:
    """Put axe-core into the page."""
    if not AXE.is_file():
        missing("this test needs axe-core (make setup)")
    lab_page.page.add_script_tag(path=AXE)


def violations(lab_page: LabPage) -> dict[str, list[str]]:
    """Return what axe-core finds in our parts, by theme and rule, with the elements."""
    found: dict[str, list[str]] = {}
    for kind in THEMES:
        lab_page.set_theme(kind)
        results: dict[str, list[Any]] = lab_page.page.evaluate(
            """async ours => {
                const present = ours.filter(each => document.querySelector(each));
                const { passes, violations } =
                    await axe.run({ include: present.map(each => [each]) });
                return { passes, violations };
            }""",
            list(OURS),
        )
        assert results["passes"]
        for result in results["violations"]:
            nodes = [f"{node['html']} {node['failureSummary']}" for node in result["nodes"]]
            found[f"{kind}: {result['id']}"] = nodes
    return found


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
