"""What a kernel tells its server of a call that KFP refused, and of the one that worked again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import kfp_server_api
import pytest

from jupyter_kfp_connect.core.errors import NotAuthorized, NotReachable
from jupyter_kfp_connect.kernel.broker_client import Broker
from jupyter_kfp_connect.kernel.broker_source import BrokerSource, Holder
from jupyter_kfp_connect.kernel.client import KubeflowClient

from .fake_broker import FakeBroker
from .fake_kfp import Answer, Asked, FakeKfp
from .fake_source import FakeSource
from .test_call_errors import UPLOAD_REFUSALS

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


@pytest.mark.parametrize("said", UPLOAD_REFUSALS.values(), ids=UPLOAD_REFUSALS)
def test_an_upload_that_lacks_a_right_is_told_though_kfp_answers_400(
    client: KubeflowClient, lent: FakeBroker, kfp_api: FakeKfp, tmp_path: Path, said: str
) -> None:
    served = kfp_api.respond
    kfp_api.respond = lambda asked: Answer.json({"error_message": said}, 400)
    pipeline = tmp_path / "pipeline.yaml"
    pipeline.write_text("pipelineInfo: {name: hello}\n", encoding="utf-8")
    with pytest.raises(NotAuthorized):
        client.upload_pipeline(str(pipeline), "hello", namespace="team-a")
    (told,) = lent.bodies("/answered")
    assert (told["status"], json.loads(told["body"])) == (400, {"error_message": said})
    kfp_api.respond = served
    client.list_experiments()
    assert [each["status"] for each in lent.bodies("/answered")] == [400, 200]


def lose(kfp_api: FakeKfp, how: str) -> None:
    """Let the host answer nothing of KFP's any more."""

    def respond(asked: Asked) -> Answer:
        if how == "breaks off":
            raise ConnectionResetError
        what = f"no upstream for {asked.credential}".encode()
        return Answer(503 if how == "503" else 200, what, {"Content-Type": "text/plain"})

    kfp_api.respond = respond


@pytest.mark.parametrize("how", ["breaks off", "503", "no JSON"])
def test_a_host_that_is_lost_is_told_once_a_call_with_nothing_of_what_was_sent(
    client: KubeflowClient, lent: FakeBroker, kfp_api: FakeKfp, how: str
) -> None:
    served = kfp_api.respond
    lose(kfp_api, how)
    with pytest.raises(NotReachable):
        client.list_experiments()
    assert lent.bodies("/answered") == [{"connection_id": "id-of-prod", "status": 0, "body": ""}]
    kfp_api.respond = served
    for _ in range(3):
        client.list_experiments()
    assert [each["status"] for each in lent.bodies("/answered")] == [0, 200]


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
