"""The guide's addresses on a laptop; `test_in_a_pod` runs this where they are free."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.cli import FAILS, main
from jupyter_kfp_connect.sandbox import SandboxOptions

from ..kernel.real_kernel import LOAD, Kernel
from ..sandbox.running import RunningSandbox
from ..server.asking import PASSWORD, USER, Rest
from ..server.contract import rung, states
from .pod_walls import MARK, NAMESPACE_FILE

if not MARK.exists():
    pytest.skip("runs behind walls only: test_in_a_pod.py", allow_module_level=True)

STANDALONE, KUBEFLOW = "http://localhost:3000", "http://localhost:8080/pipeline"


@pytest.fixture(autouse=True)
def laptop() -> None:
    """Nothing of a pod is here."""
    NAMESPACE_FILE.unlink(missing_ok=True)


@pytest.fixture
def standalone() -> Iterator[RunningSandbox]:
    """``kubectl port-forward svc/ml-pipeline-ui 3000:80`` to a standalone install."""
    with RunningSandbox(SandboxOptions(port=3000, single_user=True)) as running:
        yield running


@pytest.fixture
def kubeflow() -> Iterator[RunningSandbox]:
    """``kubectl port-forward svc/istio-ingressgateway 8080:80`` to a whole Kubeflow."""
    with RunningSandbox(SandboxOptions(port=8080)) as running:
        yield running


def test_an_open_install_needs_the_magic_alone(standalone: RunningSandbox, kernel: Kernel) -> None:
    outcome = kernel.run(f"{LOAD}\n%kfp_connect\nprint(kfp_client.list_experiments())")
    assert outcome.reply["status"] == "ok", outcome.text
    assert "localhost:3000" in outcome.text


@pytest.mark.parametrize("host", [None, STANDALONE])
def test_an_open_install_asks_a_program_for_no_credentials(
    standalone: RunningSandbox, host: str | None
) -> None:
    client = kfc.connect(host=host)
    client.create_experiment("train-resnet")
    listed = client.list_experiments().experiments
    assert "train-resnet" in [each.display_name for each in listed]


async def test_both_addresses_of_the_guide_are_found_and_connect(
    standalone: RunningSandbox, kubeflow: RunningSandbox, rest: Rest
) -> None:
    found = (await rest.ask("POST", "detect")).data["found"]
    assert {each["name"]: each["host"] for each in found} == {
        "local-3000": STANDALONE,
        "local-8080": KUBEFLOW,
    }
    alone = await rest.connect("local-3000")
    assert states(alone) == ["ok", "not-needed", "not-needed"]
    asked = await rest.connect("local-8080")
    assert asked["sign_in"]["kind"] == "password"
    connected = await rest.connect("local-8080", username=USER, password=PASSWORD)
    assert states(connected) == ["ok", "ok", "ok"]


#: The guide's own line for each address, for when nothing listens there.
FORWARDS = [
    (STANDALONE, "kubectl port-forward --namespace kubeflow svc/ml-pipeline-ui 3000:80"),
    (KUBEFLOW, "kubectl port-forward --namespace istio-system svc/istio-ingressgateway 8080:80"),
]


@pytest.mark.parametrize(("host", "line"), FORWARDS)
def test_a_port_forward_that_does_not_run_is_told_with_its_line(
    host: str, line: str, kernel: Kernel, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(host=host)
    assert (caught.value.code, caught.value.remedy_copy) == ("connection-refused", line)
    assert line in kernel.run(f"{LOAD}\n%kfp_connect --host {host}").text
    assert main(["doctor", "--host", host]) == FAILS
    assert line in capsys.readouterr().out


@pytest.mark.parametrize(("host", "line"), FORWARDS)
async def test_the_panel_offers_that_line_to_copy(host: str, line: str, rest: Rest) -> None:
    await rest.put("forwarded", host=host)
    told = rung(await rest.connect("forwarded"), "reachable")
    assert (told["code"], told["remedy"]["copy"]) == ("connection-refused", line)


async def test_the_panel_offers_both_lines_where_looking_around_finds_neither(rest: Rest) -> None:
    told = (await rest.ask("POST", "detect")).data
    assert told["found"] == []
    tried = {each["host"]: each["remedy"] for each in told["attempts"] if each["host"]}
    assert {host: remedy["copy"] for host, remedy in tried.items()} == dict(FORWARDS)


def test_where_nothing_is_set_up_and_nothing_listens_both_lines_are_offered(
    kernel: Kernel, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line for _, line in FORWARDS]
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect()
    assert caught.value.code == "unknown-connection"
    shown = kernel.run(f"{LOAD}\n%kfp_connect").text
    main(["doctor"])
    captured = capsys.readouterr()
    for line in lines:
        assert line in (caught.value.remedy_copy or "")
        assert line in shown
        assert line in captured.out + captured.err
