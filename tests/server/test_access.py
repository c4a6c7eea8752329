"""Who may ask what: no route answers a stranger, and none ever with a credential."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPResponse
from traitlets.config import Config

from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.handlers import Handler
from jupyter_kfp_connect.server.routes import routes

from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, USER, BrokerClient, Rest
from .contract import conforms

HOST = "https://kubeflow.example.com/pipeline"
ROUTES = [
    ("GET", "connections"),
    ("PUT", "connections/work"),
    ("DELETE", "connections/work"),
    ("POST", "connections/work/connect"),
    ("POST", "connections/work/cancel"),
    ("POST", "connections/work/disconnect"),
    ("PUT", "default"),
    ("POST", "detect"),
    ("POST", "connections/work/diagnose"),
    ("GET", "connections/work/overview"),
    ("GET", "kernels"),
    ("POST", "kernels/1234"),
    ("POST", "sign-ins/abcd"),
    ("GET", "manifests/pod"),
    ("POST", "sandbox"),
    ("DELETE", "sandbox"),
]
CHANGING = [(method, path) for method, path in ROUTES if method != "GET"]
every_route = pytest.mark.parametrize(("method", "path"), ROUTES)
every_change = pytest.mark.parametrize(("method", "path"), CHANGING)


async def bare(jp_fetch: Any, method: str, path: str, **headers: str) -> HTTPResponse:
    """Make a request with these headers alone."""
    body = json.dumps({"host": HOST, "name": "work"}) if method in ("PUT", "POST") else None
    response: HTTPResponse = await jp_fetch(
        "jupyter-kfp-connect",
        *path.split("/"),
        method=method,
        body=body,
        headers={"Content-Type": "application/json", **headers},
        raise_error=False,
        follow_redirects=False,
    )
    return response


def refused(response: HTTPResponse) -> str:
    """Return the code of an answer that has to be the envelope with 403."""
    assert response.code == 403
    data = conforms(json.loads(response.body), "ErrorEnvelope")
    return str(data["error"]["code"])


def of(method: str) -> list[str]:
    """Return the paths that are walked with a method."""
    return [path for walked, path in ROUTES if walked == method.upper()]


def test_every_method_of_every_route_is_authenticated_and_authorized() -> None:
    for pattern, handler in routes("/"):
        assert issubclass(handler, Handler)
        assert handler.auth_resource == "kfp_connect"
        for method in ("get", "put", "post", "delete", "patch", "head"):
            function = handler.__dict__.get(method)
            if function is None:
                continue
            walked = [re.fullmatch(pattern, f"/jupyter-kfp-connect/{path}") for path in of(method)]
            assert any(walked), (pattern, method)
            # Both decorators wrap; jupyter_server marks the one of tornado.
            assert hasattr(function, "__wrapped__"), (pattern, method)
            assert hasattr(function.__wrapped__, "__wrapped__"), (pattern, method)


@every_route
async def test_without_a_token_nothing_is_told(
    jp_fetch: Any, extension: KfpConnect, method: str, path: str
) -> None:
    response = await bare(jp_fetch, method, path, Authorization="")
    assert refused(response) == "not-allowed"


@every_route
async def test_with_a_wrong_token_nothing_is_told(
    jp_fetch: Any, extension: KfpConnect, method: str, path: str
) -> None:
    response = await bare(jp_fetch, method, path, Authorization="token not-this-one")
    assert refused(response) == "not-allowed"


@every_route
async def test_a_page_of_another_origin_reaches_nothing(
    jp_fetch: Any, extension: KfpConnect, method: str, path: str
) -> None:
    response = await bare(
        jp_fetch, method, path, Authorization="", Origin="https://evil.example.com"
    )
    # jupyter_server itself answers 404 to a foreign origin, where it looks at that first.
    assert response.code in (403, 404)
    conforms(json.loads(response.body), "ErrorEnvelope")
    assert response.headers.get("Access-Control-Allow-Origin") is None


class Reader(Authorizer):
    """Lets everybody read, and nobody do more. As a coroutine, which jupyter_server allows."""

    async def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return action == "read"


class Writer(Authorizer):
    """Lets everybody change connections, and nobody run code."""

    def is_authorized(
        self, handler: Any, user: Any, action: str, resource: str
    ) -> Awaitable[bool] | bool:
        async def answer() -> bool:
            return action != "execute"

        return answer()


def with_settings(server: dict[str, Any]) -> pytest.MarkDecorator:
    """Return a mark that configures the server."""
    config = Config(
        {
            "ServerApp": {
                "jpserver_extensions": {
                    "jupyter_kfp_connect": True,
                    "jupyter_server_terminals": False,
                },
                **server.pop("ServerApp", {}),
            },
            **server,
        }
    )
    return pytest.mark.parametrize("jp_server_config", [config], ids=["configured"])


@with_settings({"ServerApp": {"authorizer_class": Reader}})
@every_route
async def test_who_may_only_read_changes_nothing(
    jp_fetch: Any, extension: KfpConnect, method: str, path: str
) -> None:
    response = await bare(jp_fetch, method, path)
    if method == "GET":
        assert response.code != 403
    else:
        assert refused(response) == "not-allowed"


@with_settings({"ServerApp": {"authorizer_class": Writer}})
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token_command", ["cat", "/etc/passwd"]),
        ("token_file", "/etc/passwd"),
        ("ssl_ca_cert", "/tmp/ca.pem"),
        ("port_forward", {"service": "ml-pipeline"}),
        ("proxy", "http://proxy.example.com"),
        ("login_hosts", ["https://login.example.com"]),
    ],
)
async def test_who_may_not_run_code_says_not_what_the_server_runs_reads_or_trusts(
    rest: Rest, field: str, value: Any
) -> None:
    read = await rest.put("work", host=HOST)
    for name in ("work", "another"):
        told = await rest.ask("PUT", f"connections/{name}", {"host": HOST, field: value})
        assert (told.status, told.error["code"]) == (403, "not-allowed")
        assert told.error["message"].startswith(f"{field}:")
    assert (await rest.ask("PUT", "connections/work", read)).status == 200


@pytest.fixture
def no_token(jp_serverapp: Any) -> None:
    """Let everybody in, as many notebook servers behind a proxy do."""
    jp_serverapp.identity_provider.token = ""
    assert not jp_serverapp.identity_provider.auth_enabled


@every_change
async def test_a_server_without_a_token_still_asks_for_the_xsrf_cookie(
    no_token: None, jp_fetch: Any, extension: KfpConnect, method: str, path: str
) -> None:
    assert (await bare(jp_fetch, "GET", "connections", Authorization="")).code == 200
    response = await bare(jp_fetch, method, path, Authorization="")
    assert refused(response) == "not-allowed"


async def test_a_server_without_a_token_gives_no_credential_away(
    no_token: None, jp_fetch: Any, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    xsrf = {"Authorization": "", "X-XSRFToken": "c0ffee", "Cookie": "_xsrf=c0ffee"}

    async def ask(method: str, path: str, body: Any = None) -> str:
        response = await jp_fetch(
            "jupyter-kfp-connect",
            *path.split("/"),
            method=method,
            body=None if body is None else json.dumps(body),
            headers={"Content-Type": "application/json", **xsrf},
            raise_error=False,
        )
        return str(response.body.decode()) + str(dict(response.headers.get_all()))

    await ask("PUT", "connections/work", {"host": kubeflow.sandbox.host})
    given = {"username": USER, "password": PASSWORD}
    answers = [await ask("POST", "connections/work/connect", given)]
    assert '"generation": 1' in answers[0]
    cookie = (await broker.lease("work"))["headers"]["Cookie"]
    value = cookie.partition("=")[2]
    assert value
    # What ends the session comes last; every other route is asked while there is something to tell.
    ending = [each for each in ROUTES if each[0] == "DELETE" or each[1].endswith("/disconnect")]
    for method, path in [*(each for each in ROUTES if each not in ending), *ending]:
        body = {"name": "work"} if method == "PUT" else {} if method == "POST" else None
        answers.append(await ask(method, path, body))
        if (method, path) not in ending:
            assert (await broker.lease("work"))["headers"], (method, path)
    assert len(answers) == len(ROUTES) + 1
    assert not any(value in answer or PASSWORD in answer for answer in answers)
