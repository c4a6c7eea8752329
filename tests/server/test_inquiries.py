"""Looking closer: what was asked and seen, what is going on, and manifests ready to apply."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..core.fakes import jwt
from ..sandbox.running import Clock, RunningSandbox
from ..sandbox.test_api import make_experiment, make_run
from .asking import (
    AT_ONCE,
    HANGS,
    PASSWORD,
    POSTED,
    USER,
    BrokerClient,
    Rest,
    SilentServer,
    Told,
    counted,
)
from .conftest import StartSandbox
from .contract import conforms, rung, states

NAMESPACE = "kubeflow-user-example-com"
HEALTHZ = "GET /pipeline/apis/v2beta1/healthz"


async def diagnose(rest: Rest, name: str = "work") -> dict[str, Any]:
    """Take a fresh look at every rung."""
    told = await rest.ask("POST", f"connections/{name}/diagnose")
    assert told.status == 200, told.text
    return dict(conforms(told.data, "Connection"))


async def look(rest: Rest, namespace: str | None = None, name: str = "work") -> Told:
    """Ask what is going on."""
    params = {"params": {"namespace": namespace}} if namespace else {}
    return await rest.ask("GET", f"connections/{name}/overview", **params)


async def test_diagnose_tells_each_call_and_what_it_means(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    told = await diagnose(rest)
    assert states(told) == ["ok", "failed", "unknown"]
    assert told["probes"][0]["what"] == HEALTHZ
    assert told["probes"][0]["status"] == 401
    notes = {probe["note"] for probe in told["probes"]}
    assert "a form for a password" in notes
    assert {way["way"] for way in told["attempts"]} >= {"service-account-token"}
    assert all(way["reason"] for way in told["attempts"])


async def test_diagnose_of_a_session_shows_what_it_may_do_and_signs_in_to_nothing(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    signed_in = await rest.sign_in("work")
    told = await diagnose(rest)
    assert states(told) == ["ok", "ok", "ok"]
    assert told["generation"] == signed_in["generation"]
    assert {probe["status"] for probe in told["probes"]} == {200}
    assert counted(kubeflow, POSTED) == 1
    cookie = (await broker.lease("work"))["headers"]["Cookie"]
    assert not any(each in str(told) for each in (PASSWORD, cookie.partition("=")[2]))


async def test_diagnose_names_the_host_that_does_not_answer(rest: Rest) -> None:
    await rest.put("work", host="http://127.0.0.1:9/pipeline")
    told = await diagnose(rest)
    assert rung(told, "reachable")["code"] == "connection-refused"
    (probe,) = told["probes"]
    assert (probe["status"], probe["type"]) == (None, None)
    assert "127.0.0.1:9" in probe["note"]


async def test_only_diagnose_answers_with_probes(rest: Rest, kubeflow: RunningSandbox) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await diagnose(rest)
    assert "probes" not in await rest.get("work")
    read_back = await rest.ask("PUT", "connections/work", told)
    assert read_back.status == 200, "what was read can be sent back"


async def test_a_diagnosis_can_be_cancelled(rest: Rest) -> None:
    with SilentServer() as silent:
        await rest.put("slow", host=silent.host, timeout=HANGS)
        asked = asyncio.ensure_future(diagnose(rest, "slow"))
        await silent.reached()
        await rest.ask("POST", "connections/slow/cancel")
        told = await asyncio.wait_for(asked, AT_ONCE)
    assert (told["busy"], states(told)) == (False, ["unknown"] * 3)


async def with_runs(rest: Rest, kubeflow: RunningSandbox) -> None:
    """Sign in, and start a run in an experiment."""
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")

    def start() -> None:
        with kubeflow.as_user() as api:
            assert make_run(api, make_experiment(api, "fruit"))["display_name"] == "r"

    await asyncio.to_thread(start)


async def test_the_overview_shows_runs_experiments_and_where_to_open_them(
    rest: Rest, broker: BrokerClient, start_sandbox: StartSandbox
) -> None:
    kubeflow = start_sandbox(running_seconds=3_600)  # it is under way, however late one looks
    await with_runs(rest, kubeflow)
    told = await look(rest)
    assert told.status == 200, told.text
    data = told.data
    assert {"namespace": NAMESPACE, "role": "owner"} in data["namespaces"]
    assert data["experiments"][0]["name"] == "fruit"
    (run,) = data["runs"]
    assert (run["name"], run["finished_at"]) == ("r", None)
    assert run["url"].endswith(f"#/runs/details/{run['id']}")
    assert data["links"]["runs"].endswith("#/runs")
    assert data["links"]["ui"] == (await rest.get("work"))["ui_url"]
    cookie = (await broker.lease("work"))["headers"]["Cookie"].partition("=")[2]
    assert cookie not in told.text


async def test_the_overview_of_a_namespace_takes_two_calls(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")
    before = kubeflow.sandbox.cluster.requests.total()
    told = await look(rest, "team-shared")
    assert told.status == 200, told.text
    assert kubeflow.sandbox.cluster.requests.total() - before <= 4, "front door and API count both"


async def test_an_overview_renews_a_session_that_has_ended_once(
    rest: Rest, start_sandbox: StartSandbox
) -> None:
    clock = Clock(step=0.001)
    kubeflow = start_sandbox(clock=clock, session_seconds=3_600)
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")
    clock.now += 7_200  # the gateway forgets the session, and its cookie does not say so
    assert (await look(rest)).status == 200
    assert counted(kubeflow, POSTED) == 2
    clock.now += 7_200
    kubeflow.sandbox.cluster.directory.is_down = True
    told = await look(rest)
    assert (told.status, told.error["code"]) == (409, "directory-down")
    assert counted(kubeflow, POSTED) == 3


@pytest.mark.parametrize(
    ("namespace", "status", "code"),
    [("someone-elses", 409, "forbidden"), ("UPPER", 400, "bad-request")],
)
async def test_a_namespace_that_may_not_be_seen_says_so(
    rest: Rest, kubeflow: RunningSandbox, namespace: str, status: int, code: str
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    await rest.sign_in("work")
    told = await look(rest, namespace)
    assert (told.status, told.error["code"]) == (status, code)
    assert namespace in told.error["message"]
    assert states(await rest.get("work")) == ["ok", "ok", "ok"]


async def test_a_standalone_install_has_an_overview_without_namespaces(
    rest: Rest, start_sandbox: StartSandbox
) -> None:
    alone = start_sandbox(single_user=True)
    await rest.put("alone", host=alone.sandbox.host)
    await rest.connect("alone")
    told = await look(rest, name="alone")
    assert (told.status, told.data["namespaces"]) == (200, [])


async def test_who_is_not_signed_in_gets_the_reason(rest: Rest, kubeflow: RunningSandbox) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await look(rest)
    assert (told.status, told.error["code"]) == (409, "sign-in-needed")
    assert (await look(rest, name="nowhere")).status == 404


async def manifest(rest: Rest, kind: str, **params: Any) -> Told:
    """Ask for a manifest."""
    return await rest.ask("GET", f"manifests/{kind}", params=params)


def parsed(told: Told) -> Mapping[str, Any]:
    """Return a manifest's one document."""
    assert told.status == 200, told.text
    assert told.headers["Content-Type"] == "text/yaml; charset=utf-8"
    (document,) = yaml.safe_load_all(told.text)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    ("kind", "says"),
    [("pod-default", "PodDefault"), ("pod", "Pod"), ("role-binding", "RoleBinding")],
)
async def test_a_manifest_can_be_applied_as_it_is(rest: Rest, kind: str, says: str) -> None:
    told = await manifest(rest, kind, namespace="team-a")
    document = parsed(told)
    assert (document["kind"], document["metadata"]["namespace"]) == (says, "team-a")
    name = document["metadata"]["name"]
    assert told.headers["Content-Disposition"] == f'attachment; filename="{name}.yaml"'


async def test_a_role_binding_names_who_may_work_there(rest: Rest) -> None:
    told = await rest.ask(
        "GET",
        "manifests/role-binding",
        params={"namespace": "team-a", "service_account": "team-b/default-editor"},
    )
    (subject,) = parsed(told)["subjects"]
    assert (subject["namespace"], subject["name"]) == ("team-b", "default-editor")


async def test_a_pod_default_mounts_a_token_for_the_audience_named(rest: Rest) -> None:
    told = await manifest(rest, "pod-default", namespace="team-a", audience="https://kfp.local")
    (source,) = parsed(told)["spec"]["volumes"][0]["projected"]["sources"]
    assert source["serviceAccountToken"]["audience"] == "https://kfp.local"


@pytest.fixture
def as_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mount a token of team-b/notebooks, to be asked for before the server."""
    token = tmp_path / "token"
    token.write_text(jwt(sub="system:serviceaccount:team-b:notebooks"))
    monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(token))


async def test_a_pod_is_bound_as_who_it_is_where_nobody_is_named(
    as_notebooks: None, rest: Rest
) -> None:
    (subject,) = parsed(await manifest(rest, "role-binding", namespace="team-a"))["subjects"]
    assert (subject["namespace"], subject["name"]) == ("team-b", "notebooks")
    foreign = parsed(await manifest(rest, "pod", namespace="team-a"))
    assert foreign["spec"]["serviceAccountName"] == "default-editor"
    own = parsed(await manifest(rest, "pod", namespace="team-b"))
    assert own["spec"]["serviceAccountName"] == "notebooks"


@pytest.mark.parametrize(
    ("kind", "params", "field"),
    [
        ("pod", {}, "namespace"),
        ("pod", {"namespace": "team-a", "service_account": "team-b/jane"}, "service account"),
        (
            "pod-default",
            {"namespace": "team-a", "service_account": "team-a/jane"},
            "service account",
        ),
        ("pod", {"namespace": "UPPER"}, "namespace"),
        ("pod", {"namespace": "a\nb: c"}, "namespace"),
        ("secret", {"namespace": "team-a"}, "kind"),
        ("role-binding", {"namespace": "team-a", "service_account": "nobody"}, "service account"),
        ("role-binding", {"namespace": "team-a", "service_account": "a/b: c"}, "service account"),
        ("pod", {"namespace": "team-a", "audience": "a\nb: c"}, "audience"),
        ("role-binding", {"namespace": "team-a", "audience": "kfp"}, "audience"),
    ],
)
async def test_no_manifest_has_a_placeholder_or_what_was_smuggled_in(
    rest: Rest, kind: str, params: dict[str, str], field: str
) -> None:
    told = await manifest(rest, kind, **params)
    assert (told.status, told.error["code"]) == (400, "bad-request")
    assert told.error["message"].startswith(f"{field}:")


async def test_who_has_no_namespace_yet_reads_where_to_choose_it_and_no_address_of_the_server(
    rest: Rest,
) -> None:
    told = await manifest(rest, "role-binding")
    assert told.error["message"] == "namespace: none is chosen, and outside a pod none is usual"
    assert told.error["remedy"] == "Choose the namespace that the connection works in."
