"""What `jupyter kfp-connect manifest` prints, piped into kubectl at a real API server, as shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jupyter_kfp_connect.core.diagnosis.forbidden import explain_forbidden
from jupyter_kfp_connect.core.environment import AUDIENCE, DEFAULT_TOKEN_FILE

from ..stack.cluster.real_cluster import ACCOUNT, NAMESPACE, OTHER_NAMESPACE, RealCluster
from ..stack.processes import wait_until

Applied = Callable[..., dict[str, Any]]


@pytest.fixture
def applied(real_cluster: RealCluster) -> Iterator[Applied]:
    """Give a function that applies a manifest and returns what the API server made of it."""
    done: list[str] = []

    def apply(*arguments: str) -> dict[str, Any]:
        text = printed(*arguments)
        asked = ("apply", "--server-side", "--output", "json", "--filename", "-")
        kept: dict[str, Any] = json.loads(real_cluster.kubectl(*asked, text=text))
        done.append(text)
        return kept

    yield apply
    for text in done:
        real_cluster.kubectl("delete", "--filename", "-", text=text)


def printed(*arguments: str) -> str:
    """Return what the command prints in a process of its own, as a shell's pipe gets it."""
    command = [sys.executable, "-m", "jupyter", "kfp-connect", "manifest", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_pod_gets_a_token_for_pipelines_where_the_guide_has_it(applied: Applied) -> None:
    pod = applied("pod", "-n", NAMESPACE)
    assert pod["metadata"]["namespace"] == NAMESPACE
    assert pod["spec"]["serviceAccountName"] == ACCOUNT
    sources = [
        source["serviceAccountToken"]
        for volume in pod["spec"]["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        if source.get("serviceAccountToken", {}).get("audience") == AUDIENCE
    ]
    assert [source["path"] for source in sources] == ["token"]
    paths = {mount["mountPath"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}
    assert DEFAULT_TOKEN_FILE.rpartition("/")[0] in paths


def test_the_pod_default_is_kept_whole_by_its_definition(applied: Applied) -> None:
    spec = applied("pod-default", "-n", NAMESPACE)["spec"]
    (source,) = spec["volumes"][0]["projected"]["sources"]
    assert source["serviceAccountToken"]["audience"] == AUDIENCE
    assert spec["volumeMounts"][0]["readOnly"] is True
    assert {"name": "KF_PIPELINES_SA_TOKEN_PATH", "value": DEFAULT_TOKEN_FILE} in spec["env"]
    assert spec["selector"]["matchLabels"]


def test_a_token_for_another_audience_is_taken_as_asked(applied: Applied) -> None:
    issuer = "https://kubernetes.default.svc.cluster.local"
    for kind in ("pod-default", "pod"):
        spec = applied(kind, "-n", NAMESPACE, "--audience", issuer)["spec"]
        audiences = [
            source["serviceAccountToken"]["audience"]
            for volume in spec["volumes"]
            if volume["name"] == "volume-kf-pipeline-token"
            for source in volume["projected"]["sources"]
        ]
        assert audiences == [issuer]


def test_the_role_binding_gives_that_account_that_right_until_it_is_deleted(
    applied: Applied, real_cluster: RealCluster
) -> None:
    account = f"{NAMESPACE}/{ACCOUNT}"
    user = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"
    asked = ("list", "runs", OTHER_NAMESPACE)
    wait_until(lambda: not real_cluster.may(user, *asked), "the end of an earlier right")
    applied("role-binding", "-n", OTHER_NAMESPACE, "--service-account", account)
    # The API server's own copy of the bindings lags behind by some milliseconds.
    wait_until(lambda: real_cluster.may(user, *asked), "the right")
    assert not real_cluster.may(user.replace(ACCOUNT, "default-viewer"), *asked)


def test_a_binding_of_a_role_that_is_not_there_is_seen_in_the_reason(
    real_cluster: RealCluster,
) -> None:
    user = "system:serviceaccount:team-q:nobody"
    bound = ("rolebinding", "in-vain", "--namespace", OTHER_NAMESPACE)
    real_cluster.kubectl(
        "create", *bound, "--clusterrole", "none-such", "--serviceaccount", "team-q:nobody"
    )

    def explained() -> str:
        reason = real_cluster.reason(user, "list", "runs", OTHER_NAMESPACE)
        told = f"User '{user}' is not authorized with reason: {reason} (request: " + (
            f"&ResourceAttributes{{Namespace:{OTHER_NAMESPACE},Verb:list,Resource:runs,}})"
        )
        told = told.replace('"none-such"', '"kubeflow-edit"')
        return explain_forbidden(told, sent=True, subject=user).remedy

    try:
        wait_until(lambda: "the ClusterRole kubeflow-edit" in explained(), "the reason")
    finally:
        real_cluster.kubectl("delete", *bound)


@pytest.mark.parametrize("name", ["123", "1e3", "null", "on"])
def test_names_that_are_no_text_in_yaml_are_taken(
    name: str, applied: Applied, real_cluster: RealCluster
) -> None:
    real_cluster.kubectl("create", "namespace", name)
    real_cluster.kubectl("create", "serviceaccount", name, "--namespace", name)
    assert applied("pod-default", "-n", name)["metadata"]["namespace"] == name
    pod = applied("pod", "-n", name, "--service-account", f"{name}/{name}")
    assert pod["spec"]["serviceAccountName"] == name
    binding = applied("role-binding", "-n", name, "--service-account", f"{name}/{name}")
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": name, "namespace": name}]
