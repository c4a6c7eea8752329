"""Detection, the server's own sandbox, and sign-ins that lead to another host."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from jupyter_kfp_connect.core.detection import Candidate

from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, POSTED, USER, BrokerClient, Rest, counted
from .conftest import StartSandbox
from .contract import rung, states


@pytest.fixture
def endpoint(kubeflow: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    """A Kubeflow that the environment names."""
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", kubeflow.sandbox.host)
    return kubeflow


async def test_what_the_environment_names_is_found_once_and_kept_on_editing(
    endpoint: RunningSandbox, rest: Rest
) -> None:
    for _ in range(2):
        told = (await rest.ask("POST", "detect")).data
        (found,) = told["found"]
        assert (found["name"], found["source"]) == ("environment", "detected")
    assert {each["code"] for each in told["attempts"] if each["host"]} == {"ok"}
    assert states(await rest.sign_in("environment")) == ["ok", "ok", "ok"]
    mine = await rest.put("environment", title="Mine")
    assert (mine["source"], mine["id"], states(mine)) == ("user", found["id"], ["ok", "ok", "ok"])
    assert [each["name"] for each in (await _all(rest))] == ["environment"]


async def test_nothing_found_says_where_was_looked(
    rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = (await rest.ask("POST", "detect")).data
    tried = {each["host"] for each in told["attempts"]}
    assert {"http://localhost:8080/pipeline", "http://localhost:3000"} <= tried


@pytest.fixture
def deaf_ports() -> Iterator[list[int]]:
    """Two ports at which nothing listens, kept from everybody who takes a free one meanwhile."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(2)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        yield [each.getsockname()[1] for each in sockets]


@pytest.fixture
def dead_endpoint(deaf_ports: list[int], monkeypatch: pytest.MonkeyPatch) -> str:
    """An address that the environment names, and at which nothing listens."""
    host = f"http://127.0.0.1:{deaf_ports[0]}"
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", host)
    return host


async def test_what_the_environment_names_is_what_a_cell_means_and_its_cause_is_told(
    dead_endpoint: str, broker: BrokerClient
) -> None:
    for name in (None, "environment"):
        told = await broker.ask("lease", {"connection": name})
        problem = told.data["error"]
        assert (told.status, problem["code"]) == (409, "connection-refused")
        assert "correct KF_PIPELINES_ENDPOINT where Jupyter is started" in problem["remedy"]
    # From here on every window shows which rung does not hold, and `doctor` each call.
    told = await broker.ask("diagnose", {"connection": None})
    assert (told.data["name"], told.data["host"]) == ("environment", dead_endpoint)
    assert rung(told.data, "reachable")["code"] == "connection-refused"
    assert told.data["probes"]


async def test_what_the_environment_names_is_offered_though_it_does_not_answer(
    dead_endpoint: str, rest: Rest
) -> None:
    told = (await rest.ask("POST", "detect")).data
    [offered] = told["found"]
    assert (offered["name"], offered["host"]) == ("environment", dead_endpoint)
    [attempt] = (each for each in told["attempts"] if each["host"])
    assert attempt["code"] == "connection-refused"
    assert rung(await rest.connect("environment"), "reachable")["code"] == "connection-refused"


@pytest.fixture
def only_guesses(deaf_ports: list[int], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Name and address of what is guessed; nothing listens there, whatever this machine runs."""
    names = ("local-8080", "local-3000")
    hosts = {name: f"http://localhost:{port}" for name, port in zip(names, deaf_ports, strict=True)}
    guesses = [Candidate(name, name, host) for name, host in hosts.items()]
    monkeypatch.setattr("jupyter_kfp_connect.core.detection.candidates", lambda here: guesses)
    return hosts


async def test_a_guess_is_looked_at_again_after_the_server_was_started_anew(
    only_guesses: dict[str, str], broker: BrokerClient, rest: Rest
) -> None:
    for path in ("lease", "diagnose", "status"):
        told = await broker.ask(path, {"connection": "local-8080"})
        problem = told.data["error"]
        assert (told.status, problem["code"]) == (409, "connection-refused")
        assert f"{only_guesses['local-8080']}: nothing listens" in problem["message"]
    none = (await broker.ask("lease", {"connection": None})).data["error"]
    assert none["code"] == "unknown-connection"
    assert await _all(rest) == []


@pytest.fixture
def answers_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[RunningSandbox], None]:
    """Return a function that says what answers at the address that is looked at."""

    def say(running: RunningSandbox) -> None:
        there = [Candidate("in-cluster", "In the cluster", running.sandbox.host)]
        monkeypatch.setattr("jupyter_kfp_connect.core.detection.candidates", lambda here: there)

    return say


async def test_looking_again_offers_what_answers_now_unless_somebody_works_with_the_other(
    answers_at: Callable[[RunningSandbox], None], rest: Rest, start_sandbox: StartSandbox
) -> None:
    first, second = (start_sandbox() for _ in range(2))
    ids = set()
    for running in (first, second, first):
        answers_at(running)
        (found,) = (await rest.ask("POST", "detect")).data["found"]
        assert found["host"] == running.sandbox.host
        ids.add(found["id"])
    assert len(ids) == 1
    assert states(await rest.sign_in("in-cluster")) == ["ok", "ok", "ok"]
    answers_at(second)
    (kept,) = (await rest.ask("POST", "detect")).data["found"]
    assert (kept["host"], kept["signed_in_as"]) == (first.sandbox.host, USER)
    assert counted(second, POSTED) == 0


async def test_an_address_that_did_not_answer_comes_with_what_to_do(
    only_guesses: dict[str, str], rest: Rest
) -> None:
    told = (await rest.ask("POST", "detect")).data
    asked = [each for each in told["attempts"] if each["host"]]
    assert [each["host"] for each in asked] == list(only_guesses.values())
    assert all(each["remedy"]["text"] for each in asked)


async def test_a_click_starts_the_sandbox_and_another_finds_it(rest: Rest) -> None:
    first, second = await asyncio.gather(*(rest.ask("POST", "sandbox") for _ in range(2)))
    assert first.status == second.status == 200
    assert first.data["host"] == second.data["host"]
    assert first.data["source"] == "sandbox"
    assert first.data["sign_in"]["kind"] == "password"
    assert states(await rest.sign_in("sandbox")) == ["ok", "ok", "ok"]
    again = (await rest.ask("POST", "sandbox")).data
    assert states(again) == ["ok", "ok", "ok"]


async def test_a_sandbox_that_is_stopped_takes_its_connection_along(rest: Rest) -> None:
    await rest.ask("POST", "sandbox")
    await rest.sign_in("sandbox")
    for _ in range(2):
        assert (await rest.ask("DELETE", "sandbox")).status == 204
        assert await _all(rest) == []
    restarted = (await rest.ask("POST", "sandbox")).data
    assert restarted["signed_in_as"] is None
    assert (await rest.ask("DELETE", "connections/sandbox")).status == 204
    assert await _all(rest) == []


async def test_the_sandbox_is_never_another_host(rest: Rest) -> None:
    await rest.ask("POST", "sandbox")
    for change in ({"host": "https://kubeflow.example.com"}, {"name": "real"}):
        told = await rest.ask("PUT", "connections/sandbox", change)
        assert (told.status, told.error["code"]) == (409, "locked")
    assert (await rest.put("sandbox", namespace="team-shared"))["source"] == "sandbox"


async def test_a_connection_called_sandbox_is_not_taken_for_one(rest: Rest) -> None:
    await rest.put("sandbox", host="https://kubeflow.example.com")
    told = await rest.ask("POST", "sandbox")
    assert (told.status, told.error["code"]) == (400, "bad-request")
    assert (await rest.ask("DELETE", "sandbox")).status == 204
    assert [each["source"] for each in await _all(rest)] == ["user"]


class _Elsewhere(RequestHandler):
    """A front door whose sign-in is at another origin."""

    def initialize(self, login: str) -> None:
        self.login = login

    def get(self) -> None:
        if self.request.path.startswith("/oauth2/start"):
            self.redirect(f"{self.login}/oauth2/start?rd=/pipeline/apis/v2beta1/healthz")
        else:
            self.set_status(401)


@pytest.fixture
def front_door(kubeflow: RunningSandbox, jp_asyncio_loop: Any) -> Any:
    """An address whose sign-in leads to the sandbox's origin."""

    async def start() -> tuple[HTTPServer, str]:
        server = HTTPServer(Application([(".*", _Elsewhere, {"login": kubeflow.sandbox.origin})]))
        server.listen(0, "127.0.0.1")
        (listener,) = server._sockets.values()
        return server, f"http://127.0.0.1:{listener.getsockname()[1]}/pipeline"

    server, host = jp_asyncio_loop.run_until_complete(start())
    yield host
    server.stop()
    jp_asyncio_loop.run_until_complete(server.close_all_connections())


async def test_a_sign_in_elsewhere_asks_first_and_goes_on_after_a_yes(
    rest: Rest, kubeflow: RunningSandbox, front_door: str
) -> None:
    await rest.put("far", host=front_door, username=USER)
    asked = await rest.sign_in("far")
    assert rung(asked, "signed-in")["code"] == "other-login-host"
    assert asked["sign_in"] == {
        "kind": "login-host",
        "host": kubeflow.sandbox.origin,
        "others": [],
    }
    assert counted(kubeflow, POSTED) == 0
    wrong = await rest.ask(
        "POST", "connections/far/connect", {"login_host": "https://evil.example.com"}
    )
    assert (wrong.status, wrong.error["code"]) == (400, "bad-request")
    went_on = await rest.connect("far", login_host=kubeflow.sandbox.origin)
    assert went_on["login_hosts"] == [kubeflow.sandbox.origin]
    assert counted(kubeflow, POSTED) == 1


async def test_a_password_that_waits_is_not_asked_for_again_because_somebody_looks(
    rest: Rest, kubeflow: RunningSandbox, front_door: str
) -> None:
    await rest.put("far", host=front_door, username=USER)
    await rest.sign_in("far")
    looked = await rest.connect("far")
    assert looked["sign_in"]["kind"] == "login-host"
    await rest.connect("far", login_host=kubeflow.sandbox.origin)
    assert counted(kubeflow, POSTED) == 1


async def test_a_password_that_waits_is_forgotten_when_the_connection_is_changed(
    rest: Rest, kubeflow: RunningSandbox, front_door: str
) -> None:
    await rest.put("far", host=front_door, username=USER)
    await rest.sign_in("far")
    await rest.put("far", verify_ssl=False)
    told = await rest.ask(
        "POST", "connections/far/connect", {"login_host": kubeflow.sandbox.origin}
    )
    assert told.status == 400
    await rest.connect("far")
    await rest.connect("far", login_host=kubeflow.sandbox.origin)
    assert counted(kubeflow, POSTED) == 0


async def test_a_kernel_that_asks_meanwhile_does_not_lose_the_waiting_password(
    rest: Rest, kubeflow: RunningSandbox, front_door: str, broker: BrokerClient
) -> None:
    await rest.put("far", host=front_door, username=USER)
    await rest.sign_in("far")
    told = await broker.ask("lease", {"connection": "far"})
    assert told.data["error"]["code"] == "other-login-host"
    assert PASSWORD not in told.text
    await rest.connect("far", login_host=kubeflow.sandbox.origin)
    assert counted(kubeflow, POSTED) == 1


async def _all(rest: Rest) -> list[dict[str, Any]]:
    return list((await rest.ask("GET", "connections")).data["connections"])
