"""The sandbox's API answers as KFP's API server does: a test for each recording it claims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
import yaml

from jupyter_kfp_connect.sandbox.options import USER_NAMESPACE

from .conftest import StartSandbox
from .running import RunningSandbox
from .shapes import names, recording, shape

API = "/apis/v2beta1"
SPEC = recording("kfp-list-pipeline-versions")["response"]["body"]["pipeline_versions"][0][
    "pipeline_spec"
]


class Scene:
    """A multi-user and a single-user API server, with the little that the recordings need."""

    def __init__(self, start: StartSandbox) -> None:
        self.many: RunningSandbox = start(api_only=True)
        self.single: RunningSandbox = start(api_only=True, single_user=True)
        self.user = self.many.as_user()

    def replay(self, name: str) -> requests.Response:
        """Make the recorded request as it stands."""
        request = recording(name)["request"]
        return self.user.call(request["method"], request["path"])

    def replay_with_token(self, name: str, token: str) -> requests.Response:
        """Make the recorded request with a token."""
        return self.many.with_token(token).get(recording(name)["request"]["path"])

    def experiment(self) -> requests.Response:
        """Create the recorded experiment."""
        body = {"display_name": "recorded", "namespace": USER_NAMESPACE}
        return self.user.post(f"{API}/experiments", json=body)

    def upload(self) -> requests.Response:
        """Upload the recorded pipeline."""
        return self.user.post(
            recording("kfp-upload-pipeline")["request"]["path"],
            files={"uploadfile": ("hello.yaml", yaml.safe_dump(SPEC))},
        )

    def run(self) -> requests.Response:
        """Create the recorded run."""
        pipeline_id = self.upload().json()["pipeline_id"]
        versions = self.user.get(f"{API}/pipelines/{pipeline_id}/versions").json()
        version_id = versions["pipeline_versions"][0]["pipeline_version_id"]
        return self.user.post(
            f"{API}/runs",
            json={
                "display_name": "run 1",
                "experiment_id": self.experiment().json()["experiment_id"],
                "pipeline_version_reference": {
                    "pipeline_id": pipeline_id,
                    "pipeline_version_id": version_id,
                },
            },
        )


def _create_again(scene: Scene) -> requests.Response:
    scene.experiment()
    return scene.experiment()


def _get_run(scene: Scene) -> requests.Response:
    return scene.user.get(f"{API}/runs/{scene.run().json()['run_id']}")


def _list_experiments(scene: Scene) -> requests.Response:
    scene.experiment()
    return scene.replay("kfp-list-experiments")


def _list_runs(scene: Scene) -> requests.Response:
    scene.run()
    return scene.replay("kfp-list-runs")


def _list_versions(scene: Scene) -> requests.Response:
    return scene.user.get(f"{API}/pipelines/{scene.upload().json()['pipeline_id']}/versions")


def _terminate(scene: Scene) -> requests.Response:
    return scene.user.post(f"{API}/runs/{scene.run().json()['run_id']}:terminate")


def _upload_bad(scene: Scene) -> requests.Response:
    path = recording("kfp-upload-pipeline-bad")["request"]["path"]
    return scene.user.post(path, files={"uploadfile": ("bad.yaml", "no: pipeline\n")})


def _revoked(scene: Scene) -> requests.Response:
    token = scene.many.sandbox.issue_token(service_account="gone")
    scene.many.sandbox.cluster.tokens.delete_service_account(USER_NAMESPACE, "gone")
    return scene.replay_with_token("kfp-token-revoked", token)


def _wrong_audience(scene: Scene) -> requests.Response:
    token = scene.many.sandbox.issue_token(audience="https://kubernetes.default.svc")
    return scene.replay_with_token("kfp-token-wrong-audience", token)


def _denied(scene: Scene) -> requests.Response:
    token = scene.many.sandbox.issue_token("namespace-2")
    return scene.replay_with_token("kfp-token-rbac-denied", token)


def _single(name: str) -> Callable[[Scene], requests.Response]:
    path = recording(name)["request"]["path"]
    return lambda scene: scene.single.api().get(path)


def _anonymous(name: str) -> Callable[[Scene], requests.Response]:
    path = recording(name)["request"]["path"]
    return lambda scene: scene.many.api().get(path)


def _plain(name: str) -> Callable[[Scene], requests.Response]:
    return lambda scene: scene.replay(name)


CLAIMED: dict[str, Callable[[Scene], requests.Response]] = {
    "kfp-create-experiment": Scene.experiment,
    "kfp-create-experiment-again": _create_again,
    "kfp-create-run": Scene.run,
    "kfp-get-experiment-missing": _plain("kfp-get-experiment-missing"),
    "kfp-get-run": _get_run,
    "kfp-healthz-multi-user": _anonymous("kfp-healthz-multi-user"),
    "kfp-healthz-single-user": _single("kfp-healthz-single-user"),
    "kfp-list-experiments": _list_experiments,
    "kfp-list-experiments-empty": _plain("kfp-list-experiments-empty"),
    "kfp-list-no-credentials": _anonymous("kfp-list-no-credentials"),
    "kfp-list-no-namespace": _plain("kfp-list-no-namespace"),
    "kfp-list-pipeline-versions": _list_versions,
    "kfp-list-pipelines-shared": _plain("kfp-list-pipelines-shared"),
    "kfp-list-runs": _list_runs,
    "kfp-list-runs-empty": _plain("kfp-list-runs-empty"),
    "kfp-root": _plain("kfp-root"),
    "kfp-single-user-list": _single("kfp-single-user-list"),
    "kfp-single-user-with-namespace": _single("kfp-single-user-with-namespace"),
    "kfp-terminate-run": _terminate,
    "kfp-token-garbage": lambda scene: scene.replay_with_token("kfp-token-garbage", "garbage"),
    "kfp-token-rbac-denied": _denied,
    "kfp-token-revoked": _revoked,
    "kfp-token-wrong-audience": _wrong_audience,
    "kfp-unknown-path": _plain("kfp-unknown-path"),
    "kfp-upload-pipeline": Scene.upload,
    "kfp-upload-pipeline-bad": _upload_bad,
}


def test_every_recording_of_kfp_is_claimed() -> None:
    assert [name for name in names() if name.startswith("kfp-")] == sorted(CLAIMED)


@pytest.mark.parametrize("name", sorted(CLAIMED))
def test_a_client_meets_the_recorded_answer(name: str, start_sandbox: StartSandbox) -> None:
    recorded = recording(name)["response"]
    response = CLAIMED[name](Scene(start_sandbox))

    assert response.status_code == recorded["status"]
    for header, value in recorded["headers"].items():
        assert response.headers[header] == value
    body: Any = recorded["body"]
    if isinstance(body, str):
        assert response.text == body
    elif response.ok:
        assert shape(response.json()) == shape(body)
        assert list(response.json()) == list(body)
    else:
        assert response.json() == body
    assert response.headers["Kubeflow-Sandbox"]


def test_the_recorded_pipeline_comes_back_whole(start_sandbox: StartSandbox) -> None:
    version = _list_versions(Scene(start_sandbox)).json()["pipeline_versions"][0]
    assert version["pipeline_spec"] == SPEC
