"""What is wrong, in a sentence, and what to do: a test for each thing, through the server.

On the real sign-in parts where a line is about them. Each line also holds that nothing typed is
lost but the password.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox.options import FOREIGN_NAMESPACE

from ..server.asking import Rest
from ..server.conftest import StartSandbox
from ..server.contract import rung, states
from ..stack.dex import SECOND_CONNECTOR, SECOND_EMAIL, SECOND_PASSWORD, SECOND_USERNAME
from ..stack.plugin import StackFactory
from ..stack.ports import free_ports
from ..stack.stack import Stack
from ..stack.stand_in import Quiet, StandIn, running
from .cluster import NAMESPACE, PodVolume


async def told(rest: Rest, typed: dict[str, Any], password: str | None = None) -> dict[str, Any]:
    """Connect with what was typed, see that it is all still there, and return the rung that fails.

    Parameters
    ----------
    rest : Rest
        The server.
    typed : dict
        The fields of the connection.
    password : str, optional
        For the sign-in.
    """
    await rest.put("mine", **typed)
    connected = await rest.connect("mine", **({"password": password} if password else {}))
    assert {key: connected[key] for key in typed} == typed
    (failed,) = [each for each in connected["rungs"] if each["state"] == "failed"]
    assert failed["detail"]
    assert failed["remedy"]["text"]
    assert failed["actor"]
    assert password is None or password not in str(connected)
    return dict(failed)


def at(stack: Stack, **more: str) -> dict[str, str]:
    """Return what a user types into the fields."""
    return {"host": stack.host, "username": stack.username} | more


async def test_a_wrong_password_is_sent_once_and_never_again(rest: Rest, stack: Stack) -> None:
    before = stack.sign_in_count()
    failed = await told(rest, at(stack), "not-this-one")
    assert failed["code"] == "wrong-password"
    again = rung(await rest.connect("mine"), "signed-in")
    assert again["state"] == "failed"
    assert stack.sign_in_count() == before + 1


async def test_an_unknown_connector_comes_with_those_offered(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(approval=True, second_connector=True)
    before = stack.sign_in_count()
    failed = await told(rest, at(stack, connector="github"), stack.password)
    assert failed["code"] == "connector-unknown"
    assert "github" in failed["detail"]
    assert all(name in failed["detail"] for name in ("local", SECOND_CONNECTOR))
    offered = (await rest.get("mine"))["sign_in"]["connectors"]
    assert {each["id"] for each in offered} == {"local", SECOND_CONNECTOR}
    assert stack.sign_in_count() == before


async def test_an_unknown_host_is_told_by_its_name(rest: Rest) -> None:
    failed = await told(rest, {"host": "http://kubeflow.invalid/pipeline", "namespace": "team-a"})
    assert failed["code"] == "name-not-found"
    assert "kubeflow.invalid" in failed["detail"]


async def test_a_refused_connection_is_told_with_its_port(rest: Rest) -> None:
    (nobody,) = free_ports(1)
    failed = await told(rest, {"host": f"http://localhost:{nobody}/pipeline"})
    assert failed["code"] == "connection-refused"
    assert f"localhost:{nobody}" in failed["detail"]


class Files(Quiet, SimpleHTTPRequestHandler):
    """Python's own file server, silent."""


@pytest.fixture
def file_server() -> Iterator[str]:
    """The address of something that answers, and is no KFP."""
    with running(StandIn(Files)) as server:
        yield f"http://localhost:{server.server_port}"


async def test_a_host_that_is_not_kfp_is_told(rest: Rest, file_server: str) -> None:
    failed = await told(rest, {"host": file_server})
    assert (failed["rung"], failed["code"]) == ("reachable", "not-kfp")


async def test_the_form_of_another_program_gets_no_password(rest: Rest, jp_http_port: int) -> None:
    # The Jupyter server itself, which sends strangers to its own form.
    typed = {"host": f"http://localhost:{jp_http_port}", "username": "user@example.com"}
    failed = await told(rest, typed, "not-for-jupyter")
    assert failed["code"] == "no-password-form"
    assert "Jupyter" in failed["detail"]


async def test_a_missing_path_is_named_and_not_taken_silently(rest: Rest, stack: Stack) -> None:
    failed = await told(rest, at(stack, host=stack.gateway), stack.password)
    assert failed["code"] == "wrong-path"
    assert failed["remedy"]["copy"] == stack.host
    assert (await rest.get("mine"))["host"] == stack.gateway


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
async def test_a_private_ca_is_told_until_it_is_named_or_skipped(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(https=True)
    failed = await told(rest, at(stack))
    assert (failed["rung"], failed["code"]) == ("reachable", "tls-untrusted")
    await rest.put("mine", ssl_ca_cert=str(stack.ca_file))
    assert states(await rest.connect("mine", password=stack.password)) == ["ok", "ok", "ok"]
    await rest.put("mine", ssl_ca_cert=None)
    assert rung(await rest.connect("mine"), "reachable")["code"] == "tls-untrusted"
    await rest.put("mine", verify_ssl=False)
    assert states(await rest.connect("mine", password=stack.password)) == ["ok", "ok", "ok"]


@pytest.fixture
def tokenless(cluster: PodVolume, monkeypatch: pytest.MonkeyPatch) -> str:
    """The host of KFP, in a pod whose creator did not ask for access to Pipelines."""
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", cluster.host)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    return cluster.host


async def test_no_token_mounted_is_told_with_what_to_apply(tokenless: str, rest: Rest) -> None:
    failed = await told(rest, {"host": tokenless})
    assert failed["code"] == "token-missing"
    assert "PodDefault" in failed["remedy"]["text"]


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"audience": "https://kubernetes.default.svc"}, "token-audience", "kubernetes.default"),
        ({"seconds": -60}, "token-expired", "expired on"),
    ],
)
async def test_a_mounted_token_that_does_not_serve_is_told_for_what_it_is(
    rest: Rest, start_sandbox: StartSandbox, tmp_path: Path, wrong: Any, code: str, words: str
) -> None:
    api = start_sandbox(api_only=True)
    token = tmp_path / "token"
    token.write_text(api.sandbox.issue_token(**wrong))
    typed = {"host": api.sandbox.host, "auth": "service-account-token", "token_file": str(token)}
    failed = await told(rest, typed)
    assert (failed["rung"], failed["code"]) == ("signed-in", code)
    assert words in failed["detail"]
    token.write_text(api.sandbox.issue_token())
    assert states(await rest.connect("mine")) == ["ok", "ok", "ok"]


async def test_a_403_says_who_may_not_do_what_where(rest: Rest, stack: Stack) -> None:
    failed = await told(rest, at(stack, namespace=FOREIGN_NAMESPACE), stack.password)
    assert (failed["rung"], failed["code"]) == ("authorized", "forbidden")
    assert failed["actor"] == "namespace owner"
    assert stack.username in failed["detail"]
    assert FOREIGN_NAMESPACE in failed["detail"]
    await rest.put("mine", namespace=NAMESPACE)
    assert states(await rest.settled("mine")) == ["ok", "ok", "ok"]


async def test_no_namespace_is_told_where_none_is_known(
    rest: Rest, stack_with: StackFactory
) -> None:
    stack = stack_with(approval=True, second_connector=True)
    typed = at(stack, username=SECOND_USERNAME, connector=SECOND_CONNECTOR)
    failed = await told(rest, typed, SECOND_PASSWORD)
    assert (failed["rung"], failed["code"]) == ("authorized", "namespace-needed")
    assert (await rest.get("mine"))["signed_in_as"] == SECOND_EMAIL
