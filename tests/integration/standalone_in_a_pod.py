"""A standalone install seen from a pod, by the guide's names; `test_in_a_pod` runs this."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.cli import HOLDS, main
from jupyter_kfp_connect.sandbox import SandboxOptions

from ..kernel.real_kernel import LOAD, Kernel
from ..sandbox.running import RunningSandbox
from ..server.asking import Rest
from ..server.contract import states
from .pod_walls import MARK, NAMESPACE_FILE, STANDALONE_NAMES, STANDALONE_NAMESPACE

if not MARK.exists():
    pytest.skip("runs inside a pod's walls only: test_in_a_pod.py", allow_module_level=True)

SAME_NAMESPACE = "http://ml-pipeline-ui:80"
OTHER_NAMESPACE = f"http://ml-pipeline-ui.{STANDALONE_NAMESPACE}"

#: Where the pod is, and the address that the guide gives it.
PLACES = [(STANDALONE_NAMESPACE, SAME_NAMESPACE), ("somewhere-else", OTHER_NAMESPACE)]

EnterPod = Callable[[str], None]


@pytest.fixture
def enter_pod(monkeypatch: pytest.MonkeyPatch) -> Iterator[EnterPod]:
    """Give a function that makes this a pod of a namespace, where an install for one user runs."""
    with ExitStack() as running:

        def enter(namespace: str) -> None:
            NAMESPACE_FILE.parent.mkdir(parents=True, exist_ok=True)
            NAMESPACE_FILE.write_text(namespace, encoding="ascii")
            monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
            options = SandboxOptions(port=80, single_user=True, allowed_hosts=STANDALONE_NAMES)
            running.enter_context(RunningSandbox(options))

        yield enter


@pytest.mark.parametrize(("namespace", "host"), PLACES)
def test_a_program_needs_the_guide_s_address_alone(
    enter_pod: EnterPod, namespace: str, host: str
) -> None:
    enter_pod(namespace)
    client = kfc.connect(host=host)
    client.create_experiment("train-resnet")
    listed = client.list_experiments().experiments
    assert "train-resnet" in [each.display_name for each in listed]


@pytest.mark.parametrize(("namespace", "host"), PLACES)
def test_a_cell_and_a_terminal_need_the_guide_s_address_alone(
    enter_pod: EnterPod, kernel: Kernel, namespace: str, host: str
) -> None:
    enter_pod(namespace)
    cell = f"{LOAD}\n%kfp_connect --host {host}\nprint(kfp_client.list_experiments())"
    outcome = kernel.run(cell)
    assert outcome.reply["status"] == "ok", outcome.text
    assert main(["doctor", "--host", host]) == HOLDS


@pytest.mark.parametrize(("namespace", "host"), PLACES)
async def test_the_panel_needs_the_guide_s_address_alone(
    enter_pod: EnterPod, rest: Rest, namespace: str, host: str
) -> None:
    enter_pod(namespace)
    assert (await rest.put("alone", host=host))["host"] == host
    assert states(await rest.connect("alone")) == ["ok", "not-needed", "not-needed"]


def test_in_its_own_namespace_it_is_found_with_nothing_typed(enter_pod: EnterPod) -> None:
    enter_pod(STANDALONE_NAMESPACE)
    client = kfc.connect()
    assert "in-cluster" in repr(client)
    client.list_experiments()  # nothing else than that install answers to its names
