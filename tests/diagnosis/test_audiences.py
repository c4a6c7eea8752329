"""Audiences of tokens: that of an install of its own kind, and those that Istio does not take."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_kfp_connect.core.auth.tokens import claims_of
from jupyter_kfp_connect.core.diagnosis.refusals import Refusal, explain_refusal
from jupyter_kfp_connect.core.http import Answer
from tests.core.answers import healthz, recorded
from tests.core.climbing import Ascent
from tests.core.fakes import Transport, connection, given, jwt, pod

from .catalogued import HEALTHZ, LIST, climb, shows, told
from .test_tokens import INSIDE_HEALTHZ, inside


@shows("token-of-another-audience")
@pytest.mark.parametrize(
    ("named", "wanted"),
    [("ml.acme.org", "ml.acme.org"), ("$(reboot)", "pipelines.kubeflow.org")],
)
def test_an_install_with_an_audience_of_its_own_gets_a_token_for_that_one(
    tmp_path: Path, named: str, wanted: str
) -> None:
    key, said = "token-of-another-audience", recorded("kfp-token-wrong-audience")
    body = said.body.replace(b"pipelines.kubeflow.org", named.encode())
    reply = Answer(said.status, LIST, said.headers, body)
    mounted = inside(tmp_path, reply, jwt()).failed("token-audience")
    told(mounted, key, copy=f'audience: "{wanted}"')
    line = f"kubectl create token default-editor --namespace team-a --audience {wanted}"
    typed = climb({HEALTHZ: healthz(), LIST: reply}, given(token=jwt())).failed("token-audience")
    assert told(typed, key, copy=line).remedy_copy == line
    for problem in (mounted, typed):
        assert f"takes {named}" in problem.message
        assert f"made for the audience {wanted}" in problem.remedy


@shows("token-of-another-audience")
def test_an_audience_that_istio_does_not_take_is_no_missing_right(tmp_path: Path) -> None:
    # Envoy answers 403 to that one alone, and says not which it takes.
    key = "token-of-another-audience"
    reply = Answer(403, HEALTHZ, [], b"Audiences in Jwt are not allowed")
    replies = {HEALTHZ: reply, INSIDE_HEALTHZ: reply}
    problem = climb(replies, given(token=jwt(aud="vault"))).failed("token-audience")
    told(problem, key, copy="--audience pipelines.kubeflow.org")
    pod_s = Ascent(
        connection(auth="service-account-token"),
        environment=pod(tmp_path, "team-a", jwt(aud="vault")),
        transport=Transport(replies),
    )
    told(pod_s.failed("token-audience"), key, copy="kind: PodDefault")
    # A token for Kubeflow Pipelines is the right one: Istio has to be told of it.
    problem = climb(replies, given(token=jwt())).failed("token-audience")
    assert told(problem, key).actor == "administrator"
    assert "https://cluster.example" in problem.remedy


@pytest.mark.parametrize(
    "named", ["https://kubernetes.default.svc.cluster.local", "https://cluster.example"]
)
def test_no_host_is_given_a_token_for_the_kubernetes_api_by_naming_it(named: str) -> None:
    said = recorded("kfp-token-wrong-audience")
    body = said.body.replace(b"pipelines.kubeflow.org", named.encode())
    reply = Answer(said.status, LIST, said.headers, body)
    problem = climb({HEALTHZ: healthz(), LIST: reply}, given(token=jwt())).failed("token-audience")
    assert problem.remedy_copy is not None
    assert problem.remedy_copy.endswith("--audience pipelines.kubeflow.org")


@pytest.mark.parametrize(
    ("host", "copies"),
    [
        ("https://kubeflow.example", True),
        ("http://localhost:8080", True),
        ("http://kubeflow.example", False),
    ],
)
def test_a_command_for_a_stronger_token_is_printed_where_nobody_reads_it_on_the_way(
    host: str, copies: bool
) -> None:
    claims = claims_of(jwt())
    problem = explain_refusal(Refusal(401, "{}", claims, True, "bearer-token", host=host))
    assert problem.code == "token-refused"
    assert ("kubectl create token" in (problem.remedy_copy or "")) is copies
