"""One decision on proxy, certificates and time, for the sign-in and for every later call."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_kfp_connect.core.http import CA_VARIABLES, DEFAULT_TIMEOUT, network_settings

from .fakes import connection

PROXY = "http://proxy.example.com:3128"
FAR = "https://kf.example.com/pipeline"


@pytest.mark.parametrize(
    ("host", "variables", "proxy"),
    [
        (FAR, {}, None),
        (FAR, {"HTTPS_PROXY": PROXY}, PROXY),
        (FAR, {"https_proxy": PROXY, "HTTPS_PROXY": "http://other"}, PROXY),
        (FAR, {"HTTP_PROXY": PROXY}, None),
        (FAR, {"ALL_PROXY": PROXY}, PROXY),
        (FAR, {"HTTPS_PROXY": "proxy.example.com:3128"}, PROXY),
        (FAR, {"HTTPS_PROXY": PROXY, "NO_PROXY": "kf.example.com"}, None),
        (FAR, {"HTTPS_PROXY": PROXY, "no_proxy": ".example.com"}, None),
        (FAR, {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, None),
        (FAR, {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com", "no_proxy": "localhost"}, None),
        (FAR, {"HTTPS_PROXY": PROXY, "NO_PROXY": "*", "no_proxy": "localhost"}, None),
        (FAR, {"HTTPS_PROXY": PROXY, "NO_PROXY": "other.example.com, localhost"}, PROXY),
        ("http://kf.example.com", {"HTTP_PROXY": PROXY}, PROXY),
        (
            "http://ml-pipeline.kubeflow.svc.cluster.local:8888",
            {"HTTP_PROXY": PROXY, "NO_PROXY": ".svc.cluster.local"},
            None,
        ),
        ("http://ml-pipeline.kubeflow.svc.cluster.local:8888", {"HTTP_PROXY": PROXY}, PROXY),
        ("http://localhost:8080/pipeline", {"HTTP_PROXY": PROXY, "ALL_PROXY": PROXY}, None),
        ("http://127.0.0.1:8080/pipeline", {"HTTP_PROXY": PROXY}, None),
        ("http://[::1]:8080/pipeline", {"HTTP_PROXY": PROXY}, None),
    ],
)
def test_the_proxy_is_the_one_of_the_environment_unless_it_excepts_the_host(
    host: str, variables: dict[str, str], proxy: str | None
) -> None:
    assert network_settings(connection(host=host), variables).proxy == proxy


def test_the_connections_own_proxy_goes_before_the_environment() -> None:
    made = connection(host=FAR, proxy="http://mine.example.com:80")
    variables = {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}
    assert network_settings(made, variables).proxy == "http://mine.example.com:80"
    assert network_settings(made, variables).own_proxy
    assert not network_settings(connection(host=FAR), {"HTTPS_PROXY": PROXY}).own_proxy


@pytest.mark.parametrize(
    ("fields", "variables", "verify"),
    [
        ({}, {}, True),
        ({"verify_ssl": False}, dict.fromkeys(CA_VARIABLES, "/ca"), False),
        ({"verify_ssl": False, "ssl_ca_cert": "/mine"}, {}, False),
        ({"ssl_ca_cert": "/mine"}, dict.fromkeys(CA_VARIABLES, "/ca"), "/mine"),
        ({}, {"REQUESTS_CA_BUNDLE": "/requests", "SSL_CERT_FILE": "/openssl"}, "/requests"),
        ({}, {"KF_PIPELINES_SSL_SA_CERTS": "/kfp", "REQUESTS_CA_BUNDLE": "/requests"}, "/kfp"),
        ({}, {"SSL_CERT_FILE": ""}, True),
    ],
)
def test_certificates_are_checked_as_the_connection_says_else_the_environment(
    fields: dict[str, Any], variables: dict[str, str], verify: bool | str
) -> None:
    assert network_settings(connection(**fields), variables).verify == verify


def test_a_call_ends_by_itself_even_if_nobody_said_when() -> None:
    assert network_settings(connection(), {}).timeout == DEFAULT_TIMEOUT
    assert network_settings(connection(timeout=2), {}).timeout == 2.0


def test_the_environment_of_this_process_counts_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert network_settings(connection(host=FAR)).proxy == PROXY
