"""A proxy that is in the way: whose it is, and the line that takes it out of the way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.in_cluster import settings_here
from jupyter_kfp_connect.core.network_errors import network_error
from tests.core.climbing import Ascent
from tests.core.fakes import connection, environment, pod
from tests.core.loopback import IN_TIME, answer, closed_port, serve

from .catalogued import shows, told

BOTH = 'export no_proxy="$NO_PROXY"'
IN_CLUSTER = "http://ml-pipeline.kubeflow.svc.cluster.local:8888"
SQUID = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


def with_line(line: str | None, variables: dict[str, str]) -> dict[str, str]:
    """Return `variables` as a program has them whose shell has run `line`."""
    ended = subprocess.run(
        ["sh", "-c", f"{line}; env"],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=IN_TIME,
    )
    return dict(one.partition("=")[::2] for one in ended.stdout.splitlines())


@shows("proxy-before-cluster")
def test_a_proxy_before_a_host_of_the_cluster_comes_with_what_no_proxy_needs(
    tmp_path: Path,
) -> None:
    with serve(answer(SQUID)) as proxy:
        here = environment(tmp_path, HTTP_PROXY=proxy.origin)
        problem = Ascent(connection(host=IN_CLUSTER), environment=here).failed("proxy-failed")
    line = f'export NO_PROXY="$NO_PROXY,$no_proxy,.svc.cluster.local"; {BOTH}'
    assert told(problem, "proxy-before-cluster", copy=line).remedy_copy == line
    dead = environment(tmp_path, HTTP_PROXY=f"http://localhost:{closed_port()}")
    problem = Ascent(connection(host=IN_CLUSTER), environment=dead).failed("proxy-failed")
    told(problem, "proxy-before-cluster", copy=line)
    assert "notebook server's environment, then restart" in problem.remedy


@shows("proxy-before-cluster")
@pytest.mark.parametrize("before", [{}, {"no_proxy": "localhost"}, {"NO_PROXY": "localhost"}])
def test_with_that_line_run_before_jupyter_the_proxy_is_out_of_the_way(
    before: dict[str, str], tmp_path: Path
) -> None:
    class ProxyError(Exception):
        """As requests names its own."""

    line = network_error(ProxyError(), IN_CLUSTER, "http://proxy:3128").remedy_copy
    variables = with_line(line, {"HTTP_PROXY": "http://localhost:1", **before})
    here = environment(tmp_path, **variables)
    problem = Ascent(connection(host=IN_CLUSTER, timeout=IN_TIME), environment=here)
    assert "proxy" not in problem.failed("name-not-found").message
    assert settings_here(connection(host="http://kf.example.com"), here).proxy is not None


@pytest.mark.parametrize(
    ("host", "suffix"),
    [
        ("http://ml-pipeline-ui.kubeflow", "ml-pipeline-ui.kubeflow"),
        ("http://ml-pipeline:8888", "ml-pipeline"),
        ("http://kfp.team.svc:80", ".svc"),
    ],
)
def test_every_way_to_write_a_host_of_the_cluster_is_known(host: str, suffix: str) -> None:
    class ProxyError(Exception):
        """As requests names its own."""

    problem = network_error(ProxyError(), host, "http://proxy:3128")
    assert problem.remedy_copy == f'export NO_PROXY="$NO_PROXY,$no_proxy,{suffix}"; {BOTH}'
    elsewhere = network_error(ProxyError(), "https://svc.example.com", "http://proxy:3128")
    assert isinstance(elsewhere, KfpConnectError)
    assert elsewhere.remedy_copy is None


@shows("proxy-before-cluster")
@pytest.mark.parametrize(
    "host",
    [
        "http://ml-pipeline-ui.kubeflow",
        "http://ml-pipeline-ui:80",
        "http://ml-pipeline.kubeflow:8888",
        "http://ml-pipeline.kubeflow.svc:8888",
        IN_CLUSTER,
    ],
)
def test_the_line_that_comes_with_a_short_name_takes_the_proxy_out_of_its_way_in_a_pod(
    host: str, tmp_path: Path
) -> None:
    made = connection(host=host, timeout=IN_TIME)
    with serve(answer(SQUID)) as proxy:
        before = {"HTTP_PROXY": proxy.origin}
        behind = Ascent(made, environment=pod(tmp_path / "before", **before))
        line = behind.failed("proxy-failed").remedy_copy
        after = pod(tmp_path / "after", **with_line(line, before))
        asked = len(proxy.requests)
        assert "proxy" not in Ascent(made, environment=after).failed("name-not-found").message
        assert len(proxy.requests) == asked
    assert settings_here(connection(host="http://kf.example.com"), after).proxy is not None
