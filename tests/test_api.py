"""`connect` and `KFPClientManager`, as plain Python has them."""

from __future__ import annotations

import json
import ssl
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kfp
import pytest
import trustme

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.sandbox import SandboxOptions

from .kernel.fake_broker import FakeBroker, running_broker
from .kernel.fake_kfp import Answer, Asked, FakeKfp, running_kfp
from .kernel.fake_source import make_lease
from .kernel.tracebacks import verbose
from .sandbox.hello_pipeline import hello_pipeline
from .sandbox.running import RunningSandbox

USER, PASSWORD = "user@example.com", "12341234"
NAMESPACE = "kubeflow-user-example-com"


@pytest.fixture
def kubeflow() -> Iterator[str]:
    """The host of a Kubeflow look-alike with two connectors."""
    with RunningSandbox(SandboxOptions(connectors=("local", "ldap"))) as running:
        yield running.sandbox.host


@pytest.fixture
def kfp_api() -> Iterator[FakeKfp]:
    with running_kfp() as fake:
        fake.respond = standalone
        yield fake


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBroker]:
    with running_broker() as fake:
        monkeypatch.setenv("KFP_CONNECT_BROKER", str(fake.description))
        yield fake


def standalone(asked: Asked) -> Answer:
    if asked.path.endswith("/healthz"):
        return Answer.json({"multi_user": False})
    return Answer.json({})


def open_to_all(asked: Asked) -> Answer:
    """Answer as a KFP with namespaces that asks nobody who they are."""
    return Answer.json({"multi_user": True} if asked.path.endswith("/healthz") else {})


def multi_user(asked: Asked) -> Answer:
    if asked.path.endswith("/healthz"):
        return Answer.json({"multi_user": True})
    return Answer.json({}, 200 if asked.credential else 401)


def store(home: Path, **connections: dict[str, Any]) -> None:
    path = home / ".jupyter" / "kfp_connect.json"
    path.write_text(json.dumps({"version": 1, "connections": connections}), encoding="utf-8")


def test_a_user_name_and_a_password_are_enough(kubeflow: str) -> None:
    client = kfc.connect(host=kubeflow, username=USER, password=PASSWORD, connector="local")
    assert isinstance(client, kfp.Client)
    assert client.list_experiments(namespace=NAMESPACE) is not None
    assert client.list_experiments() is not None
    assert USER in repr(client)


def test_a_pipeline_runs_from_upload_to_success(tmp_path: Path) -> None:
    options = SandboxOptions(pending_seconds=0.1, running_seconds=0.1)
    with RunningSandbox(options) as running:
        client = kfc.connect(host=running.sandbox.host, username=USER, password=PASSWORD)
        package = tmp_path / "hello.yaml"
        kfp.compiler.Compiler().compile(hello_pipeline, str(package))
        client.upload_pipeline(str(package), pipeline_name="hello")
        run = client.create_run_from_pipeline_package(str(package), arguments={})
        done = client.wait_for_run_completion(run.run_id, timeout=60, sleep_duration=0.1)
    assert done.state == "SUCCEEDED"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"password": "wrong"}, "wrong-password"),
        ({"connector": "github"}, "connector-unknown"),
    ],
)
def test_what_keeps_a_sign_in_is_told(kubeflow: str, arguments: dict[str, str], code: str) -> None:
    whole: dict[str, Any] = {"username": USER, "password": PASSWORD, **arguments}
    with pytest.raises(kfc.SignInNeeded) as caught:
        kfc.connect(host=kubeflow, **whole)
    assert caught.value.code == code
    assert caught.value.remedy


def test_it_never_waits_for_a_person(kubeflow: str) -> None:
    with pytest.raises(kfc.SignInNeeded) as caught:
        kfc.connect(host=kubeflow)
    assert caught.value.code == "sign-in-needed"


def test_an_open_install_asks_for_nothing(kfp_api: FakeKfp) -> None:
    client = kfc.connect(host=kfp_api.host)
    client.list_experiments()
    assert all(asked.credential is None for asked in kfp_api.asked)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"token": "t1"}, id="token"),
        pytest.param({"token_command": [sys.executable, "-c", "print('t1')"]}, id="command"),
    ],
)
def test_a_token_is_sent_to_the_host_it_is_given_with(
    kfp_api: FakeKfp, given: dict[str, Any]
) -> None:
    kfp_api.respond = multi_user
    kfc.connect(host=kfp_api.host, namespace="team-a", **given).list_experiments()
    assert kfp_api.asked[-1].credential == "Bearer t1"


def test_a_token_file_is_read_again_at_each_use(kfp_api: FakeKfp, tmp_path: Path) -> None:
    kfp_api.respond = multi_user
    token = tmp_path / "token"
    token.write_text("t1\n", encoding="ascii")
    client = kfc.connect(host=kfp_api.host, namespace="team-a", token_file=token)
    token.write_text("t2\n", encoding="ascii")
    client.list_experiments()
    assert kfp_api.asked[-1].credential == "Bearer t2"


def test_a_program_may_name_a_file_of_the_folder_that_it_runs_in(
    kfp_api: FakeKfp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kfp_api.respond = multi_user
    (tmp_path / "token").write_text("t1\n", encoding="ascii")
    monkeypatch.chdir(tmp_path)
    client = kfc.connect(host=kfp_api.host, namespace="team-a", token_file="token")
    monkeypatch.chdir("/")
    client.list_experiments()
    assert kfp_api.asked[-1].credential == "Bearer t1"


@pytest.mark.parametrize("cookies", ["session=1; other=2", {"session": "1", "other": "2"}])
def test_cookies_of_a_browser_serve(kfp_api: FakeKfp, cookies: Any) -> None:
    kfp_api.respond = multi_user
    kfc.connect(host=kfp_api.host, namespace="team-a", cookies=cookies).list_experiments()
    assert kfp_api.asked[-1].credential == "session=1; other=2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"host": "http://a b"}, "host"),
        ({"namespace": "Team_A"}, "namespace"),
        ({"host": "http://h", "timeout": -1}, "timeout"),
        ({"host": "http://h", "timeout": "soon"}, "timeout"),
        ({"host": "http://h", "auth": "magic"}, "auth"),
        ({"host": "http://h", "token": "t", "cookies": "c=1"}, "token and cookies"),
        ({"host": "http://h", "auth": "none", "token": "t"}, "auth"),
        ({"host": "http://h", "password": ""}, "password"),
        ({"host": "http://h", "password": "p"}, "username"),
        ({"host": "http://h", "token": 1}, "token"),
        ({"host": "http://h", "verify_ssl": "no"}, "verify_ssl"),
        ({"host": "http://h", "token_command": "print token"}, "token_command"),
        ({"host": "http://h", "scopes": "openid"}, "scopes"),
    ],
)
def test_arguments_that_cannot_be_are_named(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(**arguments)
    assert caught.value.code in ("bad-request", "bad-host")
    assert caught.value.message.startswith(said)


def test_a_named_connection_comes_from_the_file(isolated_environ: Path, kfp_api: FakeKfp) -> None:
    kfp_api.respond = open_to_all
    store(isolated_environ, mine={"host": kfp_api.host, "namespace": "team-a"})
    assert repr(kfc.connect("mine")).startswith("KubeflowClient: mine · team-a")
    assert repr(kfc.connect()).startswith("KubeflowClient: mine · team-a")
    assert kfc.connect("mine", namespace="team-b").get_user_namespace() == "team-b"


def test_a_standalone_kfp_which_may_refuse_a_namespace_is_sent_none(kfp_api: FakeKfp) -> None:
    client = kfc.connect(host=kfp_api.host, namespace="team-a")
    client.list_experiments()
    assert all("team-a" not in asked.path for asked in kfp_api.asked)


def test_an_unknown_connection_is_told(isolated_environ: Path) -> None:
    store(isolated_environ, mine={"host": "http://h"})
    with pytest.raises(kfc.RequestError, match="mine") as caught:
        kfc.connect("yours")
    assert caught.value.code == "unknown-connection"


def test_beside_a_server_the_server_s_session_serves(broker: FakeBroker, kfp_api: FakeKfp) -> None:
    broker.lend(make_lease(kfp_api.host))
    client = kfc.connect("prod", timeout=42, ui_host="https://ui.example.com")
    client.list_experiments()
    assert kfp_api.asked[-1].credential == "oauth2_proxy_kubeflow=session-1"
    assert client._source.lease().timeout == 42
    assert client._get_url_prefix().startswith("https://ui.example.com/")
    assert broker.bodies("/lease")[0]["connection"] == "prod"


def test_a_host_gets_the_fields_of_a_connection_but_no_credential(
    broker: FakeBroker, kfp_api: FakeKfp, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("not-for-others", encoding="ascii")
    fields = {
        "name": "prod",
        "id": "id-of-prod",
        "host": "https://kubeflow.example.com",
        "auth": "bearer-token",
        "token_file": str(token),
        "namespace": "team-a",
    }
    broker.routes["/connections"] = lambda body: (200, {"connections": [fields], "default": "prod"})
    kfp_api.respond = open_to_all
    client = kfc.connect("prod", host=kfp_api.host)
    client.list_experiments()
    assert all(asked.credential is None for asked in kfp_api.asked)
    assert client.get_user_namespace() == "team-a"
    assert client._source.lease().connection_id != "id-of-prod"


def test_a_sign_in_that_only_a_person_can_do_points_to_the_panel(broker: FakeBroker) -> None:
    broker.refuse(error("sign-in-needed", "nobody is signed in"))
    with pytest.raises(kfc.SignInNeeded) as caught:
        kfc.connect("prod")
    assert "panel" in caught.value.remedy


def test_the_password_is_in_no_verbose_traceback(kubeflow: str) -> None:
    password = "".join(["not", "-", "mine"])
    try:
        kfc.connect(host=kubeflow, username=USER, password=password)
    except kfc.KfpConnectError as problem:
        shown = verbose(problem, skip=1)
    assert "api.py" in shown
    assert password not in shown


def test_a_private_authority_is_trusted_when_named_or_skipped_with_one_warning(
    tmp_path: Path,
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with running_kfp(tls=context) as fake:
        fake.respond = standalone
        with pytest.raises(kfc.NotReachable) as caught:
            kfc.connect(host=fake.host)
        assert caught.value.code == "tls-untrusted"
        certificate = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(certificate)
        kfc.connect(host=fake.host, ssl_ca_cert=certificate).list_experiments()
        with pytest.warns(UserWarning, match="is not verified"):
            client = kfc.connect(host=fake.host, verify_ssl=False)
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for _ in range(3):
                client.list_experiments()
        assert not warned


def test_with_several_connections_and_no_default_they_are_named(isolated_environ: Path) -> None:
    entries = {name: {"host": f"https://{name}.example.com"} for name in ("staging", "prod")}
    file = isolated_environ / ".jupyter" / "kfp_connect.json"
    file.write_text(json.dumps({"version": 1, "connections": entries}))
    with pytest.raises(kfc.RequestError) as caught:
        kfc.connect()
    assert "staging, prod" in caught.value.message
    assert "Name one" in caught.value.remedy
