"""The pytest fixture ``real_cluster``: one Kubernetes API server for the whole run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.stack.cluster.build import built_cluster
from tests.stack.cluster.real_cluster import RealCluster
from tests.stack.cluster.start import running_kubernetes
from tests.stack.plugin import LOG_FOLDERS, teller


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses it as the rest of the real parts."""
    for item in items:
        if "real_cluster" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def real_cluster(
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
    outer_environ: Mapping[str, str],
) -> Iterator[RealCluster]:
    """Give a running API server, built first where needed; it stops with the run."""
    programs = built_cluster(outer_environ, teller(pytestconfig, "tests/stack/cluster"))
    folder = tmp_path_factory.mktemp("kubernetes")
    pytestconfig.stash[LOG_FOLDERS].append(folder)
    environ = {name: outer_environ[name] for name in ("PATH", "LANG") if name in outer_environ}
    with running_kubernetes(programs, folder, {**environ, "HOME": str(folder)}) as cluster:
        yield cluster
