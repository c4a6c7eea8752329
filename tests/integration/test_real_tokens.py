"""Tokens of a real Kubernetes API server, and what it says of them when KFP asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from kfp_server_api import ApiException

import jupyter_kfp_connect as kfc

from ..kernel.real_kernel import LOAD, Kernel
from ..server.asking import Rest
from ..server.contract import rung, states
from ..stack.cluster.real_cluster import ACCOUNT, NAMESPACE, OTHER_NAMESPACE, RealCluster
from ..stack.processes import wait_until
from .behind_walls import run_behind_walls
from .real_pod import RealPod, account

#: Seconds until the cluster goes by what it was told.
WITHIN = 90


def test_the_mounted_token_is_all_that_is_needed(real_pod: RealPod) -> None:
    client = kfc.connect()
    client.list_experiments()
    assert account(ACCOUNT) in repr(client)
    assert set(real_pod.seen) == {real_pod.token}


def test_the_magic_alone_is_all_that_is_typed(real_pod: RealPod, kernel: Kernel) -> None:
    outcome = kernel.run(f"{LOAD}\n%kfp_connect\nprint(kfp_client.list_experiments())")
    assert outcome.reply["status"] == "ok", outcome.text
    assert NAMESPACE in outcome.text
    assert "its token is read anew at each call" in outcome.text
    assert "until" not in outcome.text, "nobody has to do anything by then"


async def test_one_click_with_nothing_typed_signs_in(real_pod: RealPod, rest: Rest) -> None:
    await rest.ask("POST", "detect")
    connected = await rest.connect("environment")
    assert states(connected) == ["ok", "ok", "ok"]
    assert connected["signed_in_as"] == account(ACCOUNT)
    assert rung(connected, "authorized")["detail"] == NAMESPACE
    assert real_pod.token not in json.dumps(connected)


def test_a_token_for_another_audience_is_told_with_the_pod_default(real_pod: RealPod) -> None:
    real_pod.lay_down(real_pod.kubernetes.token(audience=None))
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect()
    assert caught.value.code == "token-audience"
    assert caught.value.remedy_copy is not None
    assert "kind: PodDefault" in caught.value.remedy_copy
    asked = ("apply", "--server-side", "--dry-run=server", "--filename", "-")
    real_pod.kubernetes.kubectl(*asked, text=caught.value.remedy_copy)


def test_a_token_of_a_deleted_account_is_told(real_pod: RealPod) -> None:
    kubectl = real_pod.kubernetes.kubectl
    kubectl("create", "serviceaccount", "gone", "--namespace", NAMESPACE)
    token, probe = (real_pod.kubernetes.token("gone") for _ in range(2))
    kubectl("delete", "serviceaccount", "gone", "--namespace", NAMESPACE)
    # What a review accepted is remembered for some seconds, hence not tried with the same token.
    wait_until(lambda: _is_refused(real_pod, probe), "the end of the account", WITHIN)
    real_pod.lay_down(token)
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect()
    assert caught.value.code == "token-revoked"
    assert "gone" in caught.value.message


def test_the_very_role_binding_that_a_403_shows_lets_us_in(real_pod: RealPod) -> None:
    client = kfc.connect()
    asked = (account(ACCOUNT), "list", "experiments", OTHER_NAMESPACE)
    wait_until(lambda: not real_pod.kubernetes.may(*asked), "an earlier right's end", WITHIN)
    with pytest.raises(ApiException) as caught:
        client.list_experiments(namespace=OTHER_NAMESPACE)
    refused = caught.value
    assert refused.status == 403
    assert isinstance(refused, kfc.KfpConnectError)
    assert refused.code == "forbidden"
    real_pod.kubernetes.kubectl("apply", "--filename", "-", text=refused.remedy_copy)
    try:
        # Kubernetes' own copy of the bindings lags behind by some milliseconds.
        wait_until(lambda: real_pod.kubernetes.may(*asked), "the right", WITHIN)
        client.list_experiments(namespace=OTHER_NAMESPACE)
    finally:
        real_pod.kubernetes.kubectl("delete", "--filename", "-", text=refused.remedy_copy)


def test_the_guide_s_own_path_needs_no_variable(
    real_cluster: RealCluster, tmp_path: Path, outer_environ: Mapping[str, str]
) -> None:
    assert real_cluster.url  # hence one can be started behind the walls, too
    run_behind_walls(["real_token_in_a_pod.py"], tmp_path, outer_environ, limit=300)


def _is_refused(real_pod: RealPod, token: str) -> bool:
    review = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenReview",
        "spec": {"token": token, "audiences": ["pipelines.kubeflow.org"]},
    }
    asked = ("create", "--filename", "-", "--output", "json")
    answer = json.loads(real_pod.kubernetes.kubectl(*asked, text=json.dumps(review)))
    return not answer["status"].get("authenticated", False)
