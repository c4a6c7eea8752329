"""The guide's addresses on a laptop; `test_behind_walls` runs this where they are free."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kfp_panel import KfpPanel
from lab_page import LabPage
from looking import look_for
from playwright.sync_api import expect
from to_copy import copied

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import PASSWORD, USER, USER_NAMESPACE
from tests.integration.pod_walls import MARK, NAMESPACE_FILE
from tests.sandbox.running import RunningSandbox

if not MARK.exists():
    pytest.skip("runs behind walls only: test_behind_walls.py", allow_module_level=True)

STANDALONE, KUBEFLOW = "http://localhost:3000", "http://localhost:8080/pipeline"
TO_STANDALONE = "kubectl port-forward --namespace kubeflow svc/ml-pipeline-ui 3000:80"
TO_KUBEFLOW = "kubectl port-forward --namespace istio-system svc/istio-ingressgateway 8080:80"

CELL = """\
made = kfp_client.create_experiment("train-resnet")
print(*[each.display_name for each in kfp_client.list_experiments().experiments])
"""
PLAIN = f"""\
import jupyter_kfp_connect as kfc
client = kfc.connect(host="{STANDALONE}")
print(*[each.display_name for each in client.list_experiments().experiments])
"""


@pytest.fixture(autouse=True)
def laptop() -> None:
    """Take away what would tell of a pod."""
    NAMESPACE_FILE.unlink(missing_ok=True)


@pytest.fixture
def standalone() -> Iterator[None]:
    """Give a standalone install at the guide's port."""
    with RunningSandbox(SandboxOptions(port=3000, single_user=True)):
        yield


@pytest.fixture
def kubeflow() -> Iterator[None]:
    """Give a Kubeflow at the guide's port where the user has two namespaces of their own."""
    with RunningSandbox(SandboxOptions(port=8080)) as running:
        running.sandbox.cluster.rights.grant(USER, "team-mine", "owner")
        yield


@pytest.fixture
def panel(lab_page: LabPage) -> KfpPanel:
    """Return the panel, opened as by a user who has never used it."""
    panel = KfpPanel(lab_page.page)
    panel.open()
    return panel


@pytest.mark.usefixtures("standalone")
def test_an_open_install_takes_one_click_and_no_credentials(lab_page: LabPage) -> None:
    panel = KfpPanel(lab_page.page)
    notebook = lab_page.new_notebook("train.ipynb")
    panel.open()
    look_for(panel, panel.button("Connect to localhost:3000"))
    lab_page.take_pictures("standalone-1-found")
    panel.button("Connect to localhost:3000").click()

    panel.expect_rung("reachable", "done", "localhost:3000")
    panel.expect_rung("signed-in", "not needed")
    panel.expect_rung("authorized", "not needed")
    panel.expect_rung("in-notebook", "done", "kfp_client in train.ipynb")
    expect(panel.password).to_have_count(0)
    assert "train-resnet" in notebook.run(CELL)
    assert "train-resnet" in notebook.run(PLAIN)
    lab_page.take_pictures("standalone-2-connected")


@pytest.mark.usefixtures("kubeflow")
def test_a_kubeflow_that_was_found_has_the_user_s_namespaces_to_choose_from(
    lab_page: LabPage, panel: KfpPanel
) -> None:
    to_kubeflow = panel.button("Connect to localhost:8080/pipeline")
    look_for(panel, to_kubeflow)
    to_kubeflow.click()
    panel.username.fill(USER)
    panel.sign_in(PASSWORD)
    panel.expect_rung("authorized", "failed", "no namespace is chosen")
    lab_page.take_pictures("kubeflow-1-found-with-two-namespaces")
    namespace = panel.rung("authorized").get_by_role("combobox", name="Namespace")
    namespace.select_option("team-mine")
    panel.button("Use this namespace").click()
    panel.expect_rung("authorized", "done")
    expect(namespace).to_have_value("team-mine")

    namespace.select_option(USER_NAMESPACE)
    expect(panel.recent_runs).to_contain_text(f"None in {USER_NAMESPACE}")
    expect(namespace).to_have_value(USER_NAMESPACE)
    panel.button("Edit this connection").click()
    field = panel.region.get_by_role("textbox", name="Namespace")
    expect(field).to_have_value(USER_NAMESPACE)
    field.fill("team-mine")
    panel.button("Save").click()
    expect(panel.recent_runs).to_contain_text("None in team-mine")
    expect(namespace).to_have_value("team-mine")
    panel.expect_rung("authorized", "done")
    panel.expect_rung("signed-in", "done", USER)
    expect(panel.password).to_have_count(0)


def test_where_nothing_is_found_both_lines_are_there_and_looking_again_finds_what_they_started(
    lab_page: LabPage, panel: KfpPanel
) -> None:
    lines = {"localhost:8080": TO_KUBEFLOW, "localhost:3000": TO_STANDALONE}
    items = panel.region.locator("li")
    tried = {short: items.filter(has_text=f"nothing listens at {short}") for short in lines}
    look_for(panel, *tried.values())
    expect(panel.region).to_contain_text("nothing answers at the usual addresses")
    panel.region.get_by_text("What was tried, and what to do").click()
    for short, line in lines.items():
        expect(tried[short].locator("pre")).to_have_text(line)
        assert copied(tried[short]) == line
    lab_page.take_pictures("port-forward-0-nothing-found")
    with RunningSandbox(SandboxOptions(port=3000, single_user=True)):
        panel.button("Look again").click()
        look_for(panel, panel.button("Connect to localhost:3000"))
        panel.button("Connect to localhost:3000").click()
        panel.expect_rung("signed-in", "not needed")


def test_a_standalone_install_that_is_not_forwarded_comes_with_its_line(
    lab_page: LabPage, panel: KfpPanel
) -> None:
    panel.connect_to(STANDALONE)
    expect_line(panel, TO_STANDALONE)
    lab_page.take_pictures("port-forward-1-standalone")
    with RunningSandbox(SandboxOptions(port=3000, single_user=True)):
        panel.button("Try again").click()
        panel.expect_rung("reachable", "done", "localhost:3000")
        panel.expect_rung("signed-in", "not needed")


def test_a_kubeflow_that_is_not_forwarded_comes_with_its_line_and_nothing_is_typed_twice(
    lab_page: LabPage, panel: KfpPanel
) -> None:
    panel.connect_to(KUBEFLOW, USER, PASSWORD)
    expect_line(panel, TO_KUBEFLOW)
    lab_page.take_pictures("port-forward-2-kubeflow")
    with RunningSandbox(SandboxOptions(port=8080)):
        panel.button("Try again").click()
        panel.expect_rung("reachable", "done", "front door")
        expect(panel.username).to_have_value(USER)
        panel.sign_in(PASSWORD)
        panel.expect_rung("authorized", "done")


def expect_line(panel: KfpPanel, line: str) -> None:
    """Wait until the first rung offers this line, and see that Copy copies it."""
    panel.expect_rung("reachable", "failed", "nothing listens at localhost:")
    rung = panel.rung("reachable")
    expect(rung).to_contain_text("The port-forward is not running, or it ended.")
    expect(rung.locator("pre")).to_have_text(line)
    assert copied(rung) == line
