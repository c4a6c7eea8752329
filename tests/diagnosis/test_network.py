"""Network, certificates, paths and versions: what keeps a host away, and the line that mends it."""

from __future__ import annotations

import os
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.in_cluster import settings_here
from jupyter_kfp_connect.core.network_errors import network_error
from jupyter_kfp_connect.core.network_rules import PORT_FORWARDS
from jupyter_kfp_connect.kernel.client import KubeflowClient
from tests.core.answers import HOST, ORIGIN, as_json, page
from tests.core.climbing import Ascent
from tests.core.fakes import connection, environment
from tests.core.loopback import HANGS, IN_TIME, answer, authority, closed_port, mute, serve
from tests.kernel.fake_kfp import running_kfp
from tests.kernel.fake_source import FakeSource, make_lease

from .catalogued import HEALTHZ, climb, shows, told

KFP = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    b'{"multi_user": false}'
)
BOTH = 'export no_proxy="$NO_PROXY"'
IN_CLUSTER = "http://ml-pipeline.kubeflow.svc.cluster.local:8888"


@shows("certificate-untrusted")
def test_a_private_ca_is_told_and_one_setting_serves_sign_in_and_client(tmp_path: Path) -> None:
    context, file = authority(tmp_path)
    with serve(answer(KFP), context) as server:
        problem = Ascent(connection(host=server.origin)).failed("tls-untrusted")
        named = Ascent(connection(host=server.origin, ssl_ca_cert=file)).connected().lease()
        skipped = Ascent(connection(host=server.origin, verify_ssl=False)).connected().lease()
        with pytest.warns(UserWarning, match="not verified"):
            KubeflowClient(FakeSource(skipped))
    told(problem, "certificate-untrusted")
    assert "CA file" in problem.remedy
    assert named.ssl_ca_cert == file
    assert not skipped.verify_ssl


@shows("port-forward-ended")
@pytest.mark.parametrize("port", PORT_FORWARDS)
def test_a_port_forward_that_ended_comes_with_its_line(port: int) -> None:
    refused = ConnectionRefusedError(111, "Connection refused")
    host = f"http://localhost:{port}"
    problem = climb({f"{host}/apis/v2beta1/healthz": network_error(refused, host)}, host=host)
    told(problem.failed("connection-refused"), "port-forward-ended", copy=PORT_FORWARDS[port])


@shows("port-forward-ended")
def test_a_port_at_which_nothing_listens_is_told() -> None:
    host = f"http://localhost:{closed_port()}"
    problem = told(Ascent(connection(host=host)).failed("connection-refused"), "port-forward-ended")
    assert problem.retryable


@shows("name-only-in-cluster")
def test_a_name_of_the_cluster_is_told_to_exist_only_inside() -> None:
    host = "http://ml-pipeline.kubeflow.svc.cluster.local.invalid:8888"
    problem = Ascent(connection(host=host, timeout=IN_TIME)).failed("name-not-found")
    told(problem, "name-only-in-cluster", copy=PORT_FORWARDS[8080])
    assert "only inside the cluster" in problem.remedy


@shows("path-or-version")
def test_a_path_that_is_missing_comes_with_the_one_that_answers_and_both_versions() -> None:
    tagged = as_json(HEALTHZ, {"multi_user": True, "tag_name": "2.16.0"})
    problem = climb({HEALTHZ: tagged}, host=ORIGIN).failed("wrong-path")
    told(problem, "path-or-version", copy=HOST)
    assert f"(KFP 2.16.0 there, kfp {version('kfp')} here)" in problem.message


@shows("path-or-version")
def test_a_kfp_that_is_older_than_the_api_is_told_with_both_versions() -> None:
    old = f"{HOST}/apis/v1beta1/healthz"
    replies = {
        HEALTHZ: page(HEALTHZ, "<pre>Cannot GET /apis/v2beta1/healthz</pre>", 404),
        old: as_json(old, {"multi_user": True, "tag_name": "1.8.5"}),
    }
    problem = told(climb(replies).failed("kfp-too-old"), "path-or-version")
    assert f"(KFP 1.8.5 there, kfp {version('kfp')} here)" in problem.message
    assert problem.actor == "administrator"


@shows("client-hangs")
def test_a_host_that_hangs_is_given_up_in_the_connection_s_time_and_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jupyter_kfp_connect.core.http.DEFAULT_TIMEOUT", HANGS)
    with mute() as port:
        started = time.monotonic()
        ascent = Ascent(connection(host=f"http://localhost:{port}", timeout=0.3))
        ascent.failed("timed-out")
        assert time.monotonic() - started < IN_TIME
    with running_kfp() as api:
        KubeflowClient(FakeSource(make_lease(api.host)))
        assert api.asked == []


@shows("proxy-before-cluster")
def test_a_proxy_before_a_host_of_the_cluster_comes_with_what_no_proxy_needs(
    tmp_path: Path,
) -> None:
    squid = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
    with serve(answer(squid)) as proxy:
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
    told = subprocess.run(
        ["sh", "-c", f"{line}; env"],
        env={"PATH": os.environ["PATH"], "HTTP_PROXY": "http://localhost:1", **before},
        capture_output=True,
        text=True,
        check=True,
        timeout=IN_TIME,
    )
    variables = dict(one.partition("=")[::2] for one in told.stdout.splitlines())
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


def test_a_page_of_somebody_else_is_not_taken_for_an_old_kfp() -> None:
    old = f"{HOST}/apis/v1beta1/healthz"
    app = {HEALTHZ: page(HEALTHZ, "app", 404), old: page(old, "app")}
    assert climb(app).failed("not-kfp").actor == "you"
