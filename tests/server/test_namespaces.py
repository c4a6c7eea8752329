"""A namespace is known without asking, and changing it keeps the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_kfp_connect.sandbox.options import SHARED_NAMESPACE, USER, USER_NAMESPACE

from ..sandbox.running import RunningSandbox
from .asking import POSTED, BrokerClient, Rest, counted
from .conftest import StartSandbox
from .contract import rung, states


async def test_a_user_with_one_namespace_of_their_own_never_picks(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await rest.sign_in("work")
    assert states(told) == ["ok", "ok", "ok"]
    assert told["namespace"] is None
    assert told["multi_user"] is True
    assert rung(told, "authorized")["detail"] == USER_NAMESPACE
    assert (await broker.lease("work"))["namespace"] == USER_NAMESPACE


async def test_the_picker_has_every_namespace_with_its_role(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    told = (await rest.ask("GET", "connections/work/overview")).data
    assert {each["namespace"]: each["role"] for each in told["namespaces"]} == {
        USER_NAMESPACE: "owner",
        SHARED_NAMESPACE: "contributor",
    }


async def test_who_has_to_choose_a_namespace_is_offered_each_with_its_role(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    kubeflow.sandbox.cluster.rights.grant(USER, "team-mine", "owner")
    await rest.put("work", host=kubeflow.sandbox.host)
    told = await rest.sign_in("work")
    assert rung(told, "authorized")["code"] == "namespace-needed"
    offered = {each["namespace"]: each["role"] for each in told["namespaces"]}
    assert offered == {
        USER_NAMESPACE: "owner",
        SHARED_NAMESPACE: "contributor",
        "team-mine": "owner",
    }
    await rest.put("work", namespace="team-elsewhere")
    refused = await rest.settled("work")
    assert rung(refused, "authorized")["state"] == "failed"
    assert refused["namespaces"] == told["namespaces"]
    ended = (await rest.ask("POST", "connections/work/disconnect")).data
    assert ended["namespaces"] == []


@pytest.fixture
def named(kubeflow: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    """Return a Kubeflow that the environment names, asked for before the server."""
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", kubeflow.sandbox.host)
    return kubeflow


async def test_a_namespace_can_be_chosen_where_kubeflow_was_found_without_another_sign_in(
    named: RunningSandbox, rest: Rest
) -> None:
    named.sandbox.cluster.rights.grant(USER, "team-mine", "owner")
    (found,) = (await rest.ask("POST", "detect")).data["found"]
    told = await rest.sign_in(found["name"])
    assert (told["source"], rung(told, "authorized")["code"]) == ("detected", "namespace-needed")
    await rest.put(found["name"], namespace="team-mine")
    told = await rest.settled(found["name"])
    assert (told["source"], states(told)) == ("user", ["ok", "ok", "ok"])
    assert counted(named, POSTED) == 1


async def test_who_was_given_a_first_namespace_connects_again_with_the_same_session(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    rights = kubeflow.sandbox.cluster.rights
    rights.revoke(USER, USER_NAMESPACE)
    rights.revoke(USER, SHARED_NAMESPACE)
    await rest.put("work", host=kubeflow.sandbox.host)
    missing = rung(await rest.sign_in("work"), "authorized")
    assert (missing["code"], missing["actor"]) == ("namespace-needed", "administrator")
    again = rung(await rest.connect("work"), "authorized")
    assert (again["code"], again["detail"]) == (missing["code"], missing["detail"])
    rights.grant(USER, "team-new", "owner")
    told = await rest.connect("work")
    assert states(told) == ["ok", "ok", "ok"]
    assert told["namespaces"] == [{"namespace": "team-new", "role": "owner"}]
    assert (await broker.lease("work"))["namespace"] == "team-new"
    assert counted(kubeflow, POSTED) == 1


async def test_changing_the_namespace_keeps_session_and_headers_and_reaches_the_next_call(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    await rest.sign_in("work")
    before = await broker.lease("work")
    for chosen, used in ((SHARED_NAMESPACE, SHARED_NAMESPACE), (None, USER_NAMESPACE)):
        await rest.put("work", namespace=chosen)
        told = await rest.settled("work")
        assert (told["namespace"], states(told)) == (chosen, ["ok", "ok", "ok"])
        after = await broker.lease("work")
        assert after["namespace"] == used
        assert after["headers"] == before["headers"]
    assert counted(kubeflow, POSTED) == 1


async def test_what_a_cell_asks_for_comes_before_what_the_connection_says(
    rest: Rest, broker: BrokerClient, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host, namespace=USER_NAMESPACE)
    await rest.sign_in("work")
    asked = await broker.lease("work", namespace=SHARED_NAMESPACE)
    assert asked["namespace"] == SHARED_NAMESPACE
    assert (await broker.lease("work"))["namespace"] == USER_NAMESPACE


@pytest.fixture
def pod_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a pod, as the server will find them."""
    account = tmp_path / "pod/var/run/secrets/kubernetes.io/serviceaccount"
    account.mkdir(parents=True)
    (account / "namespace").write_text(USER_NAMESPACE, encoding="ascii")
    token = tmp_path / "pod/var/run/secrets/kubeflow/pipelines/token"
    token.parent.mkdir(parents=True)
    return token


async def test_in_a_pod_the_namespace_is_the_pods_and_comes_back_when_another_is_cleared(
    pod_of: Path, start_sandbox: StartSandbox, rest: Rest, broker: BrokerClient
) -> None:
    api = start_sandbox(api_only=True)
    pod_of.write_text(api.sandbox.issue_token(), encoding="ascii")
    await rest.put("work", host=api.sandbox.host, auth="service-account-token")
    told = await rest.connect("work")
    assert rung(told, "authorized")["detail"] == USER_NAMESPACE
    await rest.put("work", namespace=SHARED_NAMESPACE)
    refused = rung(await rest.settled("work"), "authorized")
    assert refused["code"] == "forbidden"
    await rest.put("work", namespace=None)
    assert states(await rest.settled("work")) == ["ok", "ok", "ok"]
    assert (await broker.lease("work"))["namespace"] == USER_NAMESPACE


async def test_an_install_for_one_user_asks_for_no_namespace(
    pod_of: Path, start_sandbox: StartSandbox, rest: Rest, broker: BrokerClient
) -> None:
    alone = start_sandbox(single_user=True)
    await rest.put("work", host=alone.sandbox.host)
    told = await rest.connect("work")
    assert states(told) == ["ok", "not-needed", "not-needed"]
    assert told["multi_user"] is False
    assert (await broker.lease("work"))["namespace"] is None
