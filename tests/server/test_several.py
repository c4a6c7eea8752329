"""Several connections at once: each kernel has its own, and what one loses the others keep."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets.config import Config

from ..sandbox.running import RunningSandbox
from .asking import POSTED, USER, BrokerClient, Rest, counted
from .conftest import StartSandbox
from .contract import rung, states

NAMESPACE = "kubeflow-user-example-com"


@pytest.fixture
def other(start_sandbox: StartSandbox) -> RunningSandbox:
    """A second Kubeflow."""
    return start_sandbox()


async def test_two_kernels_on_two_connections_get_each_its_own_headers(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, other: RunningSandbox
) -> None:
    for name, running in (("one", kubeflow), ("two", other)):
        await rest.put(name, host=running.sandbox.host)
        assert states(await rest.sign_in(name)) == ["ok", "ok", "ok"]
    one, two = await broker.lease("one"), await broker.lease("two")
    assert (one["host"], two["host"]) == (kubeflow.sandbox.host, other.sandbox.host)
    assert one["headers"] != two["headers"]
    await rest.ask("POST", "connections/one/disconnect")
    assert (await broker.ask("lease", {"connection": "one"})).status == 409
    assert (await broker.lease("two"))["headers"] == two["headers"]


async def test_one_kernel_may_hold_two_clients_under_two_names(
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    extension: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extension._manager.kernels, "_running", lambda: ["k"])
    for name in ("one", "two"):
        await rest.put(name, host=kubeflow.sandbox.host)
        await rest.sign_in(name)
        told = {"kernel_id": "k", "connection": name, "variable": f"client_{name}"}
        await broker.ask("holds", {**told, "state": "live", "generation": 1})
    await rest.ask("POST", "connections/one/disconnect")
    held = {each["variable"]: each for each in (await rest.ask("GET", "kernels")).data}
    assert (held["client_one"]["connection"], held["client_two"]["connection"]) == ("one", "two")
    assert held["client_one"]["rung"]["code"] == "disconnected"
    assert held["client_two"]["rung"]["state"] == "ok"


async def test_another_namespace_for_one_kernel_takes_no_second_sign_in(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    spaces = [(await broker.lease("work", namespace=name))["namespace"] for name in ("a", "b")]
    assert spaces == ["a", "b"]
    assert (await broker.lease("work"))["namespace"] == NAMESPACE
    assert counted(kubeflow, POSTED) == 1


def administered(kubeflow: RunningSandbox, **more: Any) -> Config:
    """Return the configuration of a server with one connection, the administrator's."""
    extensions = {"jupyter_kfp_connect": True, "jupyter_server_terminals": False}
    connections = {"prod": {"host": kubeflow.sandbox.host}}
    return Config(
        {
            "ServerApp": {"jpserver_extensions": extensions},
            "KfpConnect": {"connections": connections, **more},
        }
    )


class TestAnAdministratorsConnection:
    """It is locked, and used like any other."""

    @pytest.fixture(params=[True, False], ids=["own-allowed", "own-refused"])
    def jp_server_config(self, request: pytest.FixtureRequest, kubeflow: RunningSandbox) -> Config:
        """Return the server's configuration."""
        return administered(kubeflow, allow_user_connections=request.param)

    async def test_the_user_signs_in_and_picks_the_namespace_all_the_same(
        self, rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
    ) -> None:
        assert states(await rest.sign_in("prod")) == ["ok", "ok", "ok"]
        await rest.put("prod", namespace="team-shared")
        told = await rest.settled("prod")
        assert rung(told, "authorized")["detail"] == "team-shared"
        assert (told["locked"], told["namespace"]) == (True, "team-shared")
        assert (await broker.lease("prod"))["namespace"] == "team-shared"
        await rest.put("prod", namespace="someone-elses")
        assert rung(await rest.settled("prod"), "authorized")["code"] == "forbidden"

    async def test_the_namespace_alone_costs_no_sign_in(
        self, rest: Rest, kubeflow: RunningSandbox
    ) -> None:
        await rest.put("prod", username=USER)
        await rest.sign_in("prod")
        await rest.put("prod", namespace="team-shared")
        assert states(await rest.settled("prod")) == ["ok", "ok", "ok"]
        assert counted(kubeflow, POSTED) == 1


class TestWhereUsersMayKeepNone:
    """``allow_user_connections = False`` leaves no way round."""

    @pytest.fixture
    def jp_server_config(self, kubeflow: RunningSandbox) -> Config:
        """Return the server's configuration."""
        return administered(kubeflow, allow_user_connections=False)

    @pytest.mark.parametrize(
        "change",
        [
            {"host": "https://evil.example.com"},
            {"name": "mine"},
            {"login_hosts": ["https://evil.example.com"]},
            {"proxy": "http://evil.example.com"},
            {"verify_ssl": False},
            {"ui_host": "https://evil.example.com"},
            {"port_forward": {"service": "evil"}},
        ],
        ids=lambda change: next(iter(change)),
    )
    async def test_no_field_moves_the_administrators_connection(
        self, rest: Rest, change: dict[str, Any]
    ) -> None:
        before = await rest.get("prod")
        told = await rest.ask("PUT", "connections/prod", change)
        assert (told.status, told.error["code"]) == (409, "locked")
        assert await rest.get("prod") == before

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("PUT", "connections/mine", {"host": "{host}"}),
            ("PUT", "connections/environment", {"host": "{host}"}),
            ("POST", "connections/environment/connect", {}),
            ("POST", "connections/prod/connect", {"host": "{host}", "token": "abc"}),
            ("POST", "connections/prod/connect", {"login_host": "{host}"}),
            ("POST", "connections/environment/diagnose", {}),
            ("GET", "connections/environment/overview", None),
            ("PUT", "default", {"name": "environment"}),
            ("POST", "sandbox", {}),
        ],
    )
    async def test_no_request_leads_to_another_host(
        self,
        rest: Rest,
        other: RunningSandbox,
        monkeypatch: pytest.MonkeyPatch,
        method: str,
        path: str,
        body: Any,
    ) -> None:
        monkeypatch.setenv("KF_PIPELINES_ENDPOINT", other.sandbox.host)
        assert (await rest.ask("POST", "detect")).data == {"found": [], "attempts": []}
        filled = body and {
            key: other.sandbox.host if text == "{host}" else text for key, text in body.items()
        }
        told = await rest.ask(method, path, filled)
        assert 400 <= told.status < 500
        told = await rest.ask("GET", "connections")
        assert [each["name"] for each in told.data["connections"]] == ["prod"]
        assert other.sandbox.cluster.requests.total() == 0

    @pytest.mark.parametrize(
        "path", ["lease", "connect", "refresh", "status", "diagnose", "disconnect", "sign-in"]
    )
    async def test_no_kernel_reaches_another_host_through_the_broker(
        self,
        rest: Rest,
        broker: BrokerClient,
        other: RunningSandbox,
        monkeypatch: pytest.MonkeyPatch,
        path: str,
    ) -> None:
        monkeypatch.setenv("KF_PIPELINES_ENDPOINT", other.sandbox.host)
        for name in (other.sandbox.host, "environment", "sandbox"):
            body = {"connection": name, "host": other.sandbox.host, "kernel_id": "k"}
            told = await broker.ask(path, body)
            assert (told.status, told.data["error"]["code"]) == (404, "unknown-connection")
        assert other.sandbox.cluster.requests.total() == 0

    @pytest.mark.parametrize(
        "cell",
        [
            "%kfp_connect --host {host}",
            "%kfp_connect prod --host {host}",
            "%kfp_connect --diagnose --host {host}",
            "from jupyter_kfp_connect.cli import main; main(['doctor', '--host', '{host}'])",
        ],
        ids=["host", "another-host", "diagnose", "doctor"],
    )
    async def test_no_cell_and_no_terminal_names_another_host(
        self, rest: Rest, new_notebook: Any, other: RunningSandbox, cell: str
    ) -> None:
        async with new_notebook() as notebook:
            await notebook.run(cell.replace("{host}", other.sandbox.host))
            assert "[locked]" in "".join(notebook.texts)
        assert other.sandbox.cluster.requests.total() == 0
