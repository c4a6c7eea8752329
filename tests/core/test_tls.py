"""An organisation's own certificates must work by naming one file, for everything alike."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.http import CA_VARIABLES, Answer, Request, network_settings
from jupyter_kfp_connect.core.transport import RequestsTransport

from .fakes import connection
from .loopback import IN_TIME, OK, Server, answer, authority, serve


def ask(server: Server, variables: dict[str, str] | None = None, **fields: object) -> Answer:
    made = connection(host=server.origin, timeout=IN_TIME, **fields)
    sender = RequestsTransport(network_settings(made, variables or {}))
    try:
        return sender.send(Request("GET", server.origin + "/"))
    finally:
        sender.close()


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    return authority(tmp_path_factory.mktemp("private"))


@pytest.fixture(scope="module")
def other_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return authority(tmp_path_factory.mktemp("other"))[1]


def test_a_private_ca_works_once_its_file_is_named(private: tuple[ssl.SSLContext, str]) -> None:
    with serve(answer(OK), private[0]) as server:
        assert ask(server, ssl_ca_cert=private[1]).status == 200


@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_a_private_ca_works_once_a_usual_variable_names_it(
    private: tuple[ssl.SSLContext, str], variable: str
) -> None:
    with serve(answer(OK), private[0]) as server:
        assert ask(server, {variable: private[1]}).status == 200


def test_a_private_ca_that_nobody_named_is_told_with_the_way_out(
    private: tuple[ssl.SSLContext, str], other_file: str
) -> None:
    with serve(answer(OK), private[0]) as server:
        for named in (None, other_file):
            with pytest.raises(KfpConnectError) as caught:
                ask(server, ssl_ca_cert=named)
            assert caught.value.code == "tls-untrusted"
            assert f"localhost:{server.port}" in caught.value.message
            assert "CA" in caught.value.remedy
            assert "_ssl.c" not in str(caught.value)
        assert server.requests == []


def test_a_certificate_of_another_host_is_not_trusted(tmp_path: Path) -> None:
    context, file = authority(tmp_path, "elsewhere.example")
    with serve(answer(OK), context) as server, pytest.raises(KfpConnectError) as caught:
        ask(server, ssl_ca_cert=file)
    assert caught.value.code == "tls-untrusted"
    assert "mismatch" in caught.value.message


@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_verification_is_off_when_asked_whatever_the_variables_say_without_a_warning_a_call(
    private: tuple[ssl.SSLContext, str], other_file: str, variable: str
) -> None:
    with serve(answer(OK), private[0]) as server:
        assert ask(server, {variable: other_file}, verify_ssl=False).status == 200


def test_the_connections_own_file_goes_before_every_variable(
    private: tuple[ssl.SSLContext, str], other_file: str
) -> None:
    variables = dict.fromkeys(CA_VARIABLES, other_file)
    with serve(answer(OK), private[0]) as server:
        assert ask(server, variables, ssl_ca_cert=private[1]).status == 200


@pytest.mark.parametrize(
    ("content", "words"), [(None, "is not there"), (b"not a certificate", "holds no certificate")]
)
def test_a_ca_file_that_does_not_serve_is_named(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with serve(answer(OK)) as server, pytest.raises(KfpConnectError, match=words) as caught:
        ask(server, ssl_ca_cert=str(file))
    assert caught.value.code == "tls-untrusted"
    assert str(file) in caught.value.message
    assert "ssl_ca_cert" in caught.value.remedy


def test_https_to_a_port_of_plain_http_says_which_of_the_two_to_write() -> None:
    with serve(answer(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        server.origin = server.origin.replace("http:", "https:")
        with pytest.raises(KfpConnectError) as caught:
            ask(server)
    assert caught.value.code == "tls-untrusted"
    assert "http://" in caught.value.remedy


def test_http_to_a_port_of_tls_is_no_answer(private: tuple[ssl.SSLContext, str]) -> None:
    with serve(answer(OK), private[0]) as server:
        server.origin = server.origin.replace("https:", "http:")
        with pytest.raises(KfpConnectError) as caught:
            ask(server)
    assert caught.value.code == "bad-answer"
