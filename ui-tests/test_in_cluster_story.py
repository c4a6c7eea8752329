"""Inside the cluster, one click with nothing typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import LabFactory
from playwright.sync_api import Page, expect

from tests.integration.cluster import NAMESPACE, PodVolume, running_cluster

SHORT_ACCOUNT = f"{NAMESPACE}/default-editor"
CELL = "print(*[each.display_name for each in kfp_client.list_experiments().experiments])"


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[PodVolume]:
    """Return KFP's API as a pod sees it, with one experiment, and a token's volume."""
    with running_cluster(tmp_path) as pod:
        pod.have_experiment("train-resnet")
        yield pod


def open_panel(page: Page, url: str) -> tuple[LabPage, KfpPanel]:
    """Open JupyterLab and, in it, the panel."""
    window = LabPage(page)
    window.open(url)
    panel = KfpPanel(page)
    panel.open()
    return window, panel


def test_a_mounted_token_takes_one_click(page: Page, lab_with: LabFactory, pod: PodVolume) -> None:
    lab = lab_with(**pod.environ)
    window, panel = open_panel(page, lab.page_url)
    connect = panel.region.get_by_role("button", name=re.compile("^Connect to "))
    expect(connect).to_have_count(1)
    window.take_pictures("in-cluster-1-found")
    notebook = window.new_notebook("train.ipynb")
    assert pod.seen == []

    connect.click()
    panel.expect_climbed()
    panel.expect_rung("signed-in", "done", SHORT_ACCOUNT)
    panel.expect_rung("authorized", "done", NAMESPACE)
    panel.expect_rung("in-notebook", "done", "kfp_client in train.ipynb")
    assert notebook.run(CELL) == "train-resnet"
    window.take_pictures("in-cluster-2-connected")

    expect(panel.recent_runs).to_contain_text("None in")  # nothing else asks KFP any more
    pod.swap()
    before = len(pod.seen)
    assert notebook.run(CELL) == "train-resnet"
    assert pod.seen[before:] == [pod.token]


def test_a_token_that_is_not_mounted_is_told_with_what_to_do(
    page: Page, lab_with: LabFactory, pod: PodVolume
) -> None:
    lab = lab_with(KF_PIPELINES_ENDPOINT=pod.host, KUBERNETES_SERVICE_HOST="10.96.0.1")
    window, panel = open_panel(page, lab.page_url)
    panel.region.get_by_role("button", name=re.compile("^Connect to ")).click()
    panel.expect_rung("reachable", "done")
    panel.expect_rung("signed-in", "failed", "no file at")
    expect(panel.rung("signed-in")).to_contain_text("administrator, once: Apply the PodDefault")
    window.take_pictures("in-cluster-3-no-token")

    panel.button("Sign in another way").click()
    panel.region.get_by_label("Token", exact=True).fill(pod.token)
    panel.button("Connect").click()
    panel.expect_rung("authorized", "done", NAMESPACE)
