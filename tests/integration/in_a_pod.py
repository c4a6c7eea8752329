"""The names of the guide, inside the cluster; `test_in_a_pod` runs this in a pod's walls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.core.environment import DEFAULT_TOKEN_FILE
from jupyter_kfp_connect.sandbox import SandboxOptions

from ..kernel.real_kernel import LOAD, Kernel
from ..sandbox.running import RunningSandbox
from ..server.asking import Rest
from ..server.contract import rung, states
from .cluster import ACCOUNT, NAMESPACE, PodVolume
from .pod_walls import MARK, NAMESPACE_FILE, SERVICES

if not MARK.exists():
    pytest.skip("runs inside a pod's walls only: test_in_a_pod.py", allow_module_level=True)

GUIDE_HOST = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSandbox]:
    """KFP at the service ``ml-pipeline-ui``, seen from a pod."""
    NAMESPACE_FILE.parent.mkdir(parents=True, exist_ok=True)
    NAMESPACE_FILE.write_text(NAMESPACE, encoding="ascii")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    names = tuple(f"{service}{tail}" for service in SERVICES for tail in (".svc.cluster.local", ""))
    with RunningSandbox(SandboxOptions(port=80, api_only=True, allowed_hosts=names)) as api:
        yield api


@pytest.fixture
def mounted(api: RunningSandbox) -> PodVolume:
    """The token where the guide's volume has it."""
    return PodVolume(api, Path(DEFAULT_TOKEN_FILE))


@pytest.fixture
def no_token(api: RunningSandbox) -> None:
    """A pod whose creator did not ask for access to Pipelines."""
    Path(DEFAULT_TOKEN_FILE).unlink(missing_ok=True)


def test_the_magic_alone_connects(mounted: PodVolume, kernel: Kernel) -> None:
    outcome = kernel.run(f"{LOAD}\n%kfp_connect\nprint(kfp_client.list_experiments())")
    assert outcome.reply["status"] == "ok", outcome.text
    assert GUIDE_HOST.removeprefix("http://") in outcome.text
    assert NAMESPACE in outcome.text
    mounted.swap()
    assert kernel.run("kfp_client.list_experiments()").reply["status"] == "ok"
    assert mounted.seen[-1] == mounted.token


@pytest.mark.parametrize("host", [None, GUIDE_HOST, "http://ml-pipeline-ui.kubeflow"])
def test_a_program_connects_at_every_name_of_the_service(
    mounted: PodVolume, host: str | None
) -> None:
    client = kfc.connect(host=host)
    client.list_experiments()
    assert ACCOUNT in repr(client)
    assert set(mounted.seen) == {mounted.token}


async def test_one_click_connects_with_nothing_typed(mounted: PodVolume, rest: Rest) -> None:
    told = (await rest.ask("POST", "detect")).data
    (found,) = told["found"]
    assert (found["name"], found["host"]) == ("in-cluster", GUIDE_HOST)
    assert mounted.seen == []  # looking around sends no credential
    connected = await rest.connect("in-cluster")
    assert states(connected) == ["ok", "ok", "ok"]
    assert connected["way"] == "service-account-token"
    assert connected["signed_in_as"] == ACCOUNT
    assert rung(connected, "authorized")["detail"] == NAMESPACE


async def test_without_a_token_the_panel_is_told_what_to_apply(no_token: None, rest: Rest) -> None:
    told = (await rest.ask("POST", "detect")).data
    codes = {attempt["way"]: attempt["code"] for attempt in told["attempts"]}
    assert codes["service-account-token"] == "token-missing"
    refused = rung(await rest.connect(told["found"][0]["name"]), "signed-in")
    assert (refused["state"], refused["code"]) == ("failed", "token-missing")
    _expect_pod_default(refused["remedy"])


def test_without_a_token_a_program_is_told_what_to_apply(no_token: None) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect()
    assert caught.value.code == "token-missing"
    assert "kind: PodDefault" in (caught.value.remedy_copy or "")


def _expect_pod_default(remedy: dict[str, Any]) -> None:
    assert "PodDefault" in remedy["text"], json.dumps(remedy)
    assert "kind: PodDefault" in remedy["copy"]
    assert f'namespace: "{NAMESPACE}"' in remedy["copy"]
    assert remedy["filename"] == "access-ml-pipeline.yaml"
