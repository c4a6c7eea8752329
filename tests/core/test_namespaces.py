"""The namespace is known without asking wherever something says it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.core.proof import usual_namespace
from jupyter_kfp_connect.sandbox import SandboxOptions
from jupyter_kfp_connect.sandbox.options import PASSWORD, SHARED_NAMESPACE, USER, USER_NAMESPACE
from tests.sandbox.running import RunningSandbox

from .answers import as_json, healthz, page, recorded
from .climbing import Ascent, climb
from .fakes import ACCOUNT, Reply, Transport, connection, environment, given, jwt, pod

UI = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
HEALTHZ, LIST = f"{UI}/apis/v2beta1/healthz", f"{UI}/apis/v2beta1/experiments"


@pytest.fixture(scope="module")
def kubeflow() -> Iterator[RunningSandbox]:
    with RunningSandbox(SandboxOptions()) as running:
        yield running


@pytest.mark.parametrize(
    ("subject", "namespaces", "in_pod", "usual"),
    [
        (None, (), None, None),
        (ACCOUNT, (), None, "team-a"),
        (ACCOUNT, (), "jupyter", "team-a"),
        ("me@example.com", (("only", "viewer"),), "jupyter", "only"),
        ("me@example.com", (("mine", "owner"), ("ours", "contributor")), None, "mine"),
        ("me@example.com", (("mine", "owner"), ("ours", "contributor")), "ours", "ours"),
        ("me@example.com", (("mine", "owner"), ("ours", "contributor")), "jupyter", "mine"),
        ("me@example.com", (("one", "owner"), ("two", "owner")), None, None),
        ("me@example.com", (("one", "owner"), ("two", "owner")), "two", "two"),
        (None, (), "team-a", "team-a"),
    ],
)
def test_nobody_picks_what_can_be_known(
    subject: str | None,
    namespaces: tuple[tuple[str, str], ...],
    in_pod: str | None,
    usual: str | None,
) -> None:
    assert usual_namespace(subject, namespaces, in_pod) == usual


def ascend(root: Path, *, users: bool = True, token: str | None = None, **fields: str) -> Ascent:
    """Climb in a pod of ``team-a`` to the cluster's KFP."""
    replies = {HEALTHZ: healthz(HEALTHZ, users=users), LIST: recorded("kfp-list-experiments", LIST)}
    here = pod(root, "team-a", token)
    return Ascent(
        connection(host=UI, **fields), environment=here, transport=Transport(dict(replies))
    )


def test_the_pods_file_is_the_namespace_where_nothing_else_says_one(tmp_path: Path) -> None:
    ascent = ascend(tmp_path)
    assert ascent.connected().lease().namespace == "team-a"
    assert ascent.details()[2] == "team-a"


def test_a_token_of_another_namespace_works_in_its_own(tmp_path: Path) -> None:
    token = jwt(sub="system:serviceaccount:team-b:default-editor")
    assert ascend(tmp_path, token=token).connected().lease().namespace == "team-b"


def test_the_connections_namespace_comes_before_all_others(tmp_path: Path) -> None:
    ascent = ascend(tmp_path, token=jwt(), namespace="team-c")
    assert ascent.connected().lease().namespace == "team-c"


def test_an_install_for_one_user_has_no_namespaces_even_in_a_pod(tmp_path: Path) -> None:
    ascent = ascend(tmp_path, users=False, token=jwt(), namespace="team-c")
    assert ascent.connected().lease().namespace is None
    assert ascent.connected().lease().multi_user is False
    assert ascent.states[2] == "not-needed"


def test_the_pods_namespace_is_not_asked_for_at_another_clusters_kubeflow(tmp_path: Path) -> None:
    host = "https://kf.example.com/pipeline"
    health = f"{host}/apis/v2beta1/healthz"
    empty = as_json(
        "https://kf.example.com/api/workgroup/env-info", {"user": "me", "namespaces": []}
    )
    transport = Transport(
        {
            health: healthz(health),
            f"{host}/apis/v2beta1/experiments": recorded("kfp-list-experiments"),
            empty.url: empty,
        }
    )
    here = pod(tmp_path, "team-a")
    ascent = Ascent(connection(host=host), given(token="t"), environment=here, transport=transport)
    assert ascent.connected().lease().namespace is None
    assert ascent.ladder["authorized"].code == "namespace-needed"


KUBEFLOW = "https://kf.example.com"
ENV_INFO = f"{KUBEFLOW}/api/workgroup/env-info"


def signed_in(env_info: Reply, **fields: str) -> tuple[Ascent, Transport]:
    """Climb with a session, at a gateway whose dashboard answers so."""
    host = f"{KUBEFLOW}/pipeline"
    health, listed = f"{host}/apis/v2beta1/healthz", f"{host}/apis/v2beta1/experiments"
    transport = Transport(
        {
            health: healthz(health),
            listed: recorded("kfp-list-experiments", listed),
            ENV_INFO: env_info,
            f"{KUBEFLOW}/oauth2/userinfo": as_json(KUBEFLOW, {"email": "me@example.com"}),
        }
    )
    ascent = Ascent(connection(host=host, **fields), given(cookies="s=1"), transport=transport)
    return ascent, transport


def theirs(*namespaces: str) -> Answer:
    """Return what the dashboard says of a user with these namespaces."""
    entries = [{"namespace": name, "role": "contributor"} for name in namespaces]
    return as_json(ENV_INFO, {"user": "me@example.com", "namespaces": entries})


@pytest.mark.parametrize(
    "env_info",
    [
        page(ENV_INFO, "<title>Kubeflow Central Dashboard</title>"),
        page(ENV_INFO, "404 page not found", 404),
        Answer(200, ENV_INFO, [("content-type", "application/json")], b"{"),
        as_json(ENV_INFO, ["me@example.com"]),
        error("timed-out", "kf.example.com did not answer in time"),
        error("connection-refused", "nothing listens at kf.example.com"),
    ],
)
def test_a_dashboard_that_tells_no_namespaces_only_leaves_them_unknown(env_info: Reply) -> None:
    ascent, _ = signed_in(env_info)
    assert ascent.states == ["ok", "ok", "failed"]
    assert ascent.details()[1].startswith("me@example.com")
    problem = ascent.ladder["authorized"].problem
    assert problem is not None
    assert (problem.code, problem.message) == ("namespace-needed", "no namespace is chosen")
    named, _ = signed_in(env_info, namespace="team-a")
    assert named.states == ["ok", "ok", "ok"]


def test_nobody_waits_long_for_a_dashboard_that_hangs() -> None:
    _, transport = signed_in(error("timed-out", "kf.example.com did not answer in time"))
    waited = {
        request.url.removeprefix(KUBEFLOW): request.patience for request in transport.requests
    }
    assert (waited["/api/workgroup/env-info"], waited["/oauth2/userinfo"]) == (4.0, 4.0)
    assert waited["/pipeline/apis/v2beta1/healthz"] is None


def test_a_user_without_a_namespace_is_told_who_makes_one() -> None:
    ascent, _ = signed_in(theirs())
    problem = ascent.ladder["authorized"].problem
    assert problem is not None
    assert problem.code == "namespace-needed"
    assert "me@example.com has no namespace" in problem.message
    assert "profile" in problem.remedy
    assert problem.actor == "administrator"


def test_a_user_with_one_namespace_is_asked_nothing_and_one_call_proves_it() -> None:
    ascent, transport = signed_in(theirs("team-a"))
    assert ascent.connected().lease().namespace == "team-a"
    assert ascent.states == ["ok", "ok", "ok"]
    paths = [request.url.removeprefix(KUBEFLOW) for request in transport.requests]
    assert paths == [
        "/pipeline/apis/v2beta1/healthz",
        "/api/workgroup/env-info",
        "/pipeline/apis/v2beta1/experiments?page_size=1&namespace=team-a",
    ]


@pytest.mark.parametrize(
    ("count", "told"), [(2, "yours are team-0, team-1"), (300, "team-8, team-9, …")]
)
def test_a_user_with_several_is_told_them_and_not_hundreds(count: int, told: str) -> None:
    ascent, _ = signed_in(theirs(*(f"team-{number}" for number in range(count))))
    problem = ascent.ladder["authorized"].problem
    assert problem is not None
    assert problem.message.endswith(told)
    assert len(problem.message) < 200
    assert len(ascent.connected().facts.namespaces) == count


def test_a_user_with_one_namespace_never_picks(kubeflow: RunningSandbox) -> None:
    ascent = climb(kubeflow, given(username=USER, password=PASSWORD))
    assert ascent.connected().lease().namespace == USER_NAMESPACE
    assert ascent.connected().lease().multi_user is True
    assert ascent.states == ["ok", "ok", "ok"]


def test_the_namespace_named_is_the_one_proven(kubeflow: RunningSandbox) -> None:
    ascent = climb(kubeflow, given(username=USER, password=PASSWORD), namespace=SHARED_NAMESPACE)
    assert ascent.connected().lease().namespace == SHARED_NAMESPACE


def test_outside_a_pod_there_is_no_file_to_read(tmp_path: Path) -> None:
    assert environment(tmp_path).namespace is None
