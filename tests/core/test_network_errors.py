"""What keeps a host away is told by its cause, with the line that mends it."""

from __future__ import annotations

import socket
from itertools import pairwise

import pytest
import requests
import urllib3
from urllib3.util.ssl_match_hostname import CertificateError

from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.http import NetworkSettings, Request
from jupyter_kfp_connect.core.network_errors import network_error
from jupyter_kfp_connect.core.network_rules import PORT_FORWARDS
from jupyter_kfp_connect.core.transport import RequestsTransport

from .loopback import IN_TIME, Visit, answer, closed_port, serve


def failing(url: str, proxy: str | None = None) -> KfpConnectError:
    """Return the error of really asking `url`."""
    sender = RequestsTransport(NetworkSettings(proxy=proxy, timeout=IN_TIME))
    with pytest.raises(KfpConnectError) as caught:
        sender.send(Request("GET", url))
    sender.close()
    assert caught.value.rung == "reachable"
    assert caught.value.remedy
    return caught.value


def test_a_name_that_nobody_has_is_told_with_a_hint_at_the_cluster() -> None:
    problem = failing("http://ml-pipeline.kubeflow.svc.cluster.local.invalid:8888/x")
    assert problem.code == "name-not-found"
    assert "ml-pipeline.kubeflow.svc.cluster.local.invalid" in problem.message
    assert ".svc.cluster.local" in problem.remedy


def test_a_name_too_long_to_look_up_is_told() -> None:
    assert failing(f"http://{'a' * 64}.example/").code in ("bad-host", "name-not-found")


def test_a_port_at_which_nothing_listens_is_told() -> None:
    port = closed_port()
    problem = failing(f"http://localhost:{port}/pipeline")
    assert problem.code == "connection-refused"
    assert problem.message == f"nothing listens at localhost:{port}"
    assert problem.retryable
    assert problem.remedy_copy is None


@pytest.mark.parametrize("port", PORT_FORWARDS)
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_a_port_forward_that_does_not_run_comes_with_its_line(name: str, port: int) -> None:
    url = f"http://{name}:{port}/pipeline/apis"
    problem = network_error(ConnectionRefusedError(111, "refused"), url)
    assert problem.code == "connection-refused"
    assert problem.remedy_copy == PORT_FORWARDS[port]
    assert "port-forward" in problem.remedy
    lost = network_error(ConnectionResetError(104, "reset"), url)
    assert (lost.code, lost.remedy_copy) == ("bad-answer", PORT_FORWARDS[port])
    assert lost.retryable
    elsewhere = network_error(ConnectionRefusedError(), f"http://kf.example.com:{port}/")
    assert elsewhere.remedy_copy is None
    assert "forward" not in elsewhere.remedy


def test_a_port_forward_whose_pod_is_gone_comes_with_its_line() -> None:
    def closes(visit: Visit, _: bytes) -> None:
        raise OSError("as kubectl, which goes on listening")

    with serve(closes) as server, pytest.raises(requests.ConnectionError) as caught:
        requests.get(server.origin, timeout=IN_TIME)
    problem = network_error(caught.value, "http://localhost:8080/pipeline")
    assert (problem.code, problem.remedy_copy) == ("bad-answer", PORT_FORWARDS[8080])
    assert network_error(caught.value, "http://localhost:8081/pipeline").remedy_copy is None


def test_another_port_of_this_machine_is_told_no_line_that_may_be_wrong() -> None:
    problem = network_error(ConnectionRefusedError(), "http://localhost:8081/pipeline")
    assert problem.remedy_copy is None
    assert "Start the port-forward or the server" in problem.remedy


def test_the_lines_are_those_of_the_guide() -> None:
    assert PORT_FORWARDS[8080] == (
        "kubectl port-forward --namespace istio-system svc/istio-ingressgateway 8080:80"
    )
    assert PORT_FORWARDS[3000] == (
        "kubectl port-forward --namespace kubeflow svc/ml-pipeline-ui 3000:80"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nxxxx",
        b"",
    ],
)
def test_an_answer_that_is_none_is_told_as_such(data: bytes) -> None:
    def handle(visit: Visit, _: bytes) -> None:
        visit.send(data)
        raise OSError("closes")

    with serve(handle) as server:
        problem = failing(server.origin)
    assert problem.code == "bad-answer"
    assert problem.retryable


def test_a_dead_proxy_is_not_taken_for_a_dead_host() -> None:
    port = closed_port()
    for url in ("http://kf.example.com/", "https://kf.example.com/"):
        problem = failing(url, f"http://me:hunter2@localhost:{port}")
        assert problem.code == "proxy-failed"
        assert problem.message == f"the proxy http://localhost:{port} does not work"
        assert "NO_PROXY" in problem.remedy


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxys_own_password_is_not_repeated_whatever_is_in_it(scheme: str) -> None:
    proxy = f"{scheme}jane:Pa55://w0rd@proxy.example.com:3128"
    refused = requests.exceptions.ProxyError(ConnectionRefusedError())
    said = network_error(refused, "http://kf.example.com", proxy).message
    assert "http://proxy.example.com:3128" in said
    assert "jane" not in said
    assert "Pa55" not in said


def test_a_proxy_that_wants_a_password_of_its_own_is_told() -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with serve(answer(refusal)) as server:
        for url in ("http://kf.example.com/", "https://kf.example.com/"):
            assert failing(url, server.origin).code == "proxy-failed"


def test_a_proxy_is_really_gone_through() -> None:
    with serve(answer()) as server:
        sender = RequestsTransport(NetworkSettings(proxy=server.origin, timeout=IN_TIME))
        assert sender.send(Request("GET", "http://kf.example.com/x")).status == 200
        sender.close()
    assert server.requests[0].startswith(b"GET http://kf.example.com/x ")


def test_a_socks_proxy_is_told_to_be_none_that_works() -> None:
    problem = network_error(
        requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."),
        "https://kf.example.com",
        "socks5://me:hunter2@localhost:1080",
    )
    assert problem.code == "proxy-failed"
    assert "socks5://localhost:1080" in problem.message
    assert "hunter2" not in str(problem)


def test_the_names_that_a_certificate_is_for_are_told_where_they_are_known() -> None:
    mismatch = CertificateError("hostname 'kf.example.com' doesn't match 'old.example.com'")
    problem = network_error(requests.exceptions.SSLError(mismatch), "https://kf.example.com")
    assert problem.code == "tls-untrusted"
    assert "doesn't match 'old.example.com'" in problem.message


def chained(*links: BaseException) -> BaseException:
    """Return the first, each caused by the next."""
    for link, cause in pairwise(links):
        link.__cause__ = cause
    return links[0]


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (chained(requests.ConnectionError(), socket.gaierror(-2, "unknown")), "name-not-found"),
        (chained(requests.ConnectionError(), OSError(113, "No route to host")), "timed-out"),
        (requests.exceptions.ConnectTimeout(), "timed-out"),
        (TimeoutError(), "timed-out"),
        (requests.ConnectionError(urllib3.exceptions.ProtocolError("x")), "bad-answer"),
        (ConnectionResetError(104, "reset"), "bad-answer"),
        (requests.exceptions.InvalidURL("x"), "bad-host"),
        (requests.exceptions.InvalidHeader("x"), "bad-answer"),
        (requests.exceptions.ProxyError(ConnectionRefusedError()), "proxy-failed"),
        (requests.exceptions.InvalidProxyURL("x"), "proxy-failed"),
        (ValueError("x"), "bad-answer"),
    ],
)
def test_a_cause_is_found_however_deep_it_is_wrapped(problem: BaseException, code: str) -> None:
    told = network_error(problem, "http://me:hunter2@kf.example.com/a?token=hunter2", "http://p")
    assert told.code == code
    assert "hunter2" not in str(told)


def test_an_exception_that_causes_itself_ends_the_search() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__context__, second.__context__ = second, first
    assert network_error(first, "http://h").code == "bad-answer"
