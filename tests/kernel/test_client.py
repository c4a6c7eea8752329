"""What a client is: a ``kfp.Client`` that reads nothing it should not, and shows no secret."""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import kfp
import pytest

from jupyter_kfp_connect.core.errors import KfpConnectError, error
from jupyter_kfp_connect.kernel.client import KubeflowClient

from .fake_kfp import Answer, FakeKfp
from .fake_source import FakeSource, make_lease
from .tracebacks import verbose

SECRET = "session-1"


@pytest.fixture
def context_file(isolated_environ: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file as an earlier ``kfp.Client`` may have left it, for another host."""
    path = isolated_environ / ".config" / "kfp" / "context.json"
    path.parent.mkdir(parents=True)
    kept = {
        "namespace": "elsewhere",
        "client_authentication_cookie": "theirs=1",
        "client_authentication_header_name": "X-Theirs",
        "client_authentication_header_value": "1",
    }
    path.write_text(json.dumps(kept), encoding="utf-8")
    monkeypatch.setattr(kfp.Client, "_LOCAL_KFP_CONTEXT", str(path))
    return path


def test_it_is_a_kfp_client(source: FakeSource) -> None:
    assert isinstance(KubeflowClient(source), kfp.Client)


def test_making_one_asks_nobody_and_warns_of_nothing(source: FakeSource, kfp_api: FakeKfp) -> None:
    source.now = make_lease(kfp_api.host, namespace=None, multi_user=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        KubeflowClient(source)
    assert not kfp_api.asked


@pytest.mark.parametrize("namespace", ["team-a", "kubeflow"])
def test_calls_without_a_namespace_use_the_connection_s(
    source: FakeSource, kfp_api: FakeKfp, namespace: str
) -> None:
    client = KubeflowClient(source)
    source.now = make_lease(kfp_api.host, namespace=namespace)
    client.list_experiments()
    assert f"namespace={namespace}" in kfp_api.asked[0].path


def test_a_standalone_install_has_no_namespace(source: FakeSource, kfp_api: FakeKfp) -> None:
    source.now = make_lease(kfp_api.host, namespace=None, headers={}, way="none")
    client = KubeflowClient(source)
    client.list_experiments()
    assert client.get_user_namespace() == ""
    assert kfp_api.asked[0].path.endswith("namespace=")


def test_the_context_file_of_kfp_lends_neither_cookie_nor_namespace(
    context_file: Path, source: FakeSource, kfp_api: FakeKfp
) -> None:
    KubeflowClient(source).list_experiments()
    [asked] = kfp_api.asked
    assert "theirs" not in asked.headers["Cookie"]
    assert "X-Theirs" not in asked.headers
    assert "namespace=team-a" in asked.path


def test_a_broken_context_file_does_no_harm(context_file: Path, source: FakeSource) -> None:
    context_file.write_text("{", encoding="utf-8")
    KubeflowClient(source)


@pytest.mark.parametrize("given", ["Team A", "team/a", "-team", 7])
def test_a_namespace_that_is_none_is_refused_where_it_is_set_and_the_one_before_stays(
    context_file: Path, source: FakeSource, given: Any
) -> None:
    client = KubeflowClient(source)
    client.set_user_namespace("team-b")
    with pytest.raises(KfpConnectError, match="namespace: ") as caught:
        client.set_user_namespace(given)
    assert (caught.value.code, caught.value.actor) == ("bad-request", "you")
    assert client.get_user_namespace() == "team-b"
    assert json.loads(context_file.read_text(encoding="utf-8"))["namespace"] == "team-b"


def test_set_user_namespace_serves_here_and_keeps_what_the_file_held(
    context_file: Path, source: FakeSource, kfp_api: FakeKfp
) -> None:
    client = KubeflowClient(source)
    client.set_user_namespace("team-b")
    client.list_experiments()
    assert "namespace=team-b" in kfp_api.asked[0].path
    kept = json.loads(context_file.read_text(encoding="utf-8"))
    assert kept["namespace"] == "team-b"
    assert kept["client_authentication_cookie"] == "theirs=1"


def test_kfp_s_own_variables_move_nothing(
    source: FakeSource, kfp_api: FakeKfp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", "http://elsewhere.invalid")
    monkeypatch.setenv("KF_PIPELINES_UI_ENDPOINT", "http://elsewhere.invalid")
    monkeypatch.setenv("KF_PIPELINES_IAP_OAUTH2_CLIENT_ID", "iap")
    client = KubeflowClient(source)
    client.list_experiments()
    assert client._get_url_prefix() == kfp_api.host
    assert len(kfp_api.asked) == 1


@pytest.mark.parametrize(
    ("ui_url", "prefix"),
    [
        ("https://kf.example.com/_/pipeline/?ns=team-a", "https://kf.example.com/_/pipeline"),
        ("http://localhost:3000/#/experiments", "http://localhost:3000"),
    ],
)
def test_links_lead_to_the_pipelines_ui(
    source: FakeSource, kfp_api: FakeKfp, ui_url: str, prefix: str
) -> None:
    source.now = make_lease(kfp_api.host, ui_url=ui_url)
    assert KubeflowClient(source)._get_url_prefix() == prefix


def test_a_refresh_by_kfp_does_not_break_the_client(source: FakeSource, kfp_api: FakeKfp) -> None:
    client = KubeflowClient(source)
    client._refresh_api_client_token()
    client.list_experiments()
    assert kfp_api.asked[0].headers["Cookie"] == f"oauth2_proxy_kubeflow={SECRET}"


def test_repr_says_as_whom_and_where(source: FakeSource) -> None:
    client = KubeflowClient(source)
    assert repr(client) == "KubeflowClient: prod · team-a · jane@example.com"
    source.problem = error("disconnected", "“prod” was disconnected")
    assert repr(client) == "KubeflowClient: “prod” was disconnected [disconnected]"


def test_a_cell_shows_what_is_typed_by_others_as_text(source: FakeSource, kfp_api: FakeKfp) -> None:
    source.now = make_lease(kfp_api.host, namespace="<script>", ui_url="https://kf/?a=%22'\">")
    bundle = KubeflowClient(source)._repr_mimebundle_()
    assert "<script>" not in bundle["text/html"]
    assert "'\">" not in bundle["text/html"]
    assert "prod · <script> · jane@example.com" in bundle["text/plain"]


def test_a_script_is_no_link(source: FakeSource, kfp_api: FakeKfp) -> None:
    source.now = make_lease(kfp_api.host, ui_url="javascript:alert(1)")
    assert "javascript" not in KubeflowClient(source)._repr_mimebundle_()["text/html"]


def test_the_secret_is_in_nothing_that_is_shown(source: FakeSource, kfp_api: FakeKfp) -> None:
    client = KubeflowClient(source)
    client.list_experiments()
    api_client = client._run_api.api_client
    shown = [
        repr(client),
        repr(client._repr_mimebundle_()),
        repr(vars(client)),
        repr(vars(api_client)),
        repr(vars(api_client.rest_client)),
        repr(vars(api_client.rest_client.pool_manager)),
        repr(vars(api_client.configuration)),
        repr(vars(api_client.last_response)),
    ]
    assert not any(SECRET in text for text in shown)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer.page(), id="sign-in page"),
        pytest.param(Answer.json({}, 403), id="403"),
        pytest.param(Answer.json({}, 404), id="404"),
    ],
)
def test_a_verbose_traceback_shows_no_secret(
    source: FakeSource, kfp_api: FakeKfp, answer: Answer
) -> None:
    kfp_api.respond = lambda asked: answer
    assert SECRET not in verbose_traceback(KubeflowClient(source))


def test_a_verbose_traceback_of_a_network_error_shows_no_secret(source: FakeSource) -> None:
    source.now = make_lease("http://kfp.invalid")
    assert SECRET not in verbose_traceback(KubeflowClient(source))


def test_a_verbose_traceback_of_an_interrupt_shows_no_secret(
    source: FakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    client = KubeflowClient(source)
    monkeypatch.setattr("urllib3.connection.HTTPConnection.getresponse", interrupted)
    shown = verbose_traceback(client)
    assert "KeyboardInterrupt" in shown
    assert SECRET not in shown


def verbose_traceback(client: KubeflowClient) -> str:
    """Return what ``%xmode Verbose`` would show of a call that fails."""
    try:
        client.list_experiments()
    except BaseException as problem:
        shown = verbose(problem)
        assert "list_experiments" in shown
        return shown
    raise AssertionError("the call did not fail")


@pytest.mark.parametrize("work", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_session_is_not_written_anywhere(source: FakeSource, work: object) -> None:
    assert callable(work)
    with pytest.raises(TypeError, match="cannot be pickled"):
        work(KubeflowClient(source))


def test_skipped_verification_warns_once(kfp_api: FakeKfp) -> None:
    host = "https://kubeflow.example.com"
    with pytest.warns(UserWarning, match=r"kubeflow\.example\.com is not verified") as caught:
        KubeflowClient(FakeSource(make_lease(host, verify_ssl=False)))
    assert len(caught) == 1
    assert caught[0].filename == __file__  # the line that asked for it, not one of ours


def test_calls_go_to_the_lease_s_host_when_the_connection_was_edited(
    source: FakeSource, kfp_api: FakeKfp
) -> None:
    client = KubeflowClient(source)
    source.now = make_lease(kfp_api.host.replace("/pipeline", "/elsewhere"))
    client.list_experiments()
    assert kfp_api.asked[0].path.startswith("/elsewhere/apis/v2beta1/experiments")


def test_another_host_gets_no_credential(source: FakeSource, kfp_api: FakeKfp) -> None:
    client = KubeflowClient(source)
    with pytest.raises(KfpConnectError) as caught:
        client._run_api.api_client.rest_client.GET(kfp_api.host + ".example.com/apis/x")
    assert caught.value.code == "bad-request"
    assert not kfp_api.asked
