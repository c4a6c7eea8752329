"""What went wrong is told so that everybody can read it and go on, in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import put_axe_into, violations
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import LabFactory
from playwright.sync_api import Page, expect

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import FOREIGN_NAMESPACE, PASSWORD, USER
from tests.integration.cluster import running_cluster
from tests.sandbox.running import RunningSandbox
from tests.stack.plugin import StackFactory

NOBODY = "http://localhost:1/pipeline"


@pytest.fixture
def panel(lab_page: LabPage) -> KfpPanel:
    """Return the panel beside a notebook; JupyterLab's launcher takes the focus as it comes."""
    put_axe_into(lab_page)
    lab_page.new_notebook("train.ipynb")
    panel = KfpPanel(lab_page.page)
    panel.open()
    return panel


@pytest.fixture
def kubeflow() -> Iterator[RunningSandbox]:
    """Return a Kubeflow where the user has two namespaces of their own."""
    with RunningSandbox(SandboxOptions()) as running:
        running.sandbox.cluster.rights.grant(USER, "team-mine", "owner")
        yield running


def test_an_address_that_is_none_or_leads_nowhere_is_told_accessibly(
    lab_page: LabPage, panel: KfpPanel
) -> None:
    panel.connect_to("http://kf example", USER)
    expect(panel.address).to_have_attribute("aria-invalid", "true")
    expect(panel.address).to_be_focused()
    expect(panel.address).to_have_value("http://kf example")
    expect(panel.username).to_have_value(USER)
    assert violations(lab_page) == {}

    panel.connect_to(NOBODY)
    panel.expect_rung("reachable", "failed", "nothing listens")
    assert violations(lab_page) == {}

    panel.button("Change the address").click()
    address = panel.region.get_by_role("textbox", name="Address")
    address.fill("http://u:p@kf.example.com")
    address.press("Enter")
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_be_focused()
    assert violations(lab_page) == {}

    with RunningSandbox(SandboxOptions(single_user=True)) as standalone:
        address.fill(f"{standalone.sandbox.host}/elsewhere")
        panel.button("Save").click()
        panel.button("Connect").click()
        panel.expect_rung("reachable", "failed")
        use = panel.rung("reachable").get_by_role("button", name=re.compile("^Use "))
        expect(use).to_be_visible()
        assert violations(lab_page) == {}
        use.click()
        panel.expect_rung("reachable", "done")


def test_a_namespace_is_chosen_by_keyboard_and_a_refusal_told_accessibly(
    lab_page: LabPage, panel: KfpPanel, kubeflow: RunningSandbox
) -> None:
    page = lab_page.page
    panel.connect_to(kubeflow.sandbox.host, USER, PASSWORD)
    panel.expect_rung("authorized", "failed", "no namespace is chosen")
    choice = panel.rung("authorized").get_by_label("Namespace")
    expect(choice).to_be_focused()
    assert violations(lab_page) == {}

    choice.select_option(label="Another namespace…")
    field = panel.rung("authorized").get_by_role("textbox", name="Namespace")
    expect(field).to_be_focused()
    page.keyboard.type("Team Mine")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_value("Team Mine")
    assert violations(lab_page) == {}

    field.fill(FOREIGN_NAMESPACE)
    page.keyboard.press("Enter")
    panel.expect_rung("authorized", "failed", "Manage Contributors")
    assert violations(lab_page) == {}

    choice = panel.rung("authorized").get_by_role("combobox", name="Namespace")
    expect(choice).to_have_value(FOREIGN_NAMESPACE)
    choice.select_option(label="team-mine · owner")
    panel.button("Use this namespace").click()
    panel.expect_rung("authorized", "done", "team-mine · owner")


def test_forms_for_token_and_cookie_and_their_refusals_are_accessible(
    lab_page: LabPage, panel: KfpPanel, kubeflow: RunningSandbox
) -> None:
    panel.connect_to(kubeflow.sandbox.host)
    panel.expect_rung("signed-in", "needs you")
    panel.button("Use a session cookie instead").click()
    panel.button("Connect").click()
    cookie = panel.region.get_by_label("Session cookie")
    expect(cookie).to_have_attribute("aria-invalid", "true")
    assert violations(lab_page) == {}
    panel.button("Use a token instead").click()
    panel.region.get_by_label("Token", exact=True).fill("worn-out")
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "failed")
    assert violations(lab_page) == {}


def test_a_certificate_that_nobody_knows_is_told_accessibly(
    lab_page: LabPage, panel: KfpPanel, stack_with: StackFactory
) -> None:
    private = stack_with(https=True)
    panel.connect_to(private.host)
    panel.expect_rung("reachable", "failed")
    ca_file = panel.region.get_by_role("textbox", name="CA certificate file")
    ca_file.fill(f"{private.ca_file}.gone")
    ca_file.press("Enter")
    expect(ca_file).to_have_attribute("aria-invalid", "true")
    expect(ca_file).to_be_focused()
    assert violations(lab_page) == {}
    panel.region.get_by_label("Skip the verification of the certificate").check()
    assert violations(lab_page) == {}
    panel.button("Use this and try again").click()
    panel.expect_rung("reachable", "done")
    expect(panel.region.get_by_role("note")).to_contain_text("is not verified")
    assert violations(lab_page) == {}


def test_a_manifest_to_copy_is_accessible(page: Page, lab_with: LabFactory, tmp_path: Path) -> None:
    window, panel = LabPage(page), KfpPanel(page)
    with running_cluster(tmp_path) as pod:
        window.open(lab_with(**pod.environ).page_url)
        put_axe_into(window)
        panel.open()
        panel.connect_to(pod.host)
        panel.expect_rung("authorized", "done")
        rung = panel.rung("authorized")
        rung.get_by_label("Namespace").select_option(label="Another namespace…")
        rung.get_by_role("textbox", name="Namespace").fill(FOREIGN_NAMESPACE)
        panel.button("Use this namespace").click()
        panel.expect_rung("authorized", "failed")
        expect(rung.get_by_label("Text to copy")).to_contain_text("kind: RoleBinding")
        assert violations(window) == {}
