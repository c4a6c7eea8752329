"""A kernel that ends, however it ends, is gone from every window at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.server.app import KfpConnect
from jupyter_kfp_connect.server.kernels import Kernels

from .asking import BrokerClient, Rest, eventually

#: Stands for a kernel: opens the connection, says so, and lives on.
_KERNEL = """
import json, socket, sys, time
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
body = json.dumps({"kernel_id": sys.argv[3]}).encode()
head = f"POST /alive HTTP/1.1\\r\\nHost: broker\\r\\nAuthorization: Bearer {sys.argv[2]}\\r\\n"
connection.sendall(head.encode() + f"Content-Length: {len(body)}\\r\\n\\r\\n".encode() + body)
print("there", flush=True)
time.sleep(600)
"""


@pytest.fixture
def kernels(extension: KfpConnect, monkeypatch: pytest.MonkeyPatch) -> Kernels:
    """What the server knows of kernels; it takes “k” and “other” for running ones."""
    assert extension._manager is not None
    known = extension._manager.kernels
    monkeypatch.setattr(known, "_running", lambda: ["k", "other"])
    return known


@pytest.fixture
def new_kernel(broker: BrokerClient) -> Any:
    """Give a function that starts a kernel's process; they end with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(kernel_id: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _KERNEL, broker.socket, broker.secret, kernel_id]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


async def hold(broker: BrokerClient, kernel_id: str, variable: str = "kfp_client") -> None:
    """Let a kernel say that it holds a name."""
    told = {"kernel_id": kernel_id, "variable": variable, "state": "live", "generation": 1}
    assert (await broker.ask("holds", told)).status == 204


async def held(rest: Rest) -> list[str]:
    """Return the kernels that every window lists."""
    return [each["kernel_id"] for each in (await rest.ask("GET", "kernels")).data]


async def test_a_killed_kernel_is_gone_from_every_window_at_once(
    rest: Rest,
    broker: BrokerClient,
    kernels: Kernels,
    new_kernel: Any,
    events: list[dict[str, Any]],
) -> None:
    process = new_kernel("k")
    await eventually(lambda: kernels.is_alive("k"))
    for kernel_id, variable in (("k", "kfp_client"), ("k", "second"), ("other", "kfp_client")):
        await hold(broker, kernel_id, variable)
    assert await held(rest) == ["k", "k", "other"]
    events.clear()
    process.send_signal(signal.SIGKILL)
    await eventually(lambda: bool(events))
    assert [(event["kind"], event["kernel_id"]) for event in events] == [("kernels", "k")]
    assert await held(rest) == ["other"]


async def test_a_kernel_with_several_connections_ends_with_the_last(
    rest: Rest, broker: BrokerClient, kernels: Kernels
) -> None:
    first, second = (broker.hang("alive", {"kernel_id": "k"}) for _ in range(2))
    await eventually(lambda: kernels._lifelines["k"] == 2)
    await hold(broker, "k")
    first.close()
    await eventually(lambda: kernels._lifelines["k"] == 1)
    assert await held(rest) == ["k"]
    second.close()
    await eventually(lambda: not kernels.is_alive("k"))
    assert await held(rest) == []
    assert dict(kernels._lifelines) == {}


async def test_a_restarted_kernel_that_spoke_already_is_not_forgotten(
    rest: Rest, broker: BrokerClient, kernels: Kernels, jp_serverapp: Any
) -> None:
    manager = jp_serverapp.kernel_manager
    kernel_id = await manager.start_kernel()
    kernels._running = lambda: [kernel_id]
    with broker.hang("alive", {"kernel_id": kernel_id}):
        await eventually(lambda: kernels.is_alive(kernel_id))
        await hold(broker, kernel_id)
        await manager.restart_kernel(kernel_id)
        assert await held(rest) == [kernel_id]
        await manager.shutdown_kernel(kernel_id)
        await eventually(lambda: not kernels.all())


async def test_who_does_not_say_which_kernel_it_is_is_refused(broker: BrokerClient) -> None:
    for body in ({}, {"kernel_id": 1}, {"kernel_id": ""}):
        told = await broker.ask("alive", body)
        assert (told.status, told.data["error"]["code"]) == (400, "bad-request")


async def test_a_server_that_stops_does_not_wait_for_its_kernels(
    broker: BrokerClient, kernels: Kernels, extension: KfpConnect, events: list[dict[str, Any]]
) -> None:
    with broker.hang("alive", {"kernel_id": "k"}) as connection:
        await eventually(lambda: kernels.is_alive("k"))
        await hold(broker, "k")
        await extension.stop_extension()
        await eventually(lambda: not kernels.is_alive("k"))
        assert connection.recv(1) == b""
    assert not Path(broker.socket).exists()
