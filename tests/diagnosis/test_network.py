"""Network, certificates, paths and versions: what keeps a host away, and the line that mends it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path

import pytest
import requests

from jupyter_kfp_connect.core.network_errors import network_error
from jupyter_kfp_connect.core.network_rules import PORT_FORWARDS
from jupyter_kfp_connect.kernel.client import KubeflowClient
from tests.core.answers import HOST, ORIGIN, as_json, page
from tests.core.climbing import Ascent
from tests.core.fakes import connection
from tests.core.loopback import HANGS, IN_TIME, answer, authority, closed_port, mute, serve
from tests.kernel.fake_kfp import running_kfp
from tests.kernel.fake_source import FakeSource, make_lease

from .catalogued import HEALTHZ, climb, shows, told

NOW, DAY = datetime.now(timezone.utc), timedelta(days=1)
KFP = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    b'{"multi_user": false}'
)


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


@shows("certificate-untrusted")
@pytest.mark.parametrize("good", [(None, NOW - DAY), (NOW + DAY, None)], ids=["past", "future"])
def test_who_renews_an_expired_certificate_is_told_and_no_ca_file_is_asked_for(
    good: tuple[datetime | None, datetime | None], tmp_path: Path
) -> None:
    context, file = authority(tmp_path, good=good)
    with serve(answer(KFP), context) as server:
        problem = Ascent(connection(host=server.origin, ssl_ca_cert=file)).failed("tls-untrusted")
        Ascent(connection(host=server.origin, verify_ssl=False)).connected()
    told(problem, "certificate-untrusted")
    assert problem.actor == "administrator"
    assert "out of date (certificate " in problem.message
    assert "clock" in problem.remedy
    assert "CA file" not in problem.remedy


@shows("certificate-untrusted")
def test_a_certificate_for_another_name_is_told_as_such_and_no_ca_file_is_asked_for(
    tmp_path: Path,
) -> None:
    context, file = authority(tmp_path, "other.example.com")
    with serve(answer(KFP), context) as server:
        here = Ascent(connection(host=server.origin, ssl_ca_cert=file)).failed("tls-untrusted")
        with pytest.raises(requests.exceptions.SSLError) as caught:
            requests.get(server.origin, verify=file, timeout=IN_TIME)
    told(here, "certificate-untrusted")
    assert here.actor == "you"
    assert "port-forward" in here.remedy
    there = network_error(caught.value, "https://kf.example.com/pipeline")
    told(there, "certificate-untrusted")
    assert there.actor == "administrator"
    assert "If kf.example.com is right, an administrator" in there.remedy
    for problem in (here, there):
        assert "for another name (Hostname mismatch" in problem.message
        assert "CA file" not in problem.remedy


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


def test_a_page_of_somebody_else_is_not_taken_for_an_old_kfp() -> None:
    old = f"{HOST}/apis/v1beta1/healthz"
    app = {HEALTHZ: page(HEALTHZ, "app", 404), old: page(old, "app")}
    assert climb(app).failed("not-kfp").actor == "you"
