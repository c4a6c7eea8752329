"""Where an API server is asked, its word on tokens and rights is what KFP answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.__main__ import main, options_of, parser
from jupyter_kfp_connect.sandbox.options import ApiServer

from .running import RunningSandbox
from .shapes import recording

EXPERIMENTS = "/apis/v2beta1/experiments"
NAMESPACE = "kubeflow-user-example-com"
ACCOUNT = "system:serviceaccount:namespace-2:default-editor"
KNOWN = {
    "authenticated": True,
    "user": {"username": ACCOUNT},
    "audiences": ["pipelines.kubeflow.org"],
}
COMPLAINTS = {
    "kfp-token-garbage": "invalid bearer token",
    "kfp-token-revoked": '[invalid bearer token, serviceaccounts "gone" not found]',
    "kfp-token-wrong-audience": "[invalid bearer token, token audiences "
    '["https://kubernetes.default.svc"] is invalid for the target audiences '
    '["pipelines.kubeflow.org"]]',
}


class StandIn:
    """Answers every review with the status it was told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict[str, Any]]] = []
        self.tokens: dict[str, Any] = KNOWN
        self.rights: dict[str, Any] = {"allowed": True}
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stand_in.asked.append((self.path, self.headers["Authorization"], body))
                is_token = body["kind"] == "TokenReview"
                status = stand_in.tokens if is_token else stand_in.rights
                answer = json.dumps({**body, "status": status}).encode()
                self.send_response(201)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments: Any) -> None:
                """Print nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def api_server() -> Iterator[StandIn]:
    stand_in = StandIn()
    thread = threading.Thread(target=stand_in.server.serve_forever, args=(0.01,))
    thread.start()
    yield stand_in
    stand_in.server.shutdown()
    thread.join()
    stand_in.server.server_close()


@pytest.fixture
def kfp(api_server: StandIn, tmp_path: Path) -> Iterator[RunningSandbox]:
    token_file = tmp_path / "token"
    token_file.write_text("of-kfp\n")
    url = f"http://127.0.0.1:{api_server.server.server_port}"
    options = SandboxOptions(api_only=True, kubernetes=ApiServer(url, token_file))
    with RunningSandbox(options) as running:
        yield running


def test_the_token_and_the_right_are_asked_for_in_kubernetes_words(
    api_server: StandIn, kfp: RunningSandbox
) -> None:
    answer = kfp.with_token("of-a-pod").get(EXPERIMENTS, params={"namespace": NAMESPACE})
    assert answer.status_code == 200
    tokens, rights = api_server.asked
    assert tokens[:2] == ("/apis/authentication.k8s.io/v1/tokenreviews", "Bearer of-kfp")
    assert tokens[2]["spec"] == {"token": "of-a-pod", "audiences": ["pipelines.kubeflow.org"]}
    assert rights[:2] == ("/apis/authorization.k8s.io/v1/subjectaccessreviews", "Bearer of-kfp")
    assert rights[2]["spec"] == {
        "user": ACCOUNT,
        "resourceAttributes": {
            "namespace": NAMESPACE,
            "verb": "list",
            "group": "pipelines.kubeflow.org",
            "version": "v1beta1",
            "resource": "experiments",
            "name": "",
        },
    }


@pytest.mark.parametrize("name", COMPLAINTS)
def test_a_refused_token_is_answered_as_recorded(
    name: str, api_server: StandIn, kfp: RunningSandbox
) -> None:
    api_server.tokens = {"error": COMPLAINTS[name]}
    recorded = recording(name)
    answer = kfp.with_token("bad").get(recorded["request"]["path"])
    assert answer.status_code == recorded["response"]["status"]
    assert answer.json() == recorded["response"]["body"]
    challenge = recorded["response"]["headers"]["www-authenticate"]
    assert answer.headers["WWW-Authenticate"] == challenge


def test_a_missing_right_is_answered_as_recorded(api_server: StandIn, kfp: RunningSandbox) -> None:
    api_server.rights = {"allowed": False}
    recorded = recording("kfp-token-rbac-denied")
    answer = kfp.with_token("good").get(recorded["request"]["path"])
    assert answer.status_code == recorded["response"]["status"]
    assert answer.json() == recorded["response"]["body"]


def test_a_token_of_a_server_without_audiences_is_not_taken(
    api_server: StandIn, kfp: RunningSandbox
) -> None:
    api_server.tokens = {**KNOWN, "audiences": []}
    answer = kfp.with_token("good").get(EXPERIMENTS, params={"namespace": NAMESPACE})
    assert answer.status_code == 401


def test_without_the_api_server_nobody_gets_in(
    tmp_path: Path, api_server: StandIn, kfp: RunningSandbox
) -> None:
    (tmp_path / "token").unlink()
    answer = kfp.with_token("good").get(EXPERIMENTS, params={"namespace": NAMESPACE})
    assert answer.status_code == 500
    assert "Failed to create a TokenReview" in answer.json()["message"]
    assert "good" not in answer.text


@pytest.mark.parametrize("other", [{"single_user": True}, {"token_file": Path("token")}])
def test_options_that_contradict_it_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="API server"):
        SandboxOptions(kubernetes=ApiServer("https://127.0.0.1", Path("token")), **other)


def test_the_command_line_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://127.0.0.1:6443"
    given = ["--api-only", "--kubernetes", url, "--kubernetes-token-file", "token"]
    made = options_of(parser().parse_args([*given, "--kubernetes-ca-file", "ca.crt"]))
    assert made.kubernetes == ApiServer(url, Path("token"), Path("ca.crt"))
    made = options_of(parser().parse_args([*given, "--kubernetes-insecure"]))
    assert made.kubernetes == ApiServer(url, Path("token"), verify=False)
    with pytest.raises(SystemExit):
        main(["--kubernetes", url])
    assert "--kubernetes-token-file" in capsys.readouterr().err
