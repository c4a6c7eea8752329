"""``%kfp_connect`` in a kernel that connects in its own process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions

from ..sandbox.running import RunningSandbox
from .fake_broker import NO_CONNECTIONS, FakeBroker
from .fake_kfp import Answer, Asked, FakeKfp
from .real_kernel import LOAD, Kernel, running_kernel


def test_host_connects_in_this_process(
    lent: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    kfp_api.respond = standalone
    outcome = notebook.run(f"%kfp_connect --host {kfp_api.host}")
    assert outcome.reply["status"] == "ok", outcome.text
    assert kfp_api.host in outcome.text
    assert not lent.bodies("/lease")
    assert "In the notebook: ok, live" in notebook.run("%kfp_connect --status").text
    assert "is disconnected" in notebook.run("%kfp_connect --disconnect").text
    outcome = notebook.run("kfp_client.list_experiments()")
    assert "[disconnected]" in outcome.text


def test_a_host_is_refused_where_the_administrator_allows_no_others(
    lent: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    policy = {"locked": True, "keyring": False, "broker": True}
    lent.routes["/connections"] = lambda body: (200, NO_CONNECTIONS | {"policy": policy})
    outcome = notebook.run(f"%kfp_connect --host {kfp_api.host}")
    assert "[locked]" in outcome.text
    assert not kfp_api.asked


def test_host_never_gets_a_stored_credential_nor_a_password_form(
    lent: FakeBroker, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    kfp_api.respond = lambda asked: Answer.json({}, 401)
    fields = {"name": "prod", "id": "id-of-prod", "host": "https://kf.example.com", "auth": "auto"}
    known = {"connections": [fields], "default": "prod", "policy": {"locked": False}}
    lent.routes["/connections"] = lambda body: (200, known)
    outcome = notebook.run(f"%kfp_connect prod --host {kfp_api.host}", answers=("never", "asked"))
    assert outcome.reply["status"] == "error"
    assert not outcome.kinds("input_request")
    assert all(asked.credential is None for asked in kfp_api.asked)


def test_without_a_server_a_file_names_the_connections(
    isolated_environ: Path, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    kfp_api.respond = standalone
    store(isolated_environ, kfp_api.host)
    outcome = notebook.run("%kfp_connect mine\nprint(repr(kfp_client))")
    assert "KubeflowClient: mine" in outcome.text
    assert "Signed in: not needed" in notebook.run("%kfp_connect --status").text


def test_a_kernel_on_its_own_says_which_session_it_could_not_take_over_and_why(
    isolated_environ: Path, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    kfp_api.respond = standalone
    store(isolated_environ, kfp_api.host)
    outcome = notebook.run("%kfp_connect mine")
    [shown] = outcome.kinds("display_data")
    for form in shown["data"].values():
        assert "cannot take over the session of “mine” from JupyterLab" in form
        assert "no Jupyter server here" in form


def test_a_server_out_of_reach_is_named_where_its_session_would_have_helped(
    broker: FakeBroker, notebook: Kernel
) -> None:
    broker.description.unlink()
    outcome = notebook.run("%kfp_connect prod")
    assert "[unknown-connection]" in outcome.text
    assert "cannot take over the session of “prod”" in outcome.text
    assert "does not answer from here" in outcome.text


def test_host_needs_no_session_and_speaks_of_none(kfp_api: FakeKfp, notebook: Kernel) -> None:
    kfp_api.respond = standalone
    assert "take over" not in notebook.run(f"%kfp_connect --host {kfp_api.host}").text


def test_an_unknown_connection_names_the_known_ones(
    isolated_environ: Path, kfp_api: FakeKfp, notebook: Kernel
) -> None:
    store(isolated_environ, kfp_api.host)
    outcome = notebook.run("%kfp_connect other")
    assert "[unknown-connection]" in outcome.text
    assert "mine" in outcome.text


def test_a_mounted_token_needs_nothing_typed(tmp_path: Path, kfp_api: FakeKfp) -> None:
    token = tmp_path / "token"
    token.write_text("first", encoding="ascii")
    environ = {"KF_PIPELINES_ENDPOINT": kfp_api.host, "KF_PIPELINES_SA_TOKEN_PATH": str(token)}
    kfp_api.respond = lambda asked: multi_user(asked)
    with running_kernel(environ) as bare:
        bare.run(LOAD)
        outcome = bare.run("%kfp_connect -n team-a\nkfp_client.list_experiments()")
        assert outcome.reply["status"] == "ok", outcome.text
        token.write_text("second\n", encoding="ascii")
        bare.run("kfp_client.list_experiments()")
    # Not by the last ones of all: looking around does not wait for an answer that is late.
    calls = [asked.credential for asked in kfp_api.asked if "/experiments" in asked.path]
    assert calls[-2:] == ["Bearer first", "Bearer second"]


@pytest.fixture
def kubeflow(isolated_environ: Path) -> Iterator[str]:
    """A Kubeflow look-alike that a file calls mine, and its host."""
    with RunningSandbox(SandboxOptions()) as running:
        store(isolated_environ, running.sandbox.host)
        yield running.sandbox.host


def test_without_a_server_the_notebook_asks_for_the_password(
    kubeflow: str, notebook: Kernel
) -> None:
    outcome = notebook.run("%kfp_connect mine", answers=("user@example.com", "12341234"))
    assert outcome.reply["status"] == "ok", outcome.text
    asked = outcome.kinds("input_request")
    assert [request["password"] for request in asked] == [False, True]
    assert all(kubeflow in request["prompt"] for request in asked)
    assert "kubeflow-user-example-com" in outcome.text
    assert "12341234" not in notebook.run("%history -g").text
    assert "Signed in: ok" in notebook.run("%kfp_connect --refresh").text


@pytest.mark.parametrize("line", ["%kfp_connect mine --no-wait", "%kfp_connect mine"])
def test_where_nobody_can_be_asked_the_sign_in_is_named(
    kubeflow: str, notebook: Kernel, line: str
) -> None:
    answers = ("never", "asked") if "--no-wait" in line else ()
    outcome = notebook.run(line, answers=answers)
    assert outcome.reply["ename"] == "SignInNeeded"
    assert not outcome.kinds("input_request")


def test_a_refused_password_is_asked_for_once(kubeflow: str, notebook: Kernel) -> None:
    outcome = notebook.run("%kfp_connect mine", answers=("user@example.com", "wrong", "never"))
    assert "[wrong-password]" in outcome.text
    assert len(outcome.kinds("input_request")) == 2


def standalone(asked: Asked) -> Answer:
    if asked.path.endswith("/healthz"):
        return Answer.json({"multi_user": False, "tag_name": "2.16.0"})
    return Answer.json({})


def multi_user(asked: Asked) -> Answer:
    if asked.path.endswith("/healthz"):
        return Answer.json({"multi_user": True, "tag_name": "2.16.0"})
    return Answer.json({}, 200 if asked.credential else 401)


def store(home: Path, host: str) -> None:
    path = home / ".jupyter" / "kfp_connect.json"
    data = {"version": 1, "connections": {"mine": {"host": host}, "other-one": {"host": host}}}
    path.write_text(json.dumps(data), encoding="utf-8")
