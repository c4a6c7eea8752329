"""What a kernel tells its server of a call that KFP refused, and of the one that worked again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import kfp_server_api
import pytest

from jupyter_kfp_connect.core.errors import NotAuthorized
from jupyter_kfp_connect.kernel.broker_client import Broker
from jupyter_kfp_connect.kernel.broker_source import BrokerSource, Holder
from jupyter_kfp_connect.kernel.client import KubeflowClient

from .fake_broker import FakeBroker
from .fake_kfp import Answer, FakeKfp
from .fake_source import FakeSource

RECORDING = Path(__file__).parent.parent / "recordings" / "kfp-token-rbac-denied.json"
DENIED = json.loads(RECORDING.read_text(encoding="utf-8"))["response"]["body"]
MESH = Answer(403, b"RBAC: access denied", {"Content-Type": "text/plain"})


@pytest.fixture
def client(lent: FakeBroker) -> KubeflowClient:
    lent.routes["/answered"] = lambda body: (204, {})
    broker = Broker.find(lent.environ)
    assert broker is not None
    return KubeflowClient(BrokerSource(broker, Holder("prod", None, "kernel-1", "kfp_client")))


def refused(client: KubeflowClient) -> Any:
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments(namespace="namespace-1")
    assert isinstance(caught.value, NotAuthorized)
    return caught.value


def test_a_403_is_told_with_what_it_says_and_its_end_once(
    client: KubeflowClient, lent: FakeBroker, kfp_api: FakeKfp
) -> None:
    served = kfp_api.respond
    client.list_experiments()
    assert lent.bodies("/answered") == [], "an ordinary call tells nothing"
    kfp_api.respond = lambda asked: Answer.json(DENIED, 403)
    assert refused(client).code == "forbidden"
    (told,) = lent.bodies("/answered")
    assert (told["connection_id"], told["status"]) == ("id-of-prod", 403)
    assert json.loads(told["body"]) == DENIED
    kfp_api.respond = served
    for _ in range(3):
        client.list_experiments()
    assert [each["status"] for each in lent.bodies("/answered")] == [403, 200]
    assert "session-1" not in str(lent.bodies("/answered"))


def test_the_mesh_s_403_is_told_too(
    client: KubeflowClient, lent: FakeBroker, kfp_api: FakeKfp
) -> None:
    kfp_api.respond = lambda asked: MESH
    assert refused(client).code == "forbidden-by-mesh"
    assert [each["body"] for each in lent.bodies("/answered")] == ["RBAC: access denied"]


@pytest.mark.parametrize(
    ("recording", "status"),
    [("kfp-get-experiment-missing", 404), ("kfp-list-no-namespace", 400)],
)
def test_a_mistake_in_the_call_turns_no_rung(
    client: KubeflowClient, lent: FakeBroker, kfp_api: FakeKfp, recording: str, status: int
) -> None:
    body = json.loads(RECORDING.with_name(f"{recording}.json").read_text())["response"]["body"]
    kfp_api.respond = lambda asked: Answer.json(body, status)
    with pytest.raises(kfp_server_api.ApiException):
        client.get_experiment(experiment_id="x")
    assert lent.bodies("/answered") == []


def test_an_older_server_that_cannot_be_told_costs_no_error(
    client: KubeflowClient, lent: FakeBroker, kfp_api: FakeKfp
) -> None:
    served = kfp_api.respond
    del lent.routes["/answered"]
    kfp_api.respond = lambda asked: MESH
    assert refused(client).status == 403
    kfp_api.respond = served
    assert client.list_experiments() is not None


def test_without_a_server_the_error_is_the_same(source: FakeSource, kfp_api: FakeKfp) -> None:
    kfp_api.respond = lambda asked: Answer.json(DENIED, 403)
    problem = refused(KubeflowClient(source))
    assert (problem.code, problem.status) == ("forbidden", 403)
