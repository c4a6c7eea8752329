"""A token must not go where the user did not mean it to."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_kfp_connect.core.auth.base import Given
from jupyter_kfp_connect.core.auth.chain import (
    choose,
    endpoint_of,
    trusts_mounted_token,
)
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError, error
from jupyter_kfp_connect.core.here import connect_here
from jupyter_kfp_connect.core.http import NetworkSettings
from jupyter_kfp_connect.core.in_cluster import in_cluster_name, settings_here

from .answers import signed_out
from .climbing import Ascent
from .fakes import Transport, connection, environment, given, pod

OUTSIDE = "https://kf.example.com/pipeline"


@pytest.mark.parametrize(
    ("host", "trusted"),
    [
        ("http://ml-pipeline:8888", True),
        ("http://ml-pipeline-ui", True),
        ("http://ml-pipeline-ui.kubeflow", True),
        ("http://ml-pipeline.team-a:8888", True),
        ("http://ml-pipeline.kubeflow.svc", True),
        ("http://ml-pipeline.kubeflow.svc.cluster.local:8888", True),
        ("http://ml-pipeline.kubeflow.svc.cluster.local./pipeline", True),
        ("http://ml-pipeline.dev", False),
        ("http://ml-pipeline.team-b", False),
        ("http://ml-pipeline.kubeflow.svc.evil.example", False),
        ("http://ml-pipeline.kubeflow.svc.cluster.local.evil.example", False),
        ("http://ml-pipeline-evil.kubeflow", False),
        ("http://ml-pipeline.kubeflow.svc.clusterxlocal", False),
        ("http://kubeflow.svc.cluster.local", False),
        ("http://localhost:8080/pipeline", False),
    ],
)
def test_the_mounted_token_goes_by_itself_only_to_this_clusters_kfp(
    tmp_path: Path, host: str, trusted: bool
) -> None:
    here = pod(tmp_path, "team-a", token="x")
    assert trusts_mounted_token(host, here) is trusted
    outside = Environment(namespace="team-a")
    assert not trusts_mounted_token(host, outside)


@pytest.mark.parametrize(
    ("endpoint", "host", "trusted"),
    [
        (OUTSIDE, "https://kf.example.com/other", True),
        ("http://kf.example.com", "https://kf.example.com/pipeline", True),
        ("kf.example.com", "http://kf.example.com", True),
        (OUTSIDE, "http://kf.example.com/pipeline", False),
        (OUTSIDE, "https://kf.example.com:8443/pipeline", False),
        (OUTSIDE, "https://evil.example/pipeline", False),
        ("", OUTSIDE, False),
    ],
)
@pytest.mark.parametrize("variable", ["KF_PIPELINES_TOKEN", "KF_PIPELINES_COOKIES"])
def test_credentials_of_the_environment_go_to_its_endpoint_only(
    tmp_path: Path, endpoint: str, host: str, trusted: bool, variable: str
) -> None:
    here = environment(tmp_path, KF_PIPELINES_ENDPOINT=endpoint, **{variable: "a=b"})
    choice = choose(connection(host=host), given(), here)
    assert (choice.credential is not None) is trusted
    assert trusts_mounted_token(host, here) is trusted


@pytest.mark.parametrize("variable", [True, False])
def test_a_pasted_request_to_another_site_lends_its_cookie_to_that_one_only(
    tmp_path: Path, variable: bool
) -> None:
    pasted = "curl 'https://idp.example.org/signin' -H 'Cookie: session=hunter2'"
    variables = {"KF_PIPELINES_ENDPOINT": OUTSIDE, "KF_PIPELINES_COOKIES": pasted}
    here = environment(tmp_path, **(variables if variable else {}))
    network = Transport({f"{OUTSIDE}/apis/v2beta1/healthz": signed_out()})
    who = Given() if variable else given(cookies=pasted)
    ascent = Ascent(connection(host=OUTSIDE), who, environment=here, transport=network)
    said = ascent.failed("cookie-refused").message
    assert said.endswith(
        "that is a cookie of idp.example.org, and this connection leads to kf.example.com"
    )
    assert network.asked
    assert not any(request.headers.get("Cookie") for request in network.requests)


@pytest.mark.parametrize(
    ("host", "whole"),
    [
        ("http://ml-pipeline:8888", "http://ml-pipeline.team-a.svc.cluster.local:8888"),
        (
            "http://ml-pipeline-ui/pipeline",
            "http://ml-pipeline-ui.team-a.svc.cluster.local/pipeline",
        ),
        ("http://ml-pipeline.kubeflow", "http://ml-pipeline.kubeflow.svc.cluster.local"),
        ("http://ml-pipeline.dev", "http://ml-pipeline.dev"),
        (OUTSIDE, OUTSIDE),
    ],
)
def test_a_short_name_is_asked_for_whole_so_that_no_public_name_answers(
    tmp_path: Path, host: str, whole: str
) -> None:
    assert in_cluster_name(host, pod(tmp_path, "team-a")) == whole
    assert in_cluster_name(host, Environment()) == host


@pytest.mark.parametrize("host", ["http://ml-pipeline:8888", "http://ml-pipeline-ui.kubeflow"])
def test_a_proxy_that_is_not_for_the_cluster_is_never_sent_the_token(
    tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"http_proxy": "http://proxy.example.com:3128", "no_proxy": ".svc.cluster.local"}
    here = pod(tmp_path, "team-a", token="x", **variables)
    assert settings_here(connection(host="http://kf.example.com"), here).proxy is not None
    used: list[NetworkSettings] = []

    def transport(settings: NetworkSettings) -> Transport:
        used.append(settings)
        raise error("timed-out", "far enough")

    monkeypatch.setattr("jupyter_kfp_connect.core.here.RequestsTransport", transport)
    with pytest.raises(KfpConnectError, match="far enough"):
        connect_here(connection(host=host), environment=here)
    assert [settings.proxy for settings in used] == [None]


def test_a_namespace_called_dev_is_not_the_public_domain(tmp_path: Path) -> None:
    here = pod(tmp_path, "dev", token="x")
    assert in_cluster_name("http://ml-pipeline.dev", here) == (
        "http://ml-pipeline.dev.svc.cluster.local"
    )


def test_an_endpoint_is_read_as_the_sdk_reads_it() -> None:
    assert endpoint_of(Environment()) is None
    assert endpoint_of(Environment(endpoint="ml-pipeline:8888")) == "http://ml-pipeline:8888"
    with pytest.raises(KfpConnectError) as caught:
        endpoint_of(Environment(endpoint="ftp://x"))
    assert caught.value.code == "bad-host"
