"""A pod that nobody mounted a token in; `test_behind_walls` runs this in a pod's walls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from lab_server import Lab, LabFactory
from looking import look_for
from playwright.sync_api import Page, expect
from to_copy import copied, downloaded

from jupyter_kfp_connect.core.environment import DEFAULT_TOKEN_FILE
from jupyter_kfp_connect.sandbox import SandboxOptions
from tests.integration.cluster import NAMESPACE, PodVolume
from tests.integration.pod_walls import MARK, NAMESPACE_FILE, SERVICES
from tests.sandbox.running import RunningSandbox

if not MARK.exists():
    pytest.skip("runs in a pod's walls only: test_behind_walls.py", allow_module_level=True)

HOST = "ml-pipeline-ui.kubeflow.svc.cluster.local"
#: What Kubeflow sets in the environment of a notebook server.
ENVIRON = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "NB_PREFIX": f"/notebook/{NAMESPACE}/mine"}


@pytest.fixture
def api() -> Iterator[RunningSandbox]:
    """Return KFP at the guide's services, on port 80, as a pod of Kubeflow sees it."""
    NAMESPACE_FILE.parent.mkdir(parents=True, exist_ok=True)
    NAMESPACE_FILE.write_text(NAMESPACE, encoding="ascii")
    names = tuple(f"{service}.svc.cluster.local" for service in SERVICES)
    with RunningSandbox(SandboxOptions(port=80, api_only=True, allowed_hosts=names)) as api:
        yield api


def open_panel(page: Page, notebook_server: Lab) -> KfpPanel:
    """Open JupyterLab and, in it, the panel, which finds KFP."""
    LabPage(page).open(notebook_server.page_url)
    panel = KfpPanel(page)
    panel.open()
    look_for(panel, panel.button(f"Connect to {HOST}"))
    return panel


def test_a_token_that_nobody_mounted_comes_with_its_pod_default_and_whose_step_is_which(
    page: Page, api: RunningSandbox, lab_with: LabFactory
) -> None:
    panel = open_panel(page, lab_with(**ENVIRON))
    expect(panel.region).to_contain_text("no token is mounted here")
    panel.button(f"Connect to {HOST}").click()
    panel.expect_rung("reachable", "done", HOST)
    panel.expect_rung("signed-in", "failed", f"no file at {DEFAULT_TOKEN_FILE}")
    rung = panel.rung("signed-in")
    expect(rung).to_contain_text("owner or an administrator, once: Apply the PodDefault")
    expect(rung).to_contain_text(
        "You, after that: Create the notebook server again with the configuration"
    )
    LabPage(page).take_pictures("pod-without-a-token")
    name, text = downloaded(rung)
    assert name == "access-ml-pipeline.yaml"
    assert copied(rung) == text
    assert "kind: PodDefault" in text
    assert f'namespace: "{NAMESPACE}"' in text

    PodVolume(api, Path(DEFAULT_TOKEN_FILE))  # what the configuration, once ticked, has mounted
    panel = open_panel(page, lab_with(**ENVIRON))
    panel.button(f"Connect to {HOST}").click()
    panel.expect_rung("signed-in", "done", f"{NAMESPACE}/default-editor")
    panel.expect_rung("authorized", "done", NAMESPACE)
