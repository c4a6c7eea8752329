"""A real token at the guide's own path; `test_real_tokens` runs this in a pod's walls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.core.environment import DEFAULT_TOKEN_FILE

from ..kernel.real_kernel import LOAD, Kernel
from ..server.asking import Rest
from ..server.contract import states
from ..stack.cluster.real_cluster import ACCOUNT, NAMESPACE, RealCluster
from .pod_walls import MARK, NAMESPACE_FILE, SERVICES
from .real_pod import RealPod, account, running_pod

if not MARK.exists():
    pytest.skip("runs inside a pod's walls only: test_real_tokens.py", allow_module_level=True)


@pytest.fixture
def pod(real_cluster: RealCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealPod]:
    """KFP at the services of a cluster, and the token where the guide's volume has it."""
    NAMESPACE_FILE.parent.mkdir(parents=True, exist_ok=True)
    NAMESPACE_FILE.write_text(NAMESPACE, encoding="ascii")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    names = tuple(f"{service}{tail}" for service in SERVICES for tail in (".svc.cluster.local", ""))
    with running_pod(real_cluster, Path(DEFAULT_TOKEN_FILE), port=80, names=names) as pod:
        yield pod


def test_the_magic_alone_connects(pod: RealPod, kernel: Kernel) -> None:
    outcome = kernel.run(f"{LOAD}\n%kfp_connect\nprint(kfp_client.list_experiments())")
    assert outcome.reply["status"] == "ok", outcome.text
    assert NAMESPACE in outcome.text
    pod.swap()
    assert kernel.run("kfp_client.list_experiments()").reply["status"] == "ok"
    assert pod.seen[-1] == pod.token


def test_a_program_connects_with_nothing_given(pod: RealPod) -> None:
    client = kfc.connect()
    client.list_experiments()
    assert account(ACCOUNT) in repr(client)


async def test_one_click_connects_with_nothing_typed(pod: RealPod, rest: Rest) -> None:
    (found,) = (await rest.ask("POST", "detect")).data["found"]
    assert pod.seen == []  # looking around sends no credential
    connected = await rest.connect(found["name"])
    assert states(connected) == ["ok", "ok", "ok"]
    assert connected["signed_in_as"] == account(ACCOUNT)
    assert pod.token not in str(connected)
