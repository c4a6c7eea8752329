"""A call that KFP refuses in a cell: what every window shows of it, and until when."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_kfp_connect.sandbox.options import FOREIGN_NAMESPACE, USER_NAMESPACE
from jupyter_kfp_connect.server.app import KfpConnect

from ..core.fakes import jwt
from ..kernel.fake_kfp import Answer, as_recorded, running_kfp
from ..sandbox.running import RunningSandbox
from .asking import TIMEOUT, USER, BrokerClient, Rest, eventually
from .conftest import StartSandbox
from .contract import rung, states
from .naming import HEALTHZ, LIST, USERS, answer_as
from .notebooks import Notebook
from .test_cells import put_work

REFUSED = f"try:\n    kfp_client.list_experiments(namespace='{FOREIGN_NAMESPACE}')\n"
CAUGHT = """
except kfp_server_api.ApiException as problem:
    print(type(problem).__name__, problem.status, problem.code, problem.rung, sep=' | ')
"""
CELL = f"import kfp_server_api\n{REFUSED}{CAUGHT}"
SERVED = "kfp_client.list_experiments(); print('served')"


async def rung_of(rest: Rest, name: str, state: str) -> dict[str, Any]:
    """Wait until every window shows a rung so."""

    async def look() -> dict[str, Any]:
        while True:
            told = rung(await rest.get("work"), name)
            if told["state"] == state:
                return told
            await asyncio.sleep(0.02)

    return await asyncio.wait_for(look(), TIMEOUT)


async def third_rung(rest: Rest, state: str) -> dict[str, Any]:
    """Wait until every window shows rung 3 so."""
    return await rung_of(rest, "authorized", state)


async def taken_in(extension: KfpConnect) -> None:
    """Wait until the server is done with all that kernels have told of “work”."""
    manager = extension._manager
    assert manager is not None
    verdicts = manager.leasing(manager.live("work")).verdicts
    await eventually(lambda: verdicts._work is not None and verdicts._work.done())


async def connected(rest: Rest, kubeflow: RunningSandbox, notebook: Notebook) -> None:
    """Sign in and make the client."""
    await put_work(rest, kubeflow)
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]
    reply = await notebook.run("%kfp_connect work")
    assert reply["status"] == "ok", notebook.texts


async def test_a_403_in_a_cell_turns_the_rung_and_the_next_call_that_works_turns_it_back(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any, events: list[dict[str, Any]]
) -> None:
    async with new_notebook() as notebook:
        await connected(rest, kubeflow, notebook)
        events.clear()
        reply = await notebook.run(CELL)
        assert reply["status"] == "ok", notebook.texts
        assert notebook.texts == ["CallRefused | 403 | forbidden | authorized\n"]
        failed = await third_rung(rest, "failed")
        assert failed["code"] == "forbidden"
        assert failed["detail"] == f"{USER} may not list experiments in {FOREIGN_NAMESPACE}"
        assert "Manage Contributors" in failed["remedy"]["text"]
        assert failed["remedy"]["copy"] is None, "an e-mail user gets no RoleBinding"
        assert {event["kind"] for event in events} == {"connection"}
        assert states(await rest.get("work"))[:2] == ["ok", "ok"]
        assert (await rest.get("work"))["signed_in_as"] == USER
        await notebook.run(SERVED)
        assert notebook.texts == ["served\n"], "the session is none the worse"
        assert (await third_rung(rest, "ok"))["detail"] == USER_NAMESPACE


async def test_a_403_reads_as_rung_3_and_not_as_a_wall_of_headers(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any
) -> None:
    async with new_notebook() as notebook:
        await connected(rest, kubeflow, notebook)
        reply = await notebook.run(f"kfp_client.list_experiments(namespace='{FOREIGN_NAMESPACE}')")
        assert reply["ename"] == "CallRefused"
        assert reply["evalue"].startswith(f"{USER} may not list experiments in {FOREIGN_NAMESPACE}")
        assert "Manage Contributors" in reply["evalue"]
        shown = "\n".join(notebook.texts)
        assert "HTTP response headers" not in shown
        assert "HTTPHeaderDict" not in shown


async def test_a_service_accounts_403_hands_over_the_role_binding_that_mends_it(
    rest: Rest, start_sandbox: StartSandbox, new_notebook: Any
) -> None:
    api = start_sandbox(api_only=True)
    await rest.put("work", host=api.sandbox.host)
    told = await rest.connect("work", token=api.sandbox.issue_token())
    assert states(told) == ["ok", "ok", "ok"]
    async with new_notebook() as notebook:
        await notebook.run("%kfp_connect work")
        await notebook.run(CELL)
        failed = await third_rung(rest, "failed")
        binding = yaml.safe_load(failed["remedy"]["copy"])
        assert (binding["kind"], binding["metadata"]["namespace"]) == (
            "RoleBinding",
            FOREIGN_NAMESPACE,
        )
        assert failed["remedy"]["filename"].endswith(".yaml")
        assert "contributor" not in failed["remedy"]["text"]
        # What the remedy says, done.
        (subject,) = binding["subjects"]
        account = f"system:serviceaccount:{subject['namespace']}:{subject['name']}"
        api.sandbox.cluster.rights.grant(account, FOREIGN_NAMESPACE)
        reply = await notebook.run(REFUSED + CAUGHT)
        assert (reply["status"], notebook.texts) == ("ok", [])
        await third_rung(rest, "ok")


DENIED = (
    "User 'user@example.com' is not authorized with reason:  (request: "
    "&ResourceAttributes{Namespace:team-z,Verb:list,Group:pipelines.kubeflow.org,"
    "Version:v1beta1,Resource:runs,Subresource:,Name:,})"
)


async def test_a_pipeline_for_all_namespaces_is_no_matter_of_rights_where_kfp_runs(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await put_work(rest, kubeflow)
    connection = (await rest.sign_in("work"))["id"]
    body = DENIED.replace("Verb:list", "Verb:create").replace("Resource:runs", "Resource:pipelines")
    body = body.replace("Namespace:team-z", "Namespace:kubeflow")
    await broker.ask("answered", {"connection_id": connection, "status": 403, "body": body})
    failed = await third_rung(rest, "failed")
    assert failed["detail"] == "user@example.com may not create pipelines without a namespace"
    assert failed["remedy"]["copy"] == 'namespace="kubeflow-user-example-com"'
    assert failed["actor"] == "you"


async def test_an_upload_that_kfp_refuses_with_400_turns_the_rung_as_a_403_does(
    rest: Rest, new_notebook: Any, tmp_path: Path
) -> None:
    said = {"error_message": "Failed to create a pipeline", "error_details": "no"}
    pipeline = tmp_path / "pipeline.yaml"
    pipeline.write_text("pipelineInfo: {name: hello}\n", encoding="utf-8")
    with running_kfp() as host:
        refusing = {"/apis/v2beta1/pipelines/upload": Answer.json(said, 400)}
        answer_as(
            host, {HEALTHZ: USERS, LIST: as_recorded("kfp-list-experiments-empty")} | refusing
        )
        await rest.put("work", host=host.host, namespace="team-a")
        assert states(await rest.connect("work", token=jwt())) == ["ok", "ok", "ok"]
        async with new_notebook() as notebook:
            await notebook.run("%kfp_connect work")
            await notebook.run(f"kfp_client.upload_pipeline({str(pipeline)!r}, 'hello')")
            assert "[forbidden]" in "\n".join(notebook.texts)
            assert (await third_rung(rest, "failed"))["code"] == "forbidden"
            assert states(await rest.get("work"))[:2] == ["ok", "ok"]
            await notebook.run(SERVED)
            await third_rung(rest, "ok")


async def test_of_many_answers_the_last_one_counts(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, extension: KfpConnect
) -> None:
    await put_work(rest, kubeflow)
    connection = (await rest.sign_in("work"))["id"]
    for status in (403, 200, 403, 200, 403):
        told = await broker.ask(
            "answered", {"connection_id": connection, "status": status, "body": DENIED}
        )
        assert told.status == 204
    await taken_in(extension)
    failed = rung(await rest.get("work"), "authorized")
    assert failed["state"] == "failed"
    assert failed["detail"] == "user@example.com may not list runs in team-z"


async def test_the_same_refusal_again_and_again_is_no_news(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, events: list[dict[str, Any]]
) -> None:
    await put_work(rest, kubeflow)
    connection = (await rest.sign_in("work"))["id"]
    told = {"connection_id": connection, "status": 403, "body": DENIED}
    await broker.ask("answered", told)
    await third_rung(rest, "failed")
    events.clear()
    for _ in range(20):
        await broker.ask("answered", told)
    other = DENIED.replace("runs", "experiments")
    await broker.ask("answered", {**told, "body": other})
    await eventually(lambda: bool(events))
    assert "experiments" in (await third_rung(rest, "failed"))["detail"]
    assert len(events) == 1


@pytest.mark.parametrize(
    ("status", "body"), [(403, "<html>" * 5000), (403, ""), (403, "{"), (200, "")]
)
async def test_a_kernel_that_tells_nonsense_ends_no_session(
    rest: Rest,
    broker: BrokerClient,
    kubeflow: RunningSandbox,
    extension: KfpConnect,
    status: int,
    body: str,
) -> None:
    await put_work(rest, kubeflow)
    connection = (await rest.sign_in("work"))["id"]
    told = {"connection_id": connection, "status": status, "body": body}
    assert (await broker.ask("answered", told)).status == 204
    assert (await broker.ask("answered", {**told, "status": 500})).status == 400
    assert (await broker.ask("answered", {"connection_id": "x", "status": 200})).status == 404
    await taken_in(extension)
    settled = await rest.get("work")
    assert settled["signed_in_as"] == USER
    assert states(settled)[:2] == ["ok", "ok"]
    assert states(await rest.connect("work")) == ["ok", "ok", "ok"]


async def test_a_refusal_that_repeats_what_was_sent_shows_it_nowhere(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await put_work(rest, kubeflow)
    connection = (await rest.sign_in("work"))["id"]
    cookie = (await broker.lease("work"))["headers"]["Cookie"]
    value = cookie.partition("=")[2]
    body = f"a policy of ours refuses the cookie {cookie}"
    await broker.ask("answered", {"connection_id": connection, "status": 403, "body": body})
    failed = await third_rung(rest, "failed")
    assert failed["code"] == "forbidden"
    assert value not in str(await rest.get("work"))


async def test_what_is_told_of_a_connection_that_nobody_is_signed_in_to_changes_nothing(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox, extension: KfpConnect
) -> None:
    await put_work(rest, kubeflow)
    before = await rest.get("work")
    for status in (403, 200):
        told = {"connection_id": before["id"], "status": status, "body": "no"}
        assert (await broker.ask("answered", told)).status == 204
    await taken_in(extension)
    assert await rest.get("work") == before
