"""What stands before Kubeflow Pipelines and refuses: a mesh, a firewall, a door of another kind."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_kfp_connect.core.auth.base import Given
from jupyter_kfp_connect.core.diagnosis.unknown import ISSUES
from jupyter_kfp_connect.core.http import Answer
from tests.core.answers import HOST, healthz, recorded, signed_out, to
from tests.core.climbing import Ascent
from tests.core.fakes import PASSWORD, USER, Transport, connection, given, jwt
from tests.core.script import START, TO_FORM

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


def everywhere(status: int, kind: str, said: str, **headers: str) -> Transport:
    """Return a transport that gets the same answer wherever it asks."""
    told = [("content-type", kind), *((key.replace("_", "-"), headers[key]) for key in headers)]
    transport = Transport({})
    transport.send = lambda request: Answer(  # type: ignore[method-assign]
        status, request.url, told, said.encode()
    )
    return transport


LOGIN = given(username=USER, password=PASSWORD)


@shows("refused-by-mesh")
def test_who_gives_a_password_where_the_mesh_refuses_all_is_told_of_the_mesh() -> None:
    walled = everywhere(403, "text/plain", "RBAC: access denied")
    ascent = Ascent(connection(), LOGIN, transport=walled)
    problem = told(ascent.failed("forbidden-by-mesh"), "refused-by-mesh")
    assert problem.message == Ascent(connection(), transport=walled).failed(problem.code).message
    assert ascent.states == ["ok", "unknown", "failed"]
    assert ascent.climb.sign_in is None


def test_a_mesh_that_guards_the_api_alone_leaves_the_way_in_to_the_sign_in() -> None:
    replies: dict[str, Any] = {each.url.partition("?")[0]: each for each in TO_FORM}
    wrong = recorded("dex-login-wrong-password")
    form = wrong.url.partition("?")[0]
    # Older doors set no cookie at the start, which is asked for after the API, then.
    replies[START] = to(START, TO_FORM[0].location or "")
    replies |= {HEALTHZ: MESH, form: lambda asked: wrong if asked.form else TO_FORM[3]}
    assert climb(replies, LOGIN).failed("wrong-password")


@pytest.mark.parametrize("who", [given(), LOGIN], ids=["nobody", "with a password"])
@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (403, "text/html", "<title>Blocked</title><body>Blocked by policy 17, password=hunter2x"),
        (401, "text/plain", "VPN required: Blocked by policy 17, password=hunter2x"),
        (401, "application/json", '{"error": "Blocked by policy 17, password=hunter2x"}'),
    ],
)
def test_what_refuses_everybody_is_shown_with_where_to_report_it(
    status: int, kind: str, said: str, who: Given
) -> None:
    ascent = Ascent(connection(), who, transport=everywhere(status, kind, said))
    problem = ascent.failed("no-way-in")
    assert f"({status}, {kind}): “" in problem.message
    assert "Blocked by policy 17, password=•••" in problem.message
    assert "asks for a sign-in" not in problem.message
    assert ISSUES in problem.remedy
    assert all(word in problem.remedy for word in ("firewall", "cookie", "token"))


def test_a_firewall_between_the_front_door_and_its_sign_in_is_shown() -> None:
    blocked = Answer(403, START, [("content-type", "text/html")], b"<p>Blocked by policy 17</p>")
    home = Answer(403, f"{HOST}/", blocked.headers, blocked.body)
    problem = climb({HEALTHZ: signed_out(), START: blocked, home.url: home}).failed("no-way-in")
    assert "(403, text/html): “Blocked by policy 17”" in problem.message


@pytest.mark.parametrize(
    ("said", "headers"),
    [
        ("Sign in at the helpdesk first", {"www_authenticate": 'Basic realm="kf"'}),
        ("Unauthorized", {}),
        ("", {}),
    ],
)
def test_a_sign_in_of_another_kind_is_told_as_one_and_is_nothing_to_report(
    said: str, headers: dict[str, str]
) -> None:
    asks = everywhere(401, "text/plain", said, **headers)
    problem = Ascent(connection(), transport=asks).failed("no-way-in")
    assert "asks for a sign-in, but not by oauth2-proxy or Dex (401, text/plain)" in problem.message
    assert said in problem.message
    assert ISSUES not in problem.remedy
