"""Rights, namespaces and the kernel's own kfp: who may do what where, and who mends it."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kfp
import kfp_server_api
import pytest
import yaml

from jupyter_kfp_connect import connect
from jupyter_kfp_connect.core.errors import NotAuthorized, NotInNotebook
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.core.network_rules import PORT_FORWARDS
from jupyter_kfp_connect.kernel.client import KubeflowClient
from jupyter_kfp_connect.kernel.sdk import check_sdk
from tests.core.answers import HOST, as_json, healthz, recorded
from tests.core.climbing import Ascent
from tests.core.fakes import Transport, connection, given, jwt
from tests.kernel.fake_kfp import Answer as KfpAnswer
from tests.kernel.fake_kfp import FakeKfp, running_kfp
from tests.kernel.fake_source import FakeSource, make_lease

from .catalogued import ENV_INFO, HEALTHZ, LIST, climb, rung, shows, told

DENIED = (
    "User '{user}' is not authorized with reason: (request: &ResourceAttributes{{Namespace:team-b,"
    "Verb:list,Group:pipelines.kubeflow.org,Version:v1beta1,Resource:experiments,Subresource:,Name:"
    ",}})"
)
MESH = Answer(403, HEALTHZ, [("content-type", "text/plain")], b"RBAC: access denied")
ONE_USER = "In single-user mode, ListExperiment cannot filter by namespace."


@pytest.fixture
def api() -> Iterator[FakeKfp]:
    with running_kfp() as fake:
        yield fake


def client(api: FakeKfp, **lease: Any) -> KubeflowClient:
    """Return a kernel's client of a fake KFP."""
    return KubeflowClient(FakeSource(make_lease(api.host, **lease)))


@shows("no-role-binding")
def test_a_service_account_s_403_comes_with_the_role_binding_to_apply() -> None:
    user = "system:serviceaccount:team-a:default-editor"
    denied = as_json(LIST, {"message": DENIED.format(user=user)}, 403)
    ascent = climb({HEALTHZ: healthz(), LIST: denied}, given(token=jwt()), namespace="team-b")
    problem = told(rung(ascent, "authorized"), "no-role-binding", copy="kind: RoleBinding")
    assert problem.message == "team-a/default-editor may not list experiments in team-b"
    assert problem.actor == "namespace owner"
    binding = yaml.safe_load(problem.remedy_copy or "")
    assert binding["metadata"]["namespace"] == "team-b"
    assert binding["subjects"][0]["namespace"] == "team-a"


@shows("no-role-binding")
def test_a_person_s_403_names_the_contributors_of_the_profile(api: FakeKfp) -> None:
    body = {"message": DENIED.format(user="jane@example.com")}
    api.respond = lambda asked: KfpAnswer.json(body, 403)
    with pytest.raises(NotAuthorized) as caught:
        client(api).list_experiments(namespace="team-b")
    problem = told(caught.value, "no-role-binding")
    assert isinstance(problem, kfp_server_api.ApiException)
    assert "adds jane@example.com as a contributor" in problem.remedy


@shows("no-role-binding")
def test_the_recorded_403_names_the_namespace_and_who_acts() -> None:
    replies = {HEALTHZ: healthz(), LIST: recorded("kfp-token-rbac-denied", LIST)}
    problem = rung(climb(replies, given(token=jwt())), "authorized")
    assert problem.code == "forbidden"
    assert problem.actor == "namespace owner"


@shows("refused-by-mesh")
def test_rbac_access_denied_is_the_mesh_s_and_depends_on_whether_a_token_was_sent() -> None:
    with_token = climb({HEALTHZ: MESH}, given(token=jwt())).failed("forbidden-by-mesh")
    told(with_token, "refused-by-mesh", copy="http://ml-pipeline.kubeflow:8888")
    assert with_token.actor == "administrator"
    without = told(climb({HEALTHZ: MESH}).failed("forbidden-by-mesh"), "refused-by-mesh")
    assert without.actor == "you"
    assert "Mount a token" in without.remedy


@shows("gateway-passed-by")
@pytest.mark.parametrize("status", [401, 500])
def test_no_user_identity_header_means_that_the_gateway_has_to_be_forwarded(status: int) -> None:
    seen = recorded("kfp-list-no-credentials", LIST)
    reply = Answer(status, LIST, seen.headers, seen.body)  # older KFPs answer 500
    problem = climb({HEALTHZ: healthz(), LIST: reply}).failed("gateway-bypassed")
    told(problem, "gateway-passed-by", copy=PORT_FORWARDS[8080])
    assert "http://localhost:8080/pipeline" in problem.remedy


@shows("gateway-passed-by")
def test_a_cookie_is_not_copied_for_ever_where_no_gateway_reads_it() -> None:
    replies = {HEALTHZ: healthz(), LIST: recorded("kfp-list-no-credentials", LIST)}
    problem = climb(replies, given(cookies="s=1")).failed("gateway-bypassed")
    told(problem, "gateway-passed-by", copy=PORT_FORWARDS[8080])


@shows("no-namespace")
def test_an_install_with_users_asks_which_namespace_and_names_them(api: FakeKfp) -> None:
    spaces = [{"namespace": name, "role": "contributor"} for name in ("team-a", "team-b")]
    replies = {
        HEALTHZ: healthz(),
        LIST: recorded("kfp-list-no-namespace", LIST),
        ENV_INFO: as_json(ENV_INFO, {"user": "me", "namespaces": spaces}),
    }
    problem = told(rung(climb(replies, given(cookies="s=1")), "authorized"), "no-namespace")
    assert "team-a, team-b" in problem.message
    seen = recorded("kfp-list-no-namespace")
    api.respond = lambda asked: KfpAnswer(seen.status, seen.body)
    with pytest.raises(NotAuthorized) as caught:
        client(api, namespace=None).list_experiments()
    assert told(caught.value, "no-namespace").code == "namespace-needed"


@shows("no-namespace")
def test_an_install_without_users_is_sent_no_namespace_of_a_connection() -> None:
    replies = {HEALTHZ: healthz(users=False)}
    lease = climb(replies, namespace="team-a").connected().lease()
    assert lease.namespace is None
    # One of today ignores it (recording), an older one refuses it: see the next test.
    assert recorded("kfp-single-user-with-namespace").status == 200


@shows("no-namespace")
def test_an_older_install_that_refuses_a_namespace_is_told_so(api: FakeKfp) -> None:
    api.respond = lambda asked: KfpAnswer.json({"code": 3, "message": ONE_USER}, 400)
    with pytest.raises(NotAuthorized) as caught:
        client(api, multi_user=False, namespace=None).list_experiments(namespace="team-a")
    assert told(caught.value, "no-namespace").code == "namespace-not-taken"


@shows("namespace-taken-for-the-services")
def test_a_namespace_moves_no_host(api: FakeKfp) -> None:
    made = client(api, namespace="team-x")
    made.list_experiments(namespace="team-y")
    assert made.get_user_namespace() == "team-x"
    assert [asked.path.split("?")[0] for asked in api.asked] == [
        "/pipeline/apis/v2beta1/experiments"
    ]
    ascent = Ascent(
        connection(namespace="team-x"),
        given(token=jwt()),
        transport=Transport(
            {HEALTHZ: healthz(), LIST: recorded("kfp-list-experiments-empty", LIST)}
        ),
    )
    assert ascent.connected().lease().host == HOST


@shows("context-file-unwritable")
def test_a_home_that_takes_no_file_keeps_nobody_from_a_namespace(
    api: FakeKfp, isolated_environ: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file in the folder's place: nothing can be written there, not even by root.
    (isolated_environ / ".config").rmdir()
    (isolated_environ / ".config").write_text("")
    # kfp looks for the home when it is imported, which another test may have done.
    context = str(isolated_environ / ".config/kfp/context.json")
    monkeypatch.setattr(kfp.Client, "_LOCAL_KFP_CONTEXT", context)
    with pytest.raises(OSError, match=r"\.config"):
        kfp.Client(host=api.host, namespace="team-a").set_user_namespace("team-a")
    made = client(api)
    made.list_experiments()
    assert made.get_user_namespace() == "team-a"
    assert "namespace=team-a" in api.asked[-1].path
    with pytest.warns(UserWarning, match=r"This client works in team-z .* cannot be written"):
        made.set_user_namespace("team-z")
    made.list_experiments()
    assert made.get_user_namespace() == "team-z"
    assert "namespace=team-z" in api.asked[-1].path
    assert os.listdir(isolated_environ).count(".config") == 1


@shows("sdk-missing-or-old")
@pytest.mark.parametrize(
    ("found", "code", "words"),
    [(None, "sdk-missing", "has no kfp"), ("1.8.22", "sdk-too-old", "kfp 1.8.22, and 2.17")],
)
def test_a_kernel_without_a_kfp_that_serves_gets_the_line_for_its_own_python(
    monkeypatch: pytest.MonkeyPatch, found: str | None, code: str, words: str
) -> None:
    def version(name: str) -> str:
        if found is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr("jupyter_kfp_connect.kernel.sdk.version", version)
    with pytest.raises(NotInNotebook) as caught:
        check_sdk()
    problem = told(caught.value, "sdk-missing-or-old", copy="-m pip install 'kfp>=2.17,<3'")
    assert problem.code == code
    assert words in problem.message
    assert sys.executable in (problem.remedy_copy or "")


@shows("sdk-missing-or-old")
def test_connect_says_that_the_kfp_there_is_too_old(
    api: FakeKfp, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.respond = lambda asked: KfpAnswer.json({"multi_user": False})
    monkeypatch.setattr(kfp, "__version__", "1.8.22")
    with pytest.raises(NotInNotebook, match=r"has kfp 1\.8\.22") as caught:
        connect(host=api.host)
    told(caught.value, "sdk-missing-or-old", copy=sys.executable)
