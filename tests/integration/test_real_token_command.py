"""``kubectl create token`` itself as the way to a token: run once, and again when it is due."""

from __future__ import annotations

from pathlib import Path

import pytest

import jupyter_kfp_connect as kfc

from ..server.asking import BrokerClient, Rest
from ..server.contract import rung, states
from ..stack.cluster.real_cluster import ACCOUNT, NAMESPACE
from ..stack.processes import wait_until
from .real_pod import RealPod, account
from .wrong_clock import clock_off_by

#: kubectl's token lives for an hour.
NEARLY_AN_HOUR = 0.995


@pytest.fixture
def kubernetes(real_pod: RealPod, monkeypatch: pytest.MonkeyPatch) -> RealPod:
    """KFP outside of a pod, and a kubectl that is signed in to its cluster."""
    for name in real_pod.environ:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KUBECONFIG", real_pod.kubernetes.environ["KUBECONFIG"])
    return real_pod


def create_token(kubernetes: RealPod, name: str = ACCOUNT) -> list[str]:
    """Return the command that people type."""
    return kubernetes.kubernetes.create_token(name)


def connect(kubernetes: RealPod, name: str = ACCOUNT) -> kfc.KubeflowClient:
    """Connect by that command alone."""
    return kfc.connect(host=kubernetes.host, token_command=create_token(kubernetes, name))


def test_it_is_run_once_for_many_calls(kubernetes: RealPod) -> None:
    client = connect(kubernetes)
    for _ in range(3):
        client.list_experiments()
    assert account(ACCOUNT) in repr(client)
    assert len(set(kubernetes.seen)) == 1
    assert kubernetes.seen[0] != kubernetes.token


def test_it_is_run_again_before_its_token_ends(
    kubernetes: RealPod, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(kubernetes)
    client.list_experiments()
    first = kubernetes.seen[-1]
    clock_off_by(NEARLY_AN_HOUR, monkeypatch)
    client.list_experiments()
    second = kubernetes.seen[-1]
    assert second not in (first, kubernetes.token)


def test_it_is_run_again_when_the_cluster_takes_its_token_no_more(kubernetes: RealPod) -> None:
    kubectl = kubernetes.kubernetes.kubectl
    of_account = ("serviceaccount", "replaced", "--namespace", NAMESPACE)
    kubectl("create", *of_account)
    binding = ("rolebinding", "replaced", "--namespace", NAMESPACE)
    bound = ("--clusterrole", "kubeflow-edit", "--serviceaccount", f"{NAMESPACE}:replaced")
    kubectl("create", *binding, *bound)
    asked = (account("replaced"), "list", "experiments", NAMESPACE)
    wait_until(lambda: kubernetes.kubernetes.may(*asked), "the right")
    client = connect(kubernetes, "replaced")
    first = kubernetes.seen[-1]
    kubectl("delete", *of_account)
    kubectl("create", *of_account)

    def has_another() -> bool:
        client.list_experiments()
        return kubernetes.seen[-1] != first

    # What a review accepted is remembered for some seconds.
    wait_until(has_another, "a second token")
    kubectl("delete", *binding)
    kubectl("delete", *of_account)


async def test_a_connection_of_the_server_runs_it(
    kubernetes: RealPod, rest: Rest, broker: BrokerClient
) -> None:
    await rest.put(
        "work",
        host=kubernetes.host,
        auth="bearer-token",
        token_command=create_token(kubernetes),
    )
    connected = await rest.connect("work")
    assert states(connected) == ["ok", "ok", "ok"]
    assert (connected["way"], connected["renews"]) == ("bearer-token", True)
    assert connected["signed_in_as"] == account(ACCOUNT)
    assert rung(connected, "authorized")["detail"] == NAMESPACE
    lease = await broker.lease("work")
    assert lease["headers"] == {"Authorization": f"Bearer {kubernetes.seen[-1]}"}
    assert kubernetes.seen[-1] not in str(connected)


def test_what_kubectl_complains_of_is_told(kubernetes: RealPod) -> None:
    with pytest.raises(kfc.SignInFailed) as caught:
        connect(kubernetes, "nobody")
    assert caught.value.code == "token-command-failed"
    assert 'serviceaccounts "nobody" not found' in caught.value.message


def test_a_token_for_somebody_else_comes_with_the_command_for_one_that_serves(
    kubernetes: RealPod,
) -> None:
    command = create_token(kubernetes)[:-2]
    with pytest.raises(kfc.SignInFailed) as caught:
        kfc.connect(host=kubernetes.host, token_command=command)
    assert caught.value.code == "token-audience"
    line = caught.value.remedy_copy or ""
    assert line.split()[1:] == create_token(kubernetes)[1:]
    token = kubernetes.kubernetes.kubectl(*line.split()[1:])
    kfc.connect(host=kubernetes.host, token=token).list_experiments()


def test_one_that_cannot_be_started_is_told(kubernetes: RealPod, tmp_path: Path) -> None:
    with pytest.raises(kfc.SignInFailed) as caught:
        kfc.connect(host=kubernetes.host, token_command=[str(tmp_path / "kubectl"), "create"])
    assert caught.value.code == "token-command-failed"
    assert "cannot be run: No such file or directory" in caught.value.message
