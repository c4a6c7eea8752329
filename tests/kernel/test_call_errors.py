"""What an error of a call says: ours and kfp's own at once, and never what was sent."""

from __future__ import annotations

import json
import pickle
from base64 import b64encode
from pathlib import Path
from traceback import format_exception
from typing import Any

import kfp_server_api
import pytest

from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES
from jupyter_kfp_connect.core.errors import (
    KfpConnectError,
    NotAuthorized,
    NotReachable,
    error,
)
from jupyter_kfp_connect.kernel.api_errors import CallFailed
from jupyter_kfp_connect.kernel.client import KubeflowClient

from .fake_kfp import Answer, Asked, FakeKfp, as_recorded
from .fake_source import FakeSource, make_lease
from .tracebacks import verbose


@pytest.fixture
def client(source: FakeSource) -> KubeflowClient:
    return KubeflowClient(source)


def test_a_refused_token_says_what_is_wrong_with_it(kfp_api: FakeKfp) -> None:
    kfp_api.respond = lambda asked: as_recorded("kfp-token-wrong-audience")
    lease = make_lease(
        kfp_api.host, headers={"Authorization": "Bearer a.b.c"}, way="service-account-token"
    )
    with pytest.raises(KfpConnectError) as caught:
        KubeflowClient(FakeSource(lease)).list_experiments()
    assert caught.value.code == "token-audience"
    assert "pipelines.kubeflow.org" in caught.value.message


def test_a_403_is_ours_and_kfp_s_at_once(client: KubeflowClient, kfp_api: FakeKfp) -> None:
    kfp_api.respond = lambda asked: as_recorded("kfp-token-rbac-denied")
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments(namespace="namespace-1")
    assert isinstance(caught.value, NotAuthorized)
    problem: Any = caught.value
    assert (problem.code, problem.status) == ("forbidden", 403)
    assert problem.message == "namespace-2/default-editor may not list experiments in namespace-1"
    assert "PermissionDenied" in problem.body
    again = pickle.loads(pickle.dumps(problem))
    assert type(again) is type(problem)
    assert (again.code, again.status, again.body, str(again)) == (
        problem.code,
        problem.status,
        problem.body,
        str(problem),
    )


def test_a_call_made_in_the_background_says_the_same(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp
) -> None:
    listed = client._experiment_api.experiment_service_list_experiments
    kfp_api.respond = lambda asked: as_recorded("kfp-token-rbac-denied")
    with pytest.raises(NotAuthorized) as caught:
        listed(async_req=True).get(timeout=60)
    assert isinstance(caught.value, kfp_server_api.ApiException)
    source.next = make_lease(kfp_api.host, headers={"Cookie": "a=new-one"}, generation=2)
    kfp_api.accept_only("a=new-one", Answer.json({}, 401))
    assert listed(async_req=True).get(timeout=60) is not None


def test_an_upload_that_is_refused_says_the_same(
    client: KubeflowClient, kfp_api: FakeKfp, tmp_path: Path
) -> None:
    kfp_api.respond = lambda asked: as_recorded("kfp-token-rbac-denied")
    pipeline = tmp_path / "pipeline.yaml"
    pipeline.write_text("pipelineInfo: {name: hello}\n", encoding="utf-8")
    with pytest.raises(NotAuthorized) as caught:
        client._upload_api.upload_pipeline(str(pipeline), name="hello", namespace="team-a")
    assert isinstance(caught.value, kfp_server_api.ApiException)


#: Until 2.14 and from 2.15 on, as the sources of KFP's upload server have it.
UPLOAD_REFUSALS = {
    "with its reason": "Failed to create a pipeline due to authorization error: Authorization "
    "Failure: PermissionDenied: User 'jane@example.com' is not authorized with reason:  (request: "
    "&ResourceAttributes{Namespace:kubeflow,Verb:create,Group:pipelines.kubeflow.org,"
    "Version:v1beta1,Resource:pipelines,Subresource:,Name:,}): Unauthorized access",
    "without": "Failed to create a pipeline",
}


@pytest.mark.parametrize("said", UPLOAD_REFUSALS.values(), ids=UPLOAD_REFUSALS)
def test_an_upload_for_all_namespaces_asks_for_the_argument(
    kfp_api: FakeKfp, tmp_path: Path, said: str
) -> None:
    refusal = Answer.json({"error_message": said, "error_details": said}, 400)
    kfp_api.respond = lambda asked: refusal
    client = KubeflowClient(FakeSource(make_lease(kfp_api.host, namespace="team-a")))
    pipeline = tmp_path / "pipeline.yaml"
    pipeline.write_text("pipelineInfo: {name: hello}\n", encoding="utf-8")
    with pytest.raises(NotAuthorized) as caught:
        client.upload_pipeline(str(pipeline), "hello")
    problem: Any = caught.value
    assert isinstance(problem, kfp_server_api.ApiException)
    assert (problem.code, problem.status) == ("forbidden", 400)
    assert problem.actor == "you"
    assert problem.remedy_copy == 'namespace="team-a"'


@pytest.mark.parametrize("said", ["unknown template format", "Failed to create a pipeline version"])
def test_an_upload_that_is_wrong_in_another_way_stays_kfp_s(
    client: KubeflowClient, kfp_api: FakeKfp, tmp_path: Path, said: str
) -> None:
    refusal = Answer.json({"error_message": said}, 400)
    kfp_api.respond = lambda asked: refusal
    pipeline = tmp_path / "pipeline.yaml"
    pipeline.write_text("pipelineInfo: {name: hello}\n", encoding="utf-8")
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.upload_pipeline(str(pipeline), "hello")
    assert not isinstance(caught.value, KfpConnectError)


def test_the_mesh_s_403_is_told_from_kfp_s(client: KubeflowClient, kfp_api: FakeKfp) -> None:
    refusal = Answer(403, b"RBAC: access denied", {"Content-Type": "text/plain"})
    kfp_api.respond = lambda asked: refusal
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments()
    problem: Any = caught.value
    assert problem.code == "forbidden-by-mesh"


def test_a_missing_namespace_is_named(client: KubeflowClient, kfp_api: FakeKfp) -> None:
    kfp_api.respond = lambda asked: as_recorded("kfp-list-no-namespace")
    with pytest.raises(NotAuthorized) as caught:
        client.list_experiments()
    assert caught.value.code == "namespace-needed"


@pytest.mark.parametrize(
    ("name", "status"),
    [("kfp-get-experiment-missing", 404), ("kfp-create-experiment-again", 409)],
)
def test_what_no_rule_explains_stays_kfp_s(
    client: KubeflowClient, kfp_api: FakeKfp, name: str, status: int
) -> None:
    kfp_api.respond = lambda asked: as_recorded(name)
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.get_experiment(experiment_id="x")
    assert caught.value.status == status
    assert not isinstance(caught.value, KfpConnectError)


@pytest.mark.parametrize("status", [403, 500])
def test_cookies_of_an_error_are_not_shown(
    client: KubeflowClient, kfp_api: FakeKfp, status: int
) -> None:
    headers = {"Content-Type": "application/json", "Set-Cookie": "oauth2_proxy_kubeflow=renewed"}
    kfp_api.respond = lambda asked: Answer(status, b"{}", headers)
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments()
    shown = str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    assert "renewed" not in shown


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
def test_an_error_that_repeats_what_was_sent_shows_it_nowhere(
    client: KubeflowClient, kfp_api: FakeKfp, status: int
) -> None:
    def respond(asked: Asked) -> Answer:
        sent = str(asked.credential)
        body = {"message": f"in single-user mode {sent} and {b64encode(sent.encode()).decode()}"}
        headers = {"Content-Type": "application/json", "X-Seen": sent}
        return Answer(status, json.dumps(body).encode(), headers, reason=f"No {sent}")

    kfp_api.respond = respond
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments()
    problem = caught.value
    shown = f"{problem} {problem!r} {vars(problem)} {pickle.dumps(problem)!r}"
    assert "•••" in f"{problem.body}"
    assert problem.headers["x-seen"].endswith("•••")
    assert problem.reason.endswith("•••")
    assert "session-1" not in shown
    assert b64encode(b"session-1").decode()[:10] not in shown


@pytest.mark.parametrize("status", [403, 404, 503])
@pytest.mark.parametrize("meanwhile", ["renewed", "disconnected"])
def test_what_a_call_was_sent_with_is_not_shown_when_it_is_another_by_the_answer(
    source: FakeSource,
    kfp_api: FakeKfp,
    caplog: pytest.LogCaptureFixture,
    meanwhile: str,
    status: int,
) -> None:
    def respond(asked: Asked) -> Answer:
        source.now = make_lease(kfp_api.host, headers={"Cookie": "a=new-one"}, generation=2)
        if meanwhile == "disconnected":
            source.problem = error("disconnected", "“prod” was disconnected")
        said = f"no rights: {asked.credential}"
        return Answer(status, said.encode(), {"X-Seen": said, said[-9:]: "1"}, reason=said)

    client = KubeflowClient(source)
    kfp_api.respond = respond
    caplog.set_level("DEBUG")
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments()
    assert caught.value.status == status
    shown = "".join(format_exception(caught.value)) + verbose(caught.value)
    assert "no rights" in shown + str(vars(caught.value))
    assert "session-1" not in f"{shown} {vars(caught.value)} {caplog.text}"


def test_what_stands_before_kfp_and_is_broken_is_told_and_shown_as_it_is(
    client: KubeflowClient, kfp_api: FakeKfp
) -> None:
    said = b"upstream connect error or disconnect/reset before headers. " + b"x" * 500
    kfp_api.respond = lambda asked: Answer(503, said, {"Content-Type": "text/plain"})
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments()
    assert isinstance(caught.value, NotReachable)
    problem: Any = caught.value
    assert (problem.code, problem.status, problem.retryable) == ("server-error", 503, True)
    assert "(503, text/plain): “upstream connect error" in problem.message
    assert problem.message.count("x") < 310
    assert ISSUES in problem.remedy
    assert "HTTP response headers" not in str(problem)
    again = pickle.loads(pickle.dumps(problem))
    assert (type(again), again.body, str(again)) == (type(problem), problem.body, str(problem))


@pytest.mark.parametrize(
    ("status", "code"), [(500, "server-error"), (503, "server-error"), (418, "bad-answer")]
)
def test_what_no_rule_knows_is_shown_as_it_is_and_is_still_kfp_s(
    client: KubeflowClient, kfp_api: FakeKfp, status: int, code: str
) -> None:
    said = {"message": "no such table, password=hunter2hunter2", "code": 13}
    kfp_api.respond = lambda asked: Answer.json(said, status)
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments()
    problem: Any = caught.value
    assert (problem.code, problem.status, problem.reason != "") == (code, status, True)
    assert json.loads(problem.body) == said
    assert problem.headers["Content-Type"] == "application/json"
    assert f"({status}, application/json): “" in problem.message
    assert "no such table" in problem.message
    assert "hunter2" not in str(problem)
    assert ISSUES in problem.remedy


@pytest.mark.parametrize("status", [400, 404, 409, 429])
@pytest.mark.parametrize("key", ["message", "error_message"])
def test_what_kfp_refuses_is_told_in_its_own_words_and_keeps_all_that_was_there(
    client: KubeflowClient, kfp_api: FakeKfp, status: int, key: str
) -> None:
    said = {key: "Run x not found", "code": 5}
    kfp_api.respond = lambda asked: Answer.json(said, status)
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.get_run("x")
    problem: Any = caught.value
    assert str(problem) == f"{status} {problem.reason}: Run x not found"
    again = pickle.loads(pickle.dumps(problem))
    for each in (problem, again):
        assert each.status == status
        assert json.loads(each.body) == said
        assert each.headers["Content-Type"] == "application/json"
        assert ISSUES not in str(each)
    assert (type(again), str(again)) == (type(problem), str(problem))


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_refusal_that_is_not_kfp_s_is_none_of_its_words(
    client: KubeflowClient, kfp_api: FakeKfp, status: int
) -> None:
    page = Answer(status, b"<html><h1>nginx</h1></html>", {"Content-Type": "text/html"})
    kfp_api.respond = lambda asked: page
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.get_run("x")
    problem: Any = caught.value
    assert (problem.code, problem.status) == ("bad-answer", status)
    assert f"({status}, text/html): “<html>" in problem.message
    assert ISSUES in problem.remedy


def test_an_error_whose_body_is_no_text_is_still_kfp_s(
    client: KubeflowClient, kfp_api: FakeKfp
) -> None:
    kfp_api.respond = lambda asked: Answer(500, b"\xff\xfe", {"Content-Type": "text/plain"})
    with pytest.raises(kfp_server_api.ApiException) as caught:
        client.list_experiments()
    assert caught.value.status == 500


def test_a_reason_that_steers_a_terminal_is_printed_as_text() -> None:
    answer = kfp_server_api.ApiException(404, "Not\x1b[2J\x07 Found")
    assert str(CallFailed(answer, "gone")) == "404 Not [2J  Found: gone"
