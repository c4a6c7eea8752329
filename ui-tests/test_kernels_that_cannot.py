"""A notebook that cannot have its client yet: what panel and toolbar say, and what mends it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import Lab
from playwright.sync_api import Page, expect
from to_copy import copied

from tests.stack.stack import Stack

OLD_KFP = "1.8.22"
OLD = "with-an-old-kfp"


@pytest.fixture
def old_kfp(lab: Lab) -> Path:
    """Return where a kernel's Python finds kfp 1.x first: a stand-in, its metadata alone."""
    folder = lab.home / "old" / f"kfp-{OLD_KFP}.dist-info"
    folder.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: kfp\nVersion: {OLD_KFP}\n"
    Path(folder, "METADATA").write_text(metadata, encoding="utf-8")
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Python with kfp {OLD_KFP}",
        "language": "python",
        "env": {"PYTHONPATH": str(folder.parent)},
    }
    kernel = lab.home / ".local" / "share" / "jupyter" / "kernels" / OLD
    kernel.mkdir(parents=True)
    Path(kernel, "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return folder


def connected(page: Page, stack: Stack) -> KfpPanel:
    """Sign in from the panel, and wait until three rungs hold."""
    panel = KfpPanel(page)
    panel.connect_to(stack.host, stack.username, stack.password)
    panel.expect_rung("authorized", "done", stack.namespace)
    return panel


def test_a_kernel_with_kfp_1_comes_with_the_line_that_installs_one_that_serves(
    page: Page, lab: Lab, old_kfp: Path, stack: Stack
) -> None:
    window = LabPage(page)
    window.open(lab.page_url)
    notebook = window.new_notebook("old.ipynb", OLD)
    panel = connected(page, stack)
    panel.expect_rung("in-notebook", "failed", f"has kfp {OLD_KFP}, and 2.17 or later is needed")
    rung = panel.rung("in-notebook")
    expect(rung).to_contain_text("You can mend this.")
    expect(rung).to_contain_text("then restart the kernel")
    line = f"{sys.executable} -m pip install 'kfp>=2.17,<3'"
    expect(rung.locator("pre")).to_have_text(line)
    expect(panel.toolbar_item).to_have_text("KFP: too old")
    window.take_pictures("kernel-with-kfp-1")
    assert copied(rung) == line

    shutil.rmtree(old_kfp)  # so that the one which serves is found, as after that line
    window.restart_kernel()
    panel.expect_rung("in-notebook", "done", "kfp_client in old.ipynb")
    expect(panel.toolbar_item).to_contain_text("kfp_client")
    assert notebook.run("kfp_client.list_experiments(); print('served')") == "served"


def test_a_variable_of_the_user_s_own_is_left_alone_and_another_name_offered(
    page: Page, lab_page: LabPage, stack: Stack
) -> None:
    notebook = lab_page.new_notebook("mine.ipynb")
    notebook.run("kfp_client = {'made': 'by hand'}")
    panel = connected(page, stack)
    panel.expect_rung("in-notebook", "failed", "kfp_client holds something of yours")
    rung = panel.rung("in-notebook")
    expect(rung).to_contain_text("It is left alone. Choose another name:")
    line = re.compile(r"^%kfp_connect localhost-\d+ --as kfp_client_2$")
    expect(rung.locator("pre")).to_have_text(line)
    expect(panel.toolbar_item).to_have_text("KFP: name taken")
    lab_page.take_pictures("name-taken")

    notebook.run(copied(rung))
    assert notebook.run("kfp_client_2.list_experiments(); print('served')") == "served"
    assert notebook.run("print(kfp_client)") == "{'made': 'by hand'}"
    panel.expect_rung("in-notebook", "done", "kfp_client_2 in mine.ipynb")
    expect(panel.toolbar_item).to_contain_text("kfp_client_2")
    lab_page.take_pictures("name-taken-2-mended")
