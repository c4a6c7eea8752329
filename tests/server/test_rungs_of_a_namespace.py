"""Who looks at a namespace sees that one's third rung; other windows keep the connection's own."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox.options import SHARED_NAMESPACE, USER_NAMESPACE

from ..sandbox.running import RunningSandbox
from .asking import BrokerClient, Rest
from .conftest import StartSandbox
from .contract import conforms, rung, states

OTHER = "team-elsewhere"
PATHS = ["status", "diagnose", "refresh"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_namespace_that_is_somebody_else_s_is_no_ok(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, path: str
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    told = (await broker.ask(path, {"connection": "work", "namespace": OTHER})).data
    told.pop("in_notebooks", None)
    conforms(told, "Connection")
    assert states(told) == ["ok", "ok", "failed"]
    assert rung(told, "authorized")["code"] == "forbidden"
    assert told["namespace"] == OTHER
    kept = await rest.get("work")
    assert (states(kept), kept["namespace"]) == (["ok", "ok", "ok"], None)
    assert rung(kept, "authorized")["detail"] == USER_NAMESPACE


@pytest.mark.parametrize("path", PATHS)
async def test_a_namespace_that_may_be_used_is_named(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, path: str
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    for namespace in (SHARED_NAMESPACE, USER_NAMESPACE):
        told = (await broker.ask(path, {"connection": "work", "namespace": namespace})).data
        assert states(told) == ["ok", "ok", "ok"]
        assert rung(told, "authorized")["detail"] == namespace


async def test_the_call_that_was_made_for_it_is_told(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    told = (await broker.ask("diagnose", {"connection": "work", "namespace": OTHER})).data
    assert [probe["status"] for probe in told["probes"]] == [200, 200, 403]


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_signed_in_is_told_as_ever(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, path: str
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    told = (await broker.ask(path, {"connection": "work", "namespace": OTHER})).data
    assert rung(told, "authorized")["state"] == "unknown"


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_no_namespace_is_refused(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, path: str
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await broker.ask(path, {"connection": "work", "namespace": "Team_B"})
    assert (told.status, told.error["code"]) == (400, "bad-request")


@pytest.mark.parametrize("path", PATHS)
async def test_a_kubeflow_without_namespaces_needs_none(
    rest: Rest, broker: BrokerClient, start_sandbox: StartSandbox, path: str
) -> None:
    await rest.put("work", host=start_sandbox(single_user=True).sandbox.host)
    await rest.connect("work")
    told = (await broker.ask(path, {"connection": "work", "namespace": OTHER})).data
    assert states(told)[2] == "not-needed"


async def test_a_cell_and_a_terminal_tell_what_connecting_there_would(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    async with new_notebook() as notebook:
        await notebook.run("%kfp_connect work")
        for action in ("status", "diagnose"):
            await notebook.run(f"%kfp_connect work -n {OTHER} --{action}")
            assert f"may not list experiments in {OTHER}" in notebook.texts[-1]
            assert f"live as kfp_client, in {USER_NAMESPACE}" in notebook.texts[-1]
        for command in ("status", "doctor"):
            await notebook.run(
                f"!{sys.executable} -m jupyter_kfp_connect {command} work -n {OTHER}"
            )
            assert f"may not list experiments in {OTHER}" in "".join(notebook.texts)
