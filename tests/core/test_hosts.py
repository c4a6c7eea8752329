"""A host that was typed almost right must be understood, or refused in words that help."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_kfp_connect.core.errors import NotReachable, RequestError
from jupyter_kfp_connect.core.hosts import clean_host, gateway, is_loopback, origin, same_origin

SECRETS = ("hunter2", "hun", "ter2")


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("http://localhost:8080/pipeline", "http://localhost:8080/pipeline"),
        ("  http://localhost:3000\n", "http://localhost:3000"),
        ("https://kf.example.com/pipeline/", "https://kf.example.com/pipeline"),
        ("https://kf.example.com///", "https://kf.example.com"),
        ("http://kf.example.com//pipeline//", "http://kf.example.com/pipeline"),
        ("http://kf.example.com//_/pipeline//#/runs", "http://kf.example.com/pipeline"),
        ("HTTPS://KF.Example.com/pipeline", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/_/pipeline/", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/_/pipeline/?ns=team#/runs", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/a/_/pipeline/#/runs", "https://kf.example.com/a/pipeline"),
        ("https://kf.example.com/pipeline/#/experiments", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/pipeline/?ns=team#/runs", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/pipeline/#/runs/details/x", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/_/pipeline#/runs?a=b c", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/pipeline/#/a/me:x@y", "https://kf.example.com/pipeline"),
        ("http://localhost:3000/#/pipelines", "http://localhost:3000"),
        ("http://localhost:3000/?ns=team#/runs", "http://localhost:3000"),
        ("https://kf.example.com/pipeline/?ns=team", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/_/pipeline?ns=team", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/_/volumes", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/_/jupyter/?ns=team", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/a/_/jupyter/new?ns=team", "https://kf.example.com/a/pipeline"),
        ("https://kf.example.com?ns=team", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/?ns=", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/activity?ns=team", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/a/manage-users?ns=team", "https://kf.example.com/a/pipeline"),
        ("https://kf.example.com/jupyter/?ns=team", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/volumes/new?ns=team", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/katib/?ns=team", "https://kf.example.com/pipeline"),
        # Where such a page belongs is not certain: the path stays, and the first rung looks there.
        ("https://kf.example.com/some/path/?ns=team", "https://kf.example.com/some/path"),
        ("https://kf.example.com/some/path?ns=team&x=1", "https://kf.example.com/some/path"),
        ("http://kf.example.com/other/?ns=", "http://kf.example.com/other"),
        ("https://kf.example.com/notebook/team/mine/lab", "https://kf.example.com/pipeline"),
        ("https://kf.example.com/pipeline/apis/v2beta1/healthz", "https://kf.example.com/pipeline"),
        ("http://localhost:3000/apis/v1beta1/runs?page_size=9", "http://localhost:3000"),
        ("https://kf.example.com/jupyter", "https://kf.example.com/jupyter"),
        ("https://kf.example.com/apis/apps/v1", "https://kf.example.com/apis/apps/v1"),
        ("https://kf.example.com/some/path", "https://kf.example.com/some/path"),
        ("http://[::1]:8080/pipeline", "http://[::1]:8080/pipeline"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("https://käse.example/pipeline", "https://xn--kse-qla.example/pipeline"),
        ("https://straße.example", "https://xn--strae-oqa.example"),  # as browsers do
        ("https://kf.example.com/größe", "https://kf.example.com/gr%C3%B6%C3%9Fe"),
        ("http://ml-pipeline.kubeflow:8888", "http://ml-pipeline.kubeflow:8888"),
        ("https://kf.example.com/@team/pipeline", "https://kf.example.com/@team/pipeline"),
        ("http://kf.example.com:8080/@team", "http://kf.example.com:8080/@team"),
        ("http://[::1]/@team", "http://[::1]/@team"),
    ],
)
def test_an_address_from_the_browser_is_understood(typed: str, host: str) -> None:
    assert clean_host(typed) == host
    assert clean_host(host) == host


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("http://my host/pipeline", "space"),
        ("http://my\x00host", "space"),
        ("kf.example.com/pipeline", "does not say http"),
        ("ftp://kf.example.com", "not http"),
        ("http://", "names no host"),
        ("http:///pipeline", "names no host"),
        ("http://kf.example.com:port/", "port is no number from 1 to 65535"),
        ("http://kf.example.com:99999/", "port is no number from 1 to 65535"),
        ("http://kf.example.com:0/", "port is no number from 1 to 65535"),
        ("http://kf.example.com:-1", "port is no number from 1 to 65535"),
        ("http://::1:8080/pipeline", "brackets"),
        ("http://[fe80::1%25eth0]:8080", "network interface"),
        ("https://\uff4b\uff46.example.com", "no host name"),
        ("http://127.1/", "no host name"),
        ("http://0x7f.0.0.1", "no host name"),
        ("http://256.0.0.1", "no host name"),
        ("http://kf..example.com", "no host name"),
        ("http://" + "a" * 64 + ".example.com", "no host name"),
        ("http://kf\u200b.example.com", "cannot be seen"),
        ("http://kf.example.com/pipeline\u202e", "cannot be seen"),
        ("http://http://kf.example.com", "twice"),
        ("<https://kf.example.com>", "has a <"),
        ("http://[::1/pipeline", "no address"),
        ("http://kf.example.com/pipeline?k=v", "query"),
        ("http://kf.example.com/other/?team", "query"),
        ("http://kf.example.com/other/?NS=team", "query"),
        ("http://kf.example.com/jupyter?namespace=team", "query"),
        ("http://kf.example.com/dex/auth/local/login?back=&state=x", "a page to sign in on"),
        ("http://kf.example.com/a/oauth2/start?rd=%2F", "a page to sign in on"),
        ("http://kf.example.com/oauth2/sign_in?ns=team", "a page to sign in on"),
        ("http://kf.example.com/dex/auth/local/login", "a page to sign in on"),
        ("http://kf.example.com/oauth2/sign_in#/", "a page to sign in on"),
        ("http://kf.example.com/a/../pipeline", "a part of its path is"),
        ("http://kf.example.com/./pipeline", "a part of its path is"),
        ("http://kf.example.com/%2E%2e/pipeline", "a part of its path is"),
        ("http://kf.example.com/" + "a" * 5000, r"too long \(5022 characters\)"),
        ("http://" + "a." * 600 + "example.com", "too long"),
        ("kf.example.com/?next=http://x", "does not say http"),
        ("http://" + "ä" * 80, "no host name"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(typed: str, words: str) -> None:
    with pytest.raises(NotReachable, match=words) as caught:
        clean_host(typed)
    assert caught.value.code == "bad-host"
    assert caught.value.remedy


@pytest.mark.parametrize("typed", [None, 8080, b"http://localhost:8080", ["http://localhost"]])
def test_what_is_no_text_is_no_host(typed: Any) -> None:
    with pytest.raises(RequestError, match="host: it is not a text"):
        clean_host(typed)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("kf.example.com/pipeline", "https://kf.example.com/pipeline"),
        ("kf.example.com/_/pipeline/#/runs", "https://kf.example.com/pipeline"),
        ("kf.example.com:8080/_/pipeline", "https://kf.example.com:8080/pipeline"),
        ("kf.example.com/?ns=team", "https://kf.example.com/pipeline"),
        ("ml-pipeline-ui.kubeflow:80", "http://ml-pipeline-ui.kubeflow:80"),
        ("ml-pipeline.kf.svc.cluster.local:8888", "http://ml-pipeline.kf.svc.cluster.local:8888"),
        ("//kf.example.com", "https://kf.example.com"),
        ("https:/kf.example.com", "https://kf.example.com"),
        ("http//kf.example.com", "https://kf.example.com"),
        ("https:kf.example.com", "https://kf.example.com"),
        ("localhost:8080/pipeline", "http://localhost:8080/pipeline"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
    ],
)
def test_a_missing_scheme_is_offered_ready_to_copy(typed: str, offered: str) -> None:
    with pytest.raises(NotReachable) as caught:
        clean_host(typed)
    assert caught.value.remedy.endswith(f"such as {offered}.")
    assert caught.value.remedy_copy == offered
    assert clean_host(offered) == offered


def test_an_address_with_a_query_is_offered_without_it() -> None:
    with pytest.raises(NotReachable) as caught:
        clean_host("https://KF.example.com:8443/kubeflow/?n=team&token=hunter2")
    assert caught.value.remedy_copy == "https://kf.example.com:8443/kubeflow"
    assert "hunter2" not in str(caught.value)


def test_what_is_no_address_even_with_a_scheme_is_not_offered() -> None:
    with pytest.raises(NotReachable) as caught:
        clean_host("http:8080")
    assert caught.value.remedy_copy is None
    assert "https://kubeflow.example.com/pipeline" in caught.value.remedy


@pytest.mark.parametrize(
    "typed",
    [
        "kf.example.com/?token=hunter2",
        "http://me:hunter2",
        "https://kf.example.com/dex/auth/local/login?back=&state=hunter2",
        "hun" * 99,
    ],
)
def test_what_may_be_a_secret_or_is_very_long_is_not_repeated(typed: str) -> None:
    with pytest.raises(NotReachable) as caught:
        clean_host(typed)
    assert typed[-7:] not in caught.value.message + caught.value.remedy or len(typed) > 200
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    "typed",
    [
        "https://me:hunter2@kf.example.com/pipeline",
        "https://me:hun ter2@kf.example.com",
        "https://me:hun/ter2@kf.example.com",
        "https://me:hun?ter2@kf.example.com",
        "https://me:hun#ter2@kf.example.com",
        "https://me:hun@ter2@kf.example.com",
        "https://hunter2@kf.example.com",
        "https://me:hunter2\uff20kf.example.com",
        "https://me:hunter2℀@kf.example.com",
        "me:hunter2@kf.example.com",
        "ftp://me:hunter2@kf.example.com",
        "https://me:hunter2@[::1/",
    ],
)
def test_a_password_typed_into_the_host_is_never_repeated(typed: str) -> None:
    with pytest.raises(NotReachable) as caught:
        clean_host(typed)
    problem = caught.value
    assert problem.code == "bad-host"
    for text in (str(problem), repr(problem), problem.remedy):
        assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:80/x", "http://localhost"),
        ("https://KF.example.com:443", "https://kf.example.com"),
        ("https://kf.example.com:8443/a?b", "https://kf.example.com:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("mailto:someone", "mailto://"),
    ],
)
def test_default_ports_and_capitals_make_no_other_origin(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    ("bound", "there", "same"),
    [
        ("http://kf.example.com/pipeline", "http://kf.example.com/dex", True),
        ("http://kf.example.com", "https://kf.example.com", True),
        ("https://kf.example.com", "http://kf.example.com", False),
        ("http://kf.example.com:8080", "https://kf.example.com:8080", False),
        ("http://localhost:8080", "http://localhost:3000", False),
        ("https://kf.example.com", "https://kf.example.com.evil.example", False),
    ],
)
def test_a_credential_goes_from_http_to_https_of_its_host_and_nowhere_else(
    bound: str, there: str, same: bool
) -> None:
    assert same_origin(bound, there) is same


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:8080", True),
        ("http://127.0.0.9", True),
        ("http://[::1]:80", True),
        ("http://kf.localhost", True),
        ("http://localhost.evil.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_very_machine_is_loopback(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


def test_the_dashboard_is_found_beside_the_pipelines() -> None:
    assert gateway("https://kf.example.com/pipeline") == "https://kf.example.com"
    assert gateway("https://kf.example.com/a/pipeline") == "https://kf.example.com/a"
    assert gateway("http://localhost:3000") == "http://localhost:3000"
