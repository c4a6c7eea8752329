"""The socket that kernels ask: who is served, what they get, and what a kernel's end means."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.server import broker_handler, broker_routes
from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.broker import VARIABLE, Broker

from ..sandbox.running import RunningSandbox
from .asking import USER, BrokerClient, Rest, counted
from .conftest import StartSandbox
from .contract import conforms, rung


def mode(path: Path) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


#: All that the broker serves, and what it does not.
EVERY_PATH = [
    path.removeprefix("/").replace(".*", "nowhere") for path, _ in broker_routes.broker_routes()
]


@pytest.fixture(params=[0o000, 0o077], ids=["open", "closed"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set how closed new files are by themselves."""
    before = os.umask(request.param)
    yield
    os.umask(before)


async def test_nobody_else_can_reach_the_socket_whatever_the_umask(
    umask: None, broker: BrokerClient
) -> None:
    address = Path(broker.socket)
    assert stat.S_ISSOCK(address.stat().st_mode)
    assert (mode(address), mode(address.parent)) == (0o600, 0o700)
    assert (mode(broker.description), mode(broker.stamp)) == (0o600, 0o600)


@pytest.mark.parametrize("secret", ["not-this-one", "ünlike"])
async def test_without_the_secret_nothing_is_served(broker: BrokerClient, secret: str) -> None:
    for path in EVERY_PATH:
        told = await broker.ask(path, secret=secret.encode().decode("latin-1"))
        assert (told.status, told.data["error"]["code"]) == (403, "not-allowed"), path


async def test_another_users_process_is_not_served(
    broker: BrokerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_handler, "peer_uid", lambda connection: os.getuid() + 1)
    for path in EVERY_PATH:
        told = await broker.ask(path)
        assert (told.status, told.data["error"]["code"]) == (403, "not-allowed"), path


def test_the_user_at_the_other_end_is_the_systems_word() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert broker_handler.peer_uid(here) == os.getuid()


async def test_a_kernel_gets_what_it_sends_and_for_which_namespace(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    made = await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    lease = await broker.lease("work", namespace="team-shared")
    assert lease["connection_id"] == made["id"]
    assert lease["namespace"] == "team-shared"
    assert lease["signed_in_as"] == USER
    assert list(lease["headers"]) == ["Cookie"]
    by_default = await broker.lease()
    assert by_default["namespace"] == "kubeflow-user-example-com"
    assert by_default["headers"] == lease["headers"]


async def test_the_broker_names_connections_as_rest_does(rest: Rest, broker: BrokerClient) -> None:
    await rest.put("work", host="https://kubeflow.example.com")
    told = await broker.ask("connections", method="GET")
    assert conforms(told.data, "Connections") == (await rest.ask("GET", "connections")).data
    status = await broker.ask("status", {"connection": "work"})
    assert conforms(status.data, "Connection")["name"] == "work"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("lease", {"connection": "nowhere"}, 404, "unknown-connection"),
        ("lease", "{", 400, "bad-request"),
        ("lease", {"connection": "work", "namespace": 1}, 400, "bad-request"),
        ("refused", {"connection_id": "work"}, 400, "bad-request"),
        ("holds", {"connection": "work"}, 400, "bad-request"),
        ("nowhere", {}, 400, "bad-request"),
    ],
)
async def test_a_kernel_is_told_what_it_asked_wrongly(
    rest: Rest, broker: BrokerClient, path: str, body: Any, status: int, code: str
) -> None:
    await rest.put("work", host="https://kubeflow.example.com")
    told = await broker.ask(path, body)
    assert (told.status, told.data["error"]["code"]) == (status, code)
    assert told.data["error"]["remedy"]


@pytest.fixture
def api(
    start_sandbox: StartSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RunningSandbox:
    """A KFP API that the environment names, with a token mounted."""
    token = tmp_path / "volume" / "token"
    running = start_sandbox(api_only=True, token_file=token)
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", running.sandbox.host)
    monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(token))
    return running


async def test_with_a_token_mounted_a_kernel_connects_with_nobody_at_the_panel(
    api: RunningSandbox, rest: Rest, broker: BrokerClient
) -> None:
    lease = await broker.lease()
    assert (lease["connection"], lease["way"]) == ("environment", "service-account-token")
    assert lease["headers"]["Authorization"].startswith("Bearer ")
    assert lease["watch"]
    assert rung(await rest.get("environment"), "signed-in")["state"] == "ok"


async def test_a_swapped_token_is_in_the_next_lease(
    api: RunningSandbox, broker: BrokerClient
) -> None:
    first = await broker.lease()
    file = Path(first["watch"])
    fresh = api.sandbox.issue_token(seconds=9_999)
    file.with_name("fresh").write_text(fresh)
    file.with_name("fresh").replace(file)
    second = await broker.lease()
    assert second["headers"] == {"Authorization": f"Bearer {fresh}"}
    assert second["generation"] > first["generation"]


async def test_refresh_of_a_token_session_is_a_look_not_a_failure(
    api: RunningSandbox, broker: BrokerClient
) -> None:
    await broker.lease()
    told = await broker.ask("refresh", {"connection": "environment"})
    assert [each["state"] for each in conforms(told.data, "Connection")["rungs"]] == ["ok"] * 3


async def test_a_standalone_install_needs_nobody_either(
    rest: Rest, broker: BrokerClient, start_sandbox: StartSandbox
) -> None:
    alone = start_sandbox(single_user=True)
    await rest.put("alone", host=alone.sandbox.host)
    lease = await broker.lease("alone")
    assert (lease["way"], lease["headers"], lease["multi_user"]) == ("none", {}, False)


async def test_a_kernel_that_needs_a_person_is_told_so_at_no_further_request(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    for _ in range(3):
        told = await broker.ask("lease", {"connection": "work"})
        assert (told.status, told.data["error"]["code"]) == (409, "sign-in-needed")
        assert told.data["error"]["actor"] == "you"
    assert counted(kubeflow, "GET /oauth2/start") == 1
    assert (await rest.get("work"))["sign_in"]["kind"] == "password"


async def test_a_terminal_signs_in_for_every_kernel(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    body = {"connection": "work", "username": USER, "password": "12341234"}
    told = await broker.ask("connect", body)
    assert conforms(told.data, "Connection")["signed_in_as"] == USER
    refreshed = conforms((await broker.ask("refresh", {"connection": "work"})).data, "Connection")
    assert refreshed["generation"] > told.data["generation"]
    gone = conforms((await broker.ask("disconnect", {"connection": "work"})).data, "Connection")
    assert gone["signed_in_as"] is None


async def test_disconnect_reaches_every_kernel(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    made = await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    await broker.lease("work")
    before = broker.mark()
    await rest.ask("POST", "connections/work/disconnect")
    assert broker.mark() != before
    for path, body in (
        ("lease", {"connection": "work"}),
        ("refused", {"connection_id": made["id"], "generation": 1}),
    ):
        told = await broker.ask(path, body)
        assert (told.status, told.data["error"]["code"]) == (409, "disconnected")


async def test_an_edit_reaches_every_kernel(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    made = await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    before = broker.mark()
    await rest.put("work", name="job", namespace="team-shared")
    assert broker.mark() != before
    lease = await broker.lease(made["id"])
    assert (lease["connection"], lease["namespace"]) == ("job", "team-shared")


async def test_generations_grow_across_sign_ins(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    seen = []
    for _ in range(2):
        await rest.sign_in("work")
        seen.append((await broker.lease("work"))["generation"])
        await rest.ask("POST", "connections/work/disconnect")
    await rest.sign_in("work")
    await rest.sign_in("work")
    seen.append((await broker.lease("work"))["generation"])
    assert seen == sorted(set(seen))


async def test_a_second_server_leaves_the_first_alone(
    broker: BrokerClient, rest: Rest, tmp_path: Path
) -> None:
    second = Broker(broker.description.parent)
    assert os.environ[VARIABLE] == str(broker.description)
    assert (await broker.ask("connections", method="GET")).status == 200
    await second.stop()
    assert (await broker.ask("connections", method="GET")).status == 200


async def test_what_a_killed_server_left_is_swept(tmp_path: Path, extension: KfpConnect) -> None:
    left = tmp_path / "kfp-connect-left"
    left.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(left / "broker.sock"))  # closed without being removed, as a kill does
    folder = Path(os.environ[VARIABLE]).parent
    # The same process id again, as in a container that was restarted.
    stale = folder / f"kfp-connect-{os.getpid()}-deadbeef.json"
    stale.write_text(json.dumps({"socket": str(left / "broker.sock")}))
    broken = folder / "kfp-connect-0-broken.json"
    broken.write_text("{")
    await Broker(folder).stop()
    assert not stale.exists()
    assert not left.exists()
    assert broken.exists()


async def test_stopping_leaves_nothing_and_may_come_twice(
    extension: KfpConnect, rest: Rest, broker: BrokerClient
) -> None:
    await rest.ask("POST", "sandbox")
    await rest.sign_in("sandbox")
    host = (await rest.get("sandbox"))["host"]
    for _ in range(2):
        await extension.stop_extension()
    assert VARIABLE not in os.environ
    assert not broker.description.exists()
    assert not Path(broker.socket).parent.exists()
    port = int(host.rpartition(":")[2].partition("/")[0])
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
