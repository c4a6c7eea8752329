"""Our parts of the page, as axe-core judges them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab_page import THEMES, LabPage

from tests.parts import missing

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
# JupyterLab has violations of its own: these are the parts that are ours.
OURS = ("#jupyter-kfp-connect-panel", ".kfp-Status", ".kfp-ToolbarItem")


def put_axe_into(lab_page: LabPage) -> None:
    """Load axe-core into the page."""
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
