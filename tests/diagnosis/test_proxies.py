"""A proxy that is in the way: whose it is, and the line that takes it out of the way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.detection import detect
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.in_cluster import settings_here
from jupyter_kfp_connect.core.lease import Lease
from jupyter_kfp_connect.core.network_errors import network_error
from jupyter_kfp_connect.kernel.client import KubeflowClient
from tests.core.climbing import Ascent
from tests.core.fakes import connection, environment, given, pod
from tests.core.loopback import IN_TIME, answer, closed_port, serve
from tests.kernel.fake_source import FakeSource, make_lease

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


@shows("proxy-before-cluster")
def test_a_proxy_of_the_connections_own_is_told_as_such_and_not_laid_to_the_environment(
    tmp_path: Path,
) -> None:
    here = pod(tmp_path, HTTP_PROXY="http://localhost:1", NO_PROXY=".svc.cluster.local")
    with serve(answer(SQUID)) as proxy:
        made = connection(host=IN_CLUSTER, proxy=proxy.origin)
        problem = Ascent(made, environment=here).failed("proxy-failed")
    told(problem, "proxy-before-cluster")
    assert f"the connection's own proxy {proxy.origin}" in problem.message
    assert "Proxy variables are set" not in problem.remedy
    assert "leave out proxy=" in problem.remedy


PAGES = [
    (403, b"<html><title>ERROR: Access denied</title>policy</html>"),
    (404, b"<html>unknown host</html>"),
    (500, b"<html>tinyproxy: Unable to connect</html>"),
]


def page_of(status: int, body: bytes, *headers: str) -> bytes:
    """Return a page as it stands in an answer."""
    head = "\r\n".join((f"HTTP/1.1 {status} x", "Content-Type: text/html", *headers))
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@shows("proxy-before-cluster")
@pytest.mark.parametrize(("status", "body"), PAGES)
@pytest.mark.parametrize("host", [IN_CLUSTER, "http://ml-pipeline-ui.kubeflow"])
def test_a_proxys_own_page_is_not_taken_for_a_sign_in_or_a_mistake_of_kubeflow(
    host: str, status: int, body: bytes, tmp_path: Path
) -> None:
    with serve(answer(page_of(status, body))) as proxy:
        here = environment(tmp_path, HTTP_PROXY=proxy.origin)
        for who in (None, given(username="me", password="hunter2")):
            problem = Ascent(connection(host=host), who, environment=here).failed("proxy-failed")
            told(problem, "proxy-before-cluster", copy="export NO_PROXY=")
            assert f"the proxy {proxy.origin} answers with a page of its own" in problem.message
        client = KubeflowClient(FakeSource(make_lease(host, proxy=proxy.origin)))
        with pytest.raises(KfpConnectError) as caught:
            client.list_experiments()
    assert caught.value.message == problem.message


@pytest.mark.parametrize(("status", "body"), PAGES)
def test_looking_around_takes_no_page_of_a_proxy_for_kubeflow_and_has_the_line(
    status: int, body: bytes, tmp_path: Path
) -> None:
    with serve(answer(page_of(status, body))) as proxy:
        seen = detect(pod(tmp_path, HTTP_PROXY=proxy.origin), time_limit=IN_TIME)
    assert seen.found == []
    lines = [each.remedy and each.remedy.copy for each in seen.attempts if each.host]
    line = f'export NO_PROXY="$NO_PROXY,$no_proxy,.svc.cluster.local"; {BOTH}'
    assert lines == [line] * len(seen.looks)


@pytest.mark.parametrize(
    "reply",
    [
        page_of(404, b"<title>Error</title><pre>Cannot GET /apis/x</pre>"),
        page_of(500, b"<html>x</html>", "X-Powered-By: Express"),
        page_of(500, b"<html>x</html>", "Server: istio-envoy"),
        page_of(403, b"<form action='/oauth2/start'></form>"),
        page_of(403, b"<form><input name='p' type='password'></form>"),
    ],
    ids=["the UI's 404", "the UI's mistake", "the mesh", "oauth2-proxy", "another sign-in"],
)
def test_a_proxy_that_leads_to_the_cluster_is_not_blamed_for_what_kubeflow_shows(
    reply: bytes, tmp_path: Path
) -> None:
    with serve(answer(reply)) as proxy:
        here = environment(tmp_path, HTTP_PROXY=proxy.origin)
        problem = Ascent(connection(host=IN_CLUSTER), environment=here).problem
    assert problem is not None
    assert problem.code != "proxy-failed"


@pytest.mark.parametrize(("status", "body"), PAGES)
def test_a_page_of_a_host_outside_is_not_laid_to_the_proxy(
    status: int, body: bytes, tmp_path: Path
) -> None:
    with serve(answer(page_of(status, body))) as proxy:
        here = environment(tmp_path, HTTP_PROXY=proxy.origin)
        outside = connection(host="http://kf.example.com/pipeline")
        problem = Ascent(outside, environment=here).problem
    assert problem is not None
    assert problem.code != "proxy-failed"


def test_a_kernels_calls_know_whose_the_proxy_is() -> None:
    with serve(answer(SQUID)) as proxy:
        for own in (True, False):
            lease = make_lease(IN_CLUSTER, proxy=proxy.origin, own_proxy=own)
            with pytest.raises(KfpConnectError) as caught:
                KubeflowClient(FakeSource(Lease.from_dict(lease.to_dict()))).list_experiments()
            assert ("the connection's own proxy" in caught.value.message) is own
