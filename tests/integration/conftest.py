"""What the tests of whole stories share: a cluster's inside, a kernel, a Jupyter server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..kernel.conftest import kernel as kernel
from ..server.conftest import broker as broker
from ..server.conftest import extension as extension
from ..server.conftest import jp_server_config as jp_server_config
from ..server.conftest import new_notebook as new_notebook
from ..server.conftest import rest as rest
from ..server.conftest import start_sandbox as start_sandbox
from ..stack.cluster.real_cluster import OWN_AUDIENCE, RealCluster
from ..stack.plugin import StackFactory
from ..stack.stack import Stack
from .cluster import PodVolume, running_cluster
from .real_pod import RealPod, running_pod


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[PodVolume]:
    """Give KFP's API inside a cluster, and a token for it in a volume."""
    with running_cluster(tmp_path) as cluster:
        yield cluster


@pytest.fixture
def pod(cluster: PodVolume, monkeypatch: pytest.MonkeyPatch) -> PodVolume:
    """Give the same, named in the environment as the guide has it."""
    for name, value in cluster.environ.items():
        monkeypatch.setenv(name, value)
    return cluster


@pytest.fixture
def real_pod(
    real_cluster: RealCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RealPod]:
    """Give a pod with a token of a real API server, named in the environment as well."""
    with running_pod(real_cluster, tmp_path / "volume" / "token") as pod:
        for name, value in pod.environ.items():
            monkeypatch.setenv(name, value)
        yield pod


@pytest.fixture
def kubectl_signed_in(real_cluster: RealCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kubectl find the real API server."""
    monkeypatch.setenv("KUBECONFIG", real_cluster.environ["KUBECONFIG"])


@pytest.fixture
def door(real_cluster: RealCluster, stack_with: StackFactory, kubectl_signed_in: None) -> Stack:
    """Give a gateway that takes the cluster's tokens where they are made for Kubeflow Pipelines."""
    return stack_with(cluster=real_cluster)


@pytest.fixture
def own_door(real_cluster: RealCluster, stack_with: StackFactory, kubectl_signed_in: None) -> Stack:
    """Give one that takes those made for the cluster itself, as Kubeflow's overlay has it."""
    return stack_with(cluster=real_cluster, token_audience=OWN_AUDIENCE)
