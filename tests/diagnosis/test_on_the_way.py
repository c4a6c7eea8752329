"""What stands before Kubeflow Pipelines and refuses: a mesh, a firewall, a door of another kind."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES
from jupyter_kfp_connect.core.http import Answer
from tests.core.answers import healthz
from tests.core.fakes import given, jwt
from tests.core.script import START

from .catalogued import HEALTHZ, LIST, climb, rung, shows, told
from .test_rights import MESH


@shows("refused-by-mesh")
@pytest.mark.parametrize(
    ("host", "direct"),
    [
        ("http://ml-pipeline-ui.kubeflow", "http://ml-pipeline.kubeflow:8888"),
        ("http://ml-pipeline-ui.kfp.svc.cluster.local", "http://ml-pipeline.kfp:8888"),
        ("http://ml-pipeline.kubeflow:8888", None),
        ("http://ml-pipeline.kfp.svc.cluster.local:8888", None),
    ],
)
def test_the_mesh_s_refusal_names_kfp_s_api_where_that_is_another_address(
    host: str, direct: str | None
) -> None:
    reply = Answer(403, f"{host}/apis/v2beta1/healthz", MESH.headers, MESH.body)
    ascent = climb({reply.url: reply}, given(token=jwt()), host=host)
    problem = told(ascent.failed("forbidden-by-mesh"), "refused-by-mesh", copy=direct)
    assert problem.remedy_copy == direct
    assert (direct or "AuthorizationPolicy") in problem.remedy


@shows("refused-by-mesh")
def test_a_person_whom_the_mesh_refuses_is_sent_to_no_address_inside_the_cluster() -> None:
    problem = climb({HEALTHZ: MESH}, given(cookies="s=1")).failed("forbidden-by-mesh")
    assert "8888" not in str(told(problem, "refused-by-mesh"))
    assert problem.actor == "administrator"


@pytest.mark.parametrize(
    ("kind", "said", "who"),
    [
        ("application/json", b'{"message": "quota is used up"}', "Kubeflow Pipelines refuses"),
        ("text/plain", b"blocked by policy 17", "something before Kubeflow Pipelines refuses"),
    ],
)
def test_a_403_that_no_rule_knows_is_no_missing_right_in_the_namespace(
    kind: str, said: bytes, who: str
) -> None:
    reply = Answer(403, LIST, [("content-type", kind)], said)
    problem = rung(climb({HEALTHZ: healthz(), LIST: reply}, given(token=jwt())), "authorized")
    assert problem.message.startswith(who)
    assert problem.actor == "administrator"
    assert ISSUES in problem.remedy


@pytest.mark.parametrize("status", [401, 403])
def test_a_door_that_lets_nobody_start_a_sign_in_asks_for_what_serves_instead(status: int) -> None:
    # Such as IAP, basic auth, or a mesh that guards the whole host: none has a problem of its own.
    walls = {url: Answer(status, url, [], b"no") for url in (HEALTHZ, START)}
    walls |= {HEALTHZ: Answer(401, HEALTHZ, [], b"no")}
    root = HEALTHZ.removesuffix("apis/v2beta1/healthz")
    walls |= {root: Answer(status, root, [], b"no")}
    ascent = climb(walls)
    assert ascent.failed("no-way-in").actor == "you"
    assert ascent.states == ["ok", "failed", "unknown"]
    wanted = ascent.climb.sign_in
    assert wanted is not None
    assert wanted.kind == "cookie"
