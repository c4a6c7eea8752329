"""A narrow panel with the longest names there are: everything can be read, nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import LabFactory
from playwright.sync_api import Page, expect

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import FOREIGN_NAMESPACE, PASSWORD, USER
from tests.sandbox.running import RunningSandbox

NARROW = 280  # pixels
LONGEST = 63  # characters that a namespace and a connection's name may have
TITLE = "Recommendation systems, experimentation platform, production"
# Those whose content a person scrolls, or that only a screen reader reads.
MAY_STICK_OUT = "pre, .kfp-Hidden, .kfp-Item-name"


@pytest.fixture
def kubeflow() -> Iterator[RunningSandbox]:
    """Return a Kubeflow where the user has thirty namespaces with the longest names."""
    with RunningSandbox(SandboxOptions()) as running:
        for number in range(30):
            name = f"team-{number:02}-".ljust(LONGEST, "x")
            running.sandbox.cluster.rights.grant(USER, name, "owner")
        yield running


@pytest.fixture
def panel(page: Page, lab_with: LabFactory, tmp_path: Path) -> KfpPanel:
    """Return the narrow panel; a file of connections in a deep folder cannot be read."""
    folder = tmp_path.joinpath("a-rather-long-name", "of-a-folder", "etc", "jupyter")
    folder.mkdir(parents=True)
    (folder / "kfp_connect.json").write_text("{", encoding="utf-8")
    window = LabPage(page)
    window.open(lab_with(JUPYTER_CONFIG_PATH=str(folder)).page_url)
    window.new_notebook(f"{'train-' * 12}resnet.ipynb")
    panel = KfpPanel(page)
    panel.open()
    page.evaluate(
        """width => {
            const split = window.jupyterapp.shell._hsplitPanel;
            split.setRelativeSizes([width, split.node.clientWidth - width, 0]);
        }""",
        NARROW,
    )
    # JupyterLab lays its parts out a moment later.
    page.wait_for_function(
        "([panel, width]) => panel.clientWidth > 0 && panel.clientWidth <= width",
        arg=[panel.region.element_handle(), NARROW],
    )
    return panel


def sticking_out(panel: KfpPanel) -> list[str]:
    """Return what reaches beyond the panel's right edge; it can be scrolled sideways then."""
    assert panel.region.evaluate("panel => panel.scrollWidth - panel.clientWidth") == 0
    found: list[str] = panel.region.evaluate(
        """(panel, but) => {
            const edge = panel.getBoundingClientRect().left + panel.clientWidth;
            return [...panel.querySelectorAll('*')]
                .filter(each => !each.closest(but) && each.getBoundingClientRect().right > edge + 1)
                .map(each => each.outerHTML.slice(0, 200));
        }""",
        MAY_STICK_OUT,
    )
    return found


def test_the_longest_names_fit_into_a_narrow_panel(
    panel: KfpPanel, kubeflow: RunningSandbox, page: Page
) -> None:
    expect(panel.region.get_by_role("note")).to_contain_text("kfp_connect.json")
    assert sticking_out(panel) == []
    panel.connect_to(kubeflow.sandbox.host, USER, PASSWORD)
    panel.expect_rung("authorized", "failed", "no namespace is chosen")
    assert sticking_out(panel) == []

    panel.button("Edit this connection").click()
    panel.region.get_by_role("textbox", name="Title").fill(TITLE)
    panel.region.get_by_role("textbox", name="Name", exact=True).fill("n" * LONGEST)
    assert sticking_out(panel) == []
    panel.button("Save").click()

    choice = panel.rung("authorized").get_by_label("Namespace")
    choice.select_option(index=1)
    panel.button("Use this namespace").click()
    panel.expect_rung("authorized", "done")
    expect(panel.region.get_by_role("combobox", name="Connection")).to_have_attribute(
        "title", f"{TITLE}, {_authority(kubeflow)}"
    )
    words = panel.region.locator(".kfp-Select-words")
    expect(words.locator(".kfp-Badge")).to_be_visible()
    gap: float = words.evaluate(
        """words => {
            const [title, badge] = ['.kfp-Select-title', '.kfp-Badge'].map(
                each => words.querySelector(each).getBoundingClientRect()
            );
            return badge.top - title.bottom;
        }"""
    )
    assert gap >= -1, "the badge takes room from the title"
    assert sticking_out(panel) == []

    choice.select_option(label="Another namespace…")
    panel.rung("authorized").get_by_role("textbox", name="Namespace").fill(FOREIGN_NAMESPACE)
    panel.button("Use this namespace").click()
    panel.expect_rung("authorized", "failed", FOREIGN_NAMESPACE)
    assert sticking_out(panel) == []


def _authority(kubeflow: RunningSandbox) -> str:
    return kubeflow.sandbox.host.removeprefix("http://").partition("/")[0]
