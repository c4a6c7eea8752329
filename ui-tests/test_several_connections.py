"""Several connections: the administrator's, the user's own, and notebooks on different ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import Lab, LabFactory
from playwright.sync_api import Page, expect

from tests.stack.ports import free_ports
from tests.stack.stack import Stack

LIST = "print(*[each.display_name for each in kfp_client.list_experiments().experiments or []])"
SANDBOX_PASSWORD = "12341234"
# A keyring of its own, in the memory of the Jupyter server.
KEYRING = """\
from keyring.backend import KeyringBackend

class Memory(KeyringBackend):
    priority = 5
    kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self.kept.pop((service, username), None)
"""


@pytest.fixture
def stack(stack: Stack) -> Stack:
    """Return the usual stack, with an experiment to tell it by."""
    stack.have_experiment("train-resnet")
    return stack


@pytest.fixture
def lab(lab_with: LabFactory, stack: Stack, tmp_path: Path) -> Lab:
    """Return a JupyterLab whose administrator lists the stack, and which has a keyring."""
    entry = {"title": "Team cluster", "host": stack.host}
    listed = {"version": 1, "connections": {"team": entry}}
    (tmp_path / "kfp_connect.json").write_text(json.dumps(listed), encoding="utf-8")
    (tmp_path / "keyring_in_memory.py").write_text(KEYRING, encoding="utf-8")
    return lab_with(
        JUPYTER_CONFIG_PATH=str(tmp_path),
        PYTHONPATH=str(tmp_path),
        PYTHON_KEYRING_BACKEND="keyring_in_memory.Memory",
    )


@pytest.fixture
def panel(lab_page: LabPage) -> KfpPanel:
    """Return the panel."""
    panel = KfpPanel(lab_page.page)
    panel.open()
    return panel


def sign_in(panel: KfpPanel, stack: Stack) -> None:
    """Sign in to the administrator's connection."""
    panel.button("Connect").click()
    panel.username.fill(stack.username)
    panel.sign_in(stack.password)
    panel.expect_rung("authorized", "done")


def test_an_administrator_s_connection_says_so_and_leaves_the_user_what_is_free(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    expect(panel.region).to_contain_text("Your administrator keeps this connection")
    sign_in(panel, stack)
    # The user name typed is there the next time, beside what the administrator keeps.
    panel.button("Disconnect").click()
    panel.button("Connect").click()
    expect(panel.username).to_have_value(stack.username)
    panel.sign_in(stack.password)
    panel.expect_rung("authorized", "done", stack.namespace)

    panel.button("Edit this connection").click()
    expect(panel.address).not_to_be_editable()
    expect(panel.region.get_by_role("textbox", name="Title")).to_have_count(0)
    expect(panel.button("Delete")).to_have_count(0)
    panel.region.get_by_label("Namespace", exact=True).fill("kubeflow")
    lab_page.take_pictures("locked-connection")
    panel.button("Save").click()
    panel.expect_rung("authorized", "failed", "kubeflow")
    panel.expect_rung("signed-in", "done", stack.username)


def test_two_notebooks_work_with_two_connections(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    first = lab_page.new_notebook("train.ipynb")
    sign_in(panel, stack)
    panel.expect_climbed()
    second = lab_page.new_notebook("explore.ipynb")
    panel.button("New connection").click()
    panel.button("Try the sandbox").click()
    panel.sign_in(SANDBOX_PASSWORD)
    panel.expect_climbed()
    lab_page.take_pictures("two-connections")
    assert "train-resnet" in first.run(LIST)
    assert second.run(LIST) == "sandbox-example"
    first.bring_forward()
    panel.expect_rung("in-notebook", "done", "kfp_client of team")


def test_a_connection_is_added_renamed_made_the_default_and_deleted(
    lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    choice = panel.region.get_by_role("combobox", name="Connection")
    panel.button("New connection").click()
    (nobody,) = free_ports(1)
    panel.address.fill(f"https://localhost:{nobody}/pipeline")
    panel.button("Connect").click()
    panel.expect_rung("reachable", "failed")
    panel.button("Edit this connection").click()
    panel.region.get_by_role("textbox", name="Title").fill("Production")
    panel.region.get_by_role("textbox", name="Name", exact=True).fill("prod")
    panel.button("Save").click()
    expect(choice).to_have_value("prod")
    panel.button("Edit this connection").click()
    panel.button("Make it the default").click()
    expect(choice.get_by_role("option", name="Production")).to_contain_text("the default")
    panel.button("Delete").click()
    lab_page.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    # What looking around finds on this machine is listed too.
    expect(choice.locator("option:not([value^='local-'])")).to_have_count(1)
    expect(choice).to_have_value("team")


def test_a_password_in_the_keyring_is_removed_in_one_click(
    page: Page, lab_page: LabPage, panel: KfpPanel, stack: Stack
) -> None:
    panel.button("Connect").click()
    choice = panel.region.get_by_label("Keep the password")
    choice.select_option("keyring")
    panel.username.fill(stack.username)
    lab_page.take_pictures("keyring-choice")
    panel.sign_in(stack.password)
    panel.expect_rung("authorized", "done")
    expect(panel.region).to_contain_text("The password is in the system")
    lab_page.take_pictures("keyring-kept")
    panel.button("Remove it").click()
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "needs you")
