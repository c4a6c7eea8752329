"""A real token, pasted into the panel: past the gateway there is no other way in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ends import end_of_token
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import Lab
from playwright.sync_api import Page, expect

from tests.integration.real_pod import RealPod, running_pod
from tests.stack.cluster.real_cluster import ACCOUNT, AUDIENCE, NAMESPACE, RealCluster

CELL = "kfp_client.list_experiments(); print('served')"


@pytest.fixture
def forwarded(real_cluster: RealCluster, tmp_path: Path) -> Iterator[RealPod]:
    """Return KFP's API as a port-forward to it shows it, and who gives tokens for it."""
    with running_pod(real_cluster, tmp_path / "elsewhere" / "token") as pod:
        yield pod


def test_a_pasted_token_signs_in_until_its_day_and_what_is_wrong_with_one_is_told(
    page: Page, lab: Lab, forwarded: RealPod
) -> None:
    LabPage(page).open(lab.page_url)
    notebook = LabPage(page).new_notebook("token.ipynb")
    panel = KfpPanel(page)
    panel.connect_to(forwarded.host)
    panel.expect_rung("signed-in", "failed", "passes by the gateway")
    rung = panel.rung("signed-in")
    expect(rung).to_contain_text("only a ServiceAccount's token serves")

    panel.button("Sign in another way").click()
    token = panel.region.get_by_label("Token", exact=True)
    token.fill(forwarded.kubernetes.token(audience=None))
    panel.button("Connect").click()
    panel.expect_rung("signed-in", "failed", f"Kubeflow Pipelines takes {AUDIENCE}")
    line = f"kubectl create token {ACCOUNT} --namespace {NAMESPACE} --audience {AUDIENCE}"
    expect(rung.locator("pre")).to_have_text(line)

    made = forwarded.kubernetes.kubectl(*line.split()[1:])
    token.fill(made)  # with the line break that a terminal has after it
    panel.button("Connect").click()
    panel.expect_climbed()
    expect(rung).to_contain_text(f"{NAMESPACE}/{ACCOUNT}, until {end_of_token(made.strip())}")
    assert notebook.run(CELL) == "served"
    assert forwarded.seen[-1] == made.strip()
    assert made.strip() not in page.content()
