"""What takes a person at the panel: whom to trust, and what a kernel lacks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import Lab, LabFactory
from playwright.sync_api import Page, expect

from tests.stack.plugin import StackFactory
from tests.stack.stack import Stack

BARE = "bare"
# A Python whose environment has everything but this package.
WITHOUT_PACKAGE = """\
import sys

class Lacking:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "jupyter_kfp_connect":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Lacking)
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


@pytest.fixture
def private(stack_with: StackFactory) -> Stack:
    """Return a stack whose certificate is of an authority that nobody here knows."""
    return stack_with(https=True)


@pytest.fixture
def panel(lab_page: LabPage) -> KfpPanel:
    """Return the panel, opened as by a user who has never used it."""
    panel = KfpPanel(lab_page.page)
    panel.open()
    return panel


def test_a_private_authority_is_named_in_the_panel(
    lab_page: LabPage, panel: KfpPanel, private: Stack
) -> None:
    panel.connect_to(private.host, private.username, private.password)
    panel.expect_rung("reachable", "failed")
    lab_page.take_pictures("private-ca-1-untrusted")
    ca_file = panel.region.get_by_role("textbox", name="CA certificate file")
    ca_file.fill(f"{private.ca_file}.gone")
    panel.button("Use this and try again").click()
    expect(panel.rung("reachable")).to_contain_text("ca.pem.gone")
    expect(ca_file).to_have_value(f"{private.ca_file}.gone")

    ca_file.fill(str(private.ca_file))
    panel.button("Use this and try again").click()
    panel.expect_rung("reachable", "done")
    expect(panel.username).to_have_value(private.username)
    panel.sign_in(private.password)
    panel.expect_rung("authorized", "done", private.namespace)
    expect(panel.region.get_by_role("note")).to_have_count(0)


def test_skipping_the_verification_shows_the_warning_it_earns(
    lab_page: LabPage, panel: KfpPanel, private: Stack
) -> None:
    panel.connect_to(private.host, private.username, private.password)
    panel.expect_rung("reachable", "failed")
    panel.region.get_by_label("Skip the verification of the certificate").check()
    note = panel.region.get_by_role("note")
    expect(note).to_contain_text("can then read and change everything")
    lab_page.take_pictures("private-ca-2-skipping")
    panel.button("Use this and try again").click()
    panel.expect_rung("reachable", "done")
    panel.sign_in(private.password)
    panel.expect_rung("authorized", "done", private.namespace)
    expect(note).to_contain_text("is not verified")
    lab_page.take_pictures("private-ca-3-skipped")


def test_a_kernel_without_the_package_comes_with_the_line_that_installs_it(
    lab: Lab, page: Page, stack: Stack
) -> None:
    add_bare_kernel(lab)
    lab_page, panel = LabPage(page), KfpPanel(page)
    lab_page.open(lab.page_url)
    lab_page.new_notebook("elsewhere.ipynb", BARE)
    panel.open()
    panel.connect_to(stack.host, stack.username, stack.password)
    panel.expect_rung("authorized", "done", stack.namespace)
    panel.expect_rung("in-notebook", "failed")
    rung = panel.rung("in-notebook")
    expect(rung).to_contain_text("of this kernel has no jupyter-kfp-connect")
    expect(rung).to_contain_text(f"{sys.executable} -m pip install")
    lab_page.take_pictures("package-missing")


def add_bare_kernel(lab: Lab) -> None:
    """Give JupyterLab a kernel that lacks this package."""
    folder = lab.home / ".local" / "share" / "jupyter" / "kernels" / BARE
    folder.mkdir(parents=True)
    argv = [sys.executable, "-c", WITHOUT_PACKAGE, "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Without the package", "language": "python"}
    Path(folder, "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def test_a_file_that_broke_off_is_told_and_what_can_be_done_is_done_all_the_same(
    page: Page, lab_with: LabFactory, tmp_path: Path, stack: Stack
) -> None:
    broken = tmp_path / "kfp_connect.json"
    broken.write_text(
        '{"version": 1, "connections": {"team": {"host": "https://kf', encoding="utf-8"
    )
    window = LabPage(page)
    window.open(lab_with(JUPYTER_CONFIG_PATH=str(tmp_path)).page_url)
    panel = KfpPanel(page)
    panel.open()
    note = panel.region.get_by_role("note").filter(has_text="kfp_connect.json")
    expect(note).to_be_visible()
    window.take_pictures("broken-file")
    panel.connect_to(stack.host, stack.username, stack.password)
    panel.expect_rung("authorized", "done")
    expect(note).to_be_visible()
    broken.write_text('{"version": 1, "connections": {}}', encoding="utf-8")
    panel.button("Disconnect").click()
    expect(note).to_have_count(0)
