"""What happens to a call of the client: its credential, its answer, its errors."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import kfp_server_api
import pytest

from jupyter_kfp_connect.core.errors import (
    KfpConnectError,
    NotReachable,
    SignInNeeded,
    error,
)
from jupyter_kfp_connect.kernel.client import KubeflowClient

from .fake_kfp import Answer, Asked, FakeKfp
from .fake_source import FakeSource, make_lease

NEW = {"Cookie": "oauth2_proxy_kubeflow=session-2"}
UNAUTHORIZED = Answer.json({}, 401)
REDIRECT = Answer(302, b"", {"Location": "/dex/auth?client_id=kubeflow"})
SIGNED_OUT = [
    pytest.param(UNAUTHORIZED, id="401"),
    pytest.param(REDIRECT, id="redirect"),
    pytest.param(Answer.page(200), id="page-200"),
    pytest.param(Answer.page(403), id="page-403"),
]


@pytest.fixture
def client(source: FakeSource) -> KubeflowClient:
    return KubeflowClient(source)


def renewed(source: FakeSource, kfp_api: FakeKfp, refusal: Answer) -> None:
    """Let the session that the client holds be over, and a renewed one be taken."""
    source.next = make_lease(kfp_api.host, headers=NEW, generation=2)
    kfp_api.accept_only(NEW["Cookie"], refusal)


def test_a_call_carries_the_lease_and_nothing_of_kfp_s_own(
    client: KubeflowClient, kfp_api: FakeKfp
) -> None:
    api_client = client._run_api.api_client
    api_client.cookie = "of=another"
    api_client.set_default_header("authorization", "Bearer another")
    client.list_experiments()
    [asked] = kfp_api.asked
    assert asked.headers["Cookie"] == "oauth2_proxy_kubeflow=session-1"
    assert "Authorization" not in asked.headers
    assert asked.path.startswith("/pipeline/apis/v2beta1/experiments?")


def test_a_token_that_rotated_is_used_by_the_next_call(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp
) -> None:
    for number in range(3):
        source.now = make_lease(kfp_api.host, headers={"Authorization": f"Bearer t{number}"})
        client.list_experiments()
    assert [asked.credential for asked in kfp_api.asked] == ["Bearer t0", "Bearer t1", "Bearer t2"]


@pytest.mark.parametrize("refusal", SIGNED_OUT)
def test_a_session_that_ended_is_renewed_and_the_call_goes_on(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp, refusal: Answer
) -> None:
    renewed(source, kfp_api, refusal)
    assert client.list_experiments() is not None
    assert source.refusals == [1]
    assert len(kfp_api.asked) == 2


@pytest.mark.parametrize("refusal", SIGNED_OUT)
def test_signed_out_for_good_is_no_api_exception_and_asks_twice_only(
    client: KubeflowClient, kfp_api: FakeKfp, refusal: Answer
) -> None:
    kfp_api.respond = lambda asked: refusal
    with pytest.raises(SignInNeeded) as caught:
        client.list_experiments()
    assert not isinstance(caught.value, kfp_server_api.ApiException)
    assert caught.value.code == "session-over"
    assert len(kfp_api.asked) == 2


def test_a_post_is_repeated_with_its_body(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp
) -> None:
    renewed(source, kfp_api, REDIRECT)
    client._experiment_api.experiment_service_create_experiment(
        kfp_server_api.V2beta1Experiment(display_name="mine", namespace="team-a")
    )
    first, second = kfp_api.asked
    assert (first.method, second.method) == ("POST", "POST")
    assert json.loads(second.body) == {"display_name": "mine", "namespace": "team-a"}


def test_an_upload_is_repeated_with_its_file(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp, tmp_path: Path
) -> None:
    renewed(source, kfp_api, UNAUTHORIZED)
    pipeline = tmp_path / "pipeline.yaml"
    pipeline.write_text("pipelineInfo: {name: hello}\n", encoding="utf-8")
    client._upload_api.upload_pipeline(str(pipeline), name="hello", namespace="team-a")
    _, second = kfp_api.asked
    assert second.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b"pipelineInfo: {name: hello}" in second.body


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(200, b"", {}), id="empty"),
        pytest.param(Answer(200, b"OK", {"Content-Type": "text/plain"}), id="text"),
        pytest.param(Answer(200, b"[]"), id="list"),
        pytest.param(Answer(200, b'{"experiments": ['), id="broken-off"),
        pytest.param(Answer(200, b"null"), id="null"),
    ],
)
def test_no_answer_becomes_a_model_of_nothing(
    client: KubeflowClient, kfp_api: FakeKfp, answer: Answer
) -> None:
    kfp_api.respond = lambda asked: answer
    with pytest.raises(NotReachable) as caught:
        client.list_experiments()
    assert caught.value.code == "bad-answer"


def test_disconnect_raises_at_the_next_call(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp
) -> None:
    source.problem = error("disconnected", "“prod” was disconnected")
    with pytest.raises(KfpConnectError) as caught:
        client.list_experiments(namespace="team-a")
    assert caught.value.code == "disconnected"
    assert not kfp_api.asked


def test_why_renewing_failed_is_what_the_caller_gets(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp
) -> None:
    kfp_api.respond = lambda asked: UNAUTHORIZED
    source.next = error("wrong-password", "the password is not taken any more")
    with pytest.raises(SignInNeeded) as caught:
        client.list_experiments()
    assert caught.value.code == "wrong-password"


def test_waiting_for_a_run_does_not_spin_when_the_session_is_over(
    client: KubeflowClient, kfp_api: FakeKfp
) -> None:
    def respond(asked: Asked) -> Answer:
        done = len(kfp_api.asked) > 1
        return UNAUTHORIZED if done else Answer.json({"run_id": "r", "state": "RUNNING"})

    kfp_api.respond = respond
    with pytest.raises(SignInNeeded):
        client.wait_for_run_completion("r", timeout=60, sleep_duration=0)
    assert len(kfp_api.asked) == 3


def test_waiting_for_a_run_goes_on_over_a_renewal(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp
) -> None:
    source.next = make_lease(kfp_api.host, headers=NEW, generation=2)

    def respond(asked: Asked) -> Answer:
        if asked.credential != NEW["Cookie"] and len(kfp_api.asked) > 1:
            return UNAUTHORIZED
        state = "SUCCEEDED" if len(kfp_api.asked) > 3 else "RUNNING"
        return Answer.json({"run_id": "r", "state": state})

    kfp_api.respond = respond
    run = client.wait_for_run_completion("r", timeout=60, sleep_duration=0)
    assert run.state == "SUCCEEDED"


def test_threads_that_find_the_session_over_all_go_on(
    client: KubeflowClient, source: FakeSource, kfp_api: FakeKfp
) -> None:
    renewed(source, kfp_api, UNAUTHORIZED)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.list_experiments(), range(40)))
    assert len(answers) == 40
    assert all(answer is not None for answer in answers)


def test_a_streamed_answer_stays_unread(client: KubeflowClient, kfp_api: FakeKfp) -> None:
    kfp_api.respond = lambda asked: Answer(200, b'{"data": "x"}')
    answer = client._run_api.run_service_get_run(run_id="r", _preload_content=False)
    assert answer.read() == b'{"data": "x"}'


def test_a_streamed_sign_in_page_is_no_answer(client: KubeflowClient, kfp_api: FakeKfp) -> None:
    kfp_api.respond = lambda asked: Answer.page()
    with pytest.raises(SignInNeeded):
        client._run_api.run_service_get_run(run_id="r", _preload_content=False)
