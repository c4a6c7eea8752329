"""What the panel gives to copy and to download is applied to a real API server, unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import LabFactory
from playwright.sync_api import Page, expect
from to_copy import copied, downloaded

from tests.integration.real_pod import RealPod, account, running_pod
from tests.stack.cluster.real_cluster import ACCOUNT, NAMESPACE, OTHER_NAMESPACE, RealCluster
from tests.stack.processes import wait_until

Applied = Callable[[str], str]
CELL = f"""
try:
    kfp_client.list_experiments(namespace="{OTHER_NAMESPACE}")
    print("served")
except Exception as problem:
    print("refused", problem.code)
"""


@pytest.fixture
def real_pod(real_cluster: RealCluster, tmp_path: Path) -> Iterator[RealPod]:
    """Return KFP's API as a pod sees it, which asks a real API server about its token."""
    with running_pod(real_cluster, tmp_path / "volume" / "token") as pod:
        yield pod


@pytest.fixture
def applied(real_cluster: RealCluster) -> Iterator[Applied]:
    """Return a function that applies a manifest and says what it became; deleted at the end."""
    done: list[str] = []

    def apply(text: str) -> str:
        done.append(text)
        return real_cluster.kubectl("apply", "--server-side", "--filename", "-", text=text)

    yield apply
    for text in done:
        real_cluster.kubectl("delete", "--filename", "-", text=text)


def open_panel(page: Page, url: str) -> KfpPanel:
    """Open JupyterLab and, in it, the panel."""
    LabPage(page).open(url)
    panel = KfpPanel(page)
    panel.open()
    return panel


def connect(panel: KfpPanel) -> None:
    """Press the one button that there is."""
    panel.region.get_by_role("button", name=re.compile("^Connect to ")).click()


def test_the_pod_default_of_a_token_for_somebody_else(
    page: Page, lab_with: LabFactory, real_pod: RealPod, applied: Applied
) -> None:
    real_pod.lay_down(real_pod.kubernetes.token(audience=None))
    panel = open_panel(page, lab_with(**real_pod.environ).page_url)
    connect(panel)
    panel.expect_rung("signed-in", "failed", "Kubeflow Pipelines takes pipelines.kubeflow.org")
    rung = panel.rung("signed-in")
    expect(rung).to_contain_text("owner or an administrator, once: Apply the PodDefault")
    expect(rung).to_contain_text(
        "You, after that: Create the notebook server again with the configuration"
    )
    name, text = downloaded(rung)
    assert name == "access-ml-pipeline.yaml"
    assert copied(rung) == text
    assert f'namespace: "{NAMESPACE}"' in text
    assert "serverside-applied" in applied(text)

    real_pod.swap()  # what the notebook server, created again, has mounted
    rung.get_by_role("button", name="Try again").click()
    panel.expect_rung("signed-in", "done", f"{NAMESPACE}/default-editor")
    panel.expect_rung("authorized", "done", NAMESPACE)


def test_the_role_binding_of_a_call_that_was_refused(
    page: Page,
    lab_with: LabFactory,
    real_pod: RealPod,
    applied: Applied,
) -> None:
    may = real_pod.kubernetes.may
    asked = ("list", "experiments", OTHER_NAMESPACE)
    wait_until(lambda: not may(account(ACCOUNT), *asked), "the end of earlier rights")
    panel = open_panel(page, lab_with(**real_pod.environ).page_url)
    notebook = LabPage(page).new_notebook("shared.ipynb")
    connect(panel)
    panel.expect_climbed()
    assert notebook.run(CELL) == "refused forbidden"
    panel.expect_rung("authorized", "failed", "may not list experiments in team-a")
    rung = panel.rung("authorized")
    expect(rung).to_contain_text("An owner of team-a applies this RoleBinding there, once.")
    LabPage(page).take_pictures("real-cluster-1-no-right")
    name, text = downloaded(rung)
    assert name == f"allow-{NAMESPACE}-kubeflow-edit.yaml"
    assert copied(rung) == text
    assert "serverside-applied" in applied(text)

    # Kubernetes' own copy of the bindings lags behind by some milliseconds.
    wait_until(lambda: may(account(ACCOUNT), *asked), "the right")
    assert notebook.run(CELL) == "served"
    panel.expect_climbed()


#: What is typed in the fields of each manifest, and what stands in it then.
ACCOUNTS, AUDIENCES = "ServiceAccount (namespace/name)", "Audience"
FILLED_IN = {
    "pod": ({ACCOUNTS: f"{NAMESPACE}/{ACCOUNT}", AUDIENCES: "kfp.local"}, 'audience: "kfp.local"'),
    "pod-default": ({AUDIENCES: "kfp.local"}, 'audience: "kfp.local"'),
    "role-binding": (
        {ACCOUNTS: f"{OTHER_NAMESPACE}/trainer"},
        f'    name: "trainer"\n    namespace: "{OTHER_NAMESPACE}"',
    ),
}
WHOSE = {
    "pod": "Whoever may create pods in the namespace applies it.",
    "pod-default": "You then create the notebook server again with its configuration ticked.",
    "role-binding": "An owner of the namespace or an administrator applies it there, once.",
}


@pytest.mark.parametrize("kind", ["pod", "pod-default", "role-binding"])
def test_each_manifest_of_the_guide_without_anything_being_wrong(
    page: Page, lab_with: LabFactory, real_pod: RealPod, applied: Applied, kind: str
) -> None:
    panel = open_panel(page, lab_with(**real_pod.environ).page_url)
    connect(panel)
    panel.expect_rung("authorized", "done", NAMESPACE)
    panel.region.get_by_text("Manifests for kubectl").click()
    manifests = panel.region.get_by_role("group").filter(has_text="Manifests for kubectl")
    manifests.get_by_label("Manifest").select_option(kind)
    made = manifests.get_by_label("Text to copy")
    expect(made).to_contain_text(NAMESPACE)
    expect(manifests).to_contain_text(WHOSE[kind])
    typed, filled_in = FILLED_IN[kind]
    for label, value in typed.items():
        manifests.get_by_label(label).fill(value)
    expect(made).to_contain_text(filled_in)
    name, text = downloaded(manifests)
    assert name == f"{kind}.yaml"
    assert filled_in in text
    assert copied(manifests) == text
    assert "serverside-applied" in applied(text)
