"""Rung 4: what kernels hold, as every window sees it."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_kfp_connect.server.app import KfpConnect

from ..sandbox.running import RunningSandbox
from .asking import USER, BrokerClient, Rest, eventually


async def test_every_window_sees_what_a_kernel_holds_until_the_kernel_ends(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, jp_serverapp: Any
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    kernels = jp_serverapp.kernel_manager
    kernel_id = await kernels.start_kernel()
    told = {"kernel_id": kernel_id, "connection": "work", "variable": "kfp_client"}
    assert (await broker.ask("holds", {**told, "state": "live", "generation": 1})).status == 204
    (held,) = (await rest.ask("GET", "kernels")).data
    assert (held["connection"], held["rung"]["detail"]) == ("work", "live")
    assert (held["signed_in_as"], held["namespace"]) == (USER, "kubeflow-user-example-com")
    await kernels.restart_kernel(kernel_id)
    await eventually(lambda: not kernels_of(jp_serverapp))
    assert (await rest.ask("GET", "kernels")).data == []
    await broker.ask("holds", {**told, "state": "armed"})
    assert len((await rest.ask("GET", "kernels")).data) == 1
    await kernels.shutdown_kernel(kernel_id)
    assert (await rest.ask("GET", "kernels")).data == []


@pytest.fixture
def a_kernel(extension: KfpConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a kernel “k” run."""
    assert extension._manager is not None
    monkeypatch.setattr(extension._manager.kernels, "_running", lambda: ["k"])


def kernels_of(server: Any) -> dict[Any, Any]:
    """Return what the extension remembers of kernels, without asking which of them run."""
    (app,) = server.extension_manager.extension_apps["jupyter_kfp_connect"]
    return dict(app._manager.kernels._holds)


async def test_a_kernel_tells_of_what_failed_and_of_what_is_gone(
    rest: Rest, broker: BrokerClient, a_kernel: None
) -> None:
    problem = {"code": "sdk-missing", "message": "there is no kfp", "remedy": "Install it."}
    told = {"kernel_id": "k", "connection": None, "variable": "kfp_client", "state": "failed"}
    for said, code in ((problem, "sdk-missing"), ({"code": "?"}, "disconnected"), (None, None)):
        assert (await broker.ask("holds", {**told, "error": said})).status == 204
        (held,) = (await rest.ask("GET", "kernels")).data
        assert held["rung"]["state"] == "failed"
        assert code in (None, held["rung"]["code"])
    assert (await broker.ask("holds", {**told, "state": "gone"})).status == 204
    assert (await rest.ask("GET", "kernels")).data == []


async def test_after_disconnect_a_kernels_rung_says_so(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, a_kernel: None
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    told = {"kernel_id": "k", "connection": "work", "variable": "kfp_client", "state": "armed"}
    await broker.ask("holds", told)
    await rest.ask("POST", "connections/work/disconnect")
    (held,) = (await rest.ask("GET", "kernels")).data
    assert held["rung"]["code"] == "disconnected"
