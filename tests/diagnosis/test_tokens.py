"""Tokens inside the cluster: each way in which one does not serve is told for what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_kfp_connect.core.errors import KfpConnectError, SignInFailed
from jupyter_kfp_connect.core.http import Answer
from jupyter_kfp_connect.kernel.client import KubeflowClient
from tests.core.answers import as_json, healthz, recorded, signed_out, to
from tests.core.climbing import Ascent
from tests.core.fakes import Transport, connection, given, jwt, pod
from tests.kernel.fake_kfp import Answer as KfpAnswer
from tests.kernel.fake_kfp import running_kfp

from .catalogued import HEALTHZ, LIST, climb, shows, told

INSIDE = "http://ml-pipeline.kubeflow.svc.cluster.local:8888"
INSIDE_HEALTHZ = f"{INSIDE}/apis/v2beta1/healthz"
INSIDE_LIST = f"{INSIDE}/apis/v2beta1/experiments"


def inside(
    root: Path, reply: Answer, token: str | None, auth: str = "auto", **variables: str
) -> Ascent:
    """Climb in a pod to this cluster's KFP, where a list is answered so."""
    replies: dict[str, Any] = {INSIDE_HEALTHZ: healthz(INSIDE_HEALTHZ), INSIDE_LIST: reply}
    return Ascent(
        connection(host=INSIDE, auth=auth),
        environment=pod(root, "team-a", token, **variables),
        transport=Transport(replies),
    )


def refused(said: str, status: int = 401) -> Answer:
    """Return KFP's refusal of a token, with the API server's words in it."""
    message = f"Error [invalid bearer token, {said}]: Failed to authenticate token review"
    return as_json(LIST, {"code": 16, "message": message}, status)


@shows("token-not-mounted")
@pytest.mark.parametrize("auth", ["auto", "service-account-token"])
def test_no_such_token_file_comes_with_the_pod_default_of_this_namespace(
    tmp_path: Path, auth: str
) -> None:
    ascent = inside(tmp_path, recorded("kfp-list-no-credentials", INSIDE_LIST), None, auth)
    problem = told(ascent.failed("token-missing"), "token-not-mounted", copy="kind: PodDefault")
    manifest = yaml.safe_load(problem.remedy_copy or "")
    assert manifest["metadata"]["namespace"] == "team-a"
    assert "Create the notebook server again" in problem.remedy
    assert "ticked" in problem.remedy


@shows("token-volume-missing")
def test_a_variable_without_its_file_is_a_volume_that_did_not_mount(tmp_path: Path) -> None:
    none = recorded("kfp-list-no-credentials", INSIDE_LIST)
    gone = str(tmp_path / "gone/token")
    ascent = inside(tmp_path, none, None, KF_PIPELINES_SA_TOKEN_PATH=gone)
    problem = told(
        ascent.failed("token-file-missing"), "token-volume-missing", copy="kind: PodDefault"
    )
    assert gone in problem.message
    assert "did not mount" in problem.remedy


@shows("token-left-out")
def test_a_mounted_token_is_sent_though_the_host_was_given(tmp_path: Path) -> None:
    token = jwt()
    transport = Transport(
        {
            INSIDE_HEALTHZ: healthz(INSIDE_HEALTHZ),
            INSIDE_LIST: recorded("kfp-list-experiments-empty", INSIDE_LIST),
        }
    )
    here = pod(tmp_path, "team-a", token)
    Ascent(connection(host=INSIDE), environment=here, transport=transport).connected()
    assert transport.sent("Authorization") == [f"Bearer {token}"] * len(transport.requests)


@shows("token-of-another-audience")
def test_the_pod_s_ordinary_token_is_told_with_both_audiences(tmp_path: Path) -> None:
    key, wrong = "token-of-another-audience", recorded("kfp-token-wrong-audience", INSIDE_LIST)
    problem = told(
        inside(tmp_path, wrong, jwt()).failed("token-audience"), key, copy="kind: PodDefault"
    )
    assert "https://kubernetes.default.svc" in problem.message
    assert "pipelines.kubeflow.org" in problem.message
    assert "administrator, once: Apply the PodDefault" in problem.remedy
    assert "You, after that: Create the notebook server again" in problem.remedy
    replies = {HEALTHZ: healthz(), LIST: recorded("kfp-token-wrong-audience", LIST)}
    problem = climb(replies, given(token=jwt())).failed("token-audience")
    line = (
        "kubectl create token default-editor --namespace team-a --audience pipelines.kubeflow.org"
    )
    assert told(problem, key, copy=line).remedy_copy == line


@shows("token-of-another-audience")
@pytest.mark.parametrize("audience", ["https://kubernetes.default.svc", ["vault", "sts"]])
def test_where_kfp_does_not_say_why_the_token_s_own_audience_does(
    tmp_path: Path, audience: Any
) -> None:
    ascent = inside(tmp_path, refused("Unauthorized"), jwt(aud=audience))
    problem = told(
        ascent.failed("token-audience"), "token-of-another-audience", copy="kind: PodDefault"
    )
    assert (audience if isinstance(audience, str) else "vault, sts") in problem.message
    assert "usually takes pipelines.kubeflow.org" in problem.message
    # A person's token from elsewhere has an audience of its own, which says nothing.
    reply = as_json(LIST, {"code": 16, "message": "Unauthorized"}, 401)
    person = given(token=jwt(sub="CgVqYW5lEgVsb2NhbA", aud="kubeflow"))
    climb({HEALTHZ: healthz(), LIST: reply}, person).failed("token-refused")


#: As gateways refuse a token at a call of an API: oauth2-proxy's JSON, with
#: `bearer_token_login_fallback` off, as a check only, its page, others' redirect.
BY_THE_GATEWAY = {
    "json": signed_out(),
    "403": Answer(403, HEALTHZ, [("content-type", "text/plain")], b"Forbidden\n"),
    "check": Answer(401, HEALTHZ, [("content-type", "text/plain")], b"Unauthorized\n"),
    "page": recorded("gateway-page-signed-out", HEALTHZ),
    "redirect": to(HEALTHZ, "/dex/auth?client_id=kubeflow&state=12345678"),
}


@shows("token-of-another-audience")
@pytest.mark.parametrize("way", BY_THE_GATEWAY)
def test_a_gateway_that_refuses_a_token_is_not_taken_for_kfp(way: str) -> None:
    key, line = (
        "token-of-another-audience",
        "kubectl create token default-editor --namespace team-a",
    )

    def refusal(code: str, copy: str | None, **claims: Any) -> str:
        ascent = climb({HEALTHZ: BY_THE_GATEWAY[way]}, given(token=jwt(**claims)))
        problem = told(ascent.failed(code), key, copy=copy)
        assert problem.remedy_copy == copy
        assert problem.message.startswith("the gateway does not take the token, and does not say")
        assert "an administrator has to let tokens" in problem.remedy
        assert "extra_jwt_issuers" in problem.remedy
        return f"{problem.message} {problem.remedy}"

    # Of two audiences that gateways ask for, the one that the token does not have is the next try.
    text = refusal("token-audience", f"{line} --audience pipelines.kubeflow.org", aud=["vault"])
    assert "made for the audience vault" in text
    text = refusal("token-refused", line)
    assert "made for the audience pipelines.kubeflow.org, and holds until 20" in text
    assert "the cluster's own audience" in text
    assert "https://cluster.example" in text
    # Nobody's account in a cluster: no command makes another.
    text = refusal("token-refused", None, sub="CgVqYW5lEgVsb2NhbA", aud="kubeflow")
    assert "its issuer is https://cluster.example" in text


@shows("token-of-another-audience")
def test_a_mounted_token_that_a_gateway_refuses_has_a_way_without_one(tmp_path: Path) -> None:
    ascent = Ascent(
        connection(auth="service-account-token"),
        environment=pod(tmp_path, "team-a", jwt()),
        transport=Transport({HEALTHZ: signed_out()}),
    )
    inside = "http://ml-pipeline.kubeflow:8888"
    problem = told(ascent.failed("token-refused"), "token-of-another-audience", copy=inside)
    assert inside in problem.remedy


@shows("token-ended")
@pytest.mark.parametrize("way", BY_THE_GATEWAY)
@pytest.mark.parametrize(
    ("audience", "asked"),
    [
        (["pipelines.kubeflow.org"], "--audience pipelines.kubeflow.org"),
        ("https://sts.example:8443/x", "--audience https://sts.example:8443/x"),
        (["a", "b"], "--audience a --audience b"),
        (["$(reboot)"], "--audience pipelines.kubeflow.org"),
        ([], "--audience pipelines.kubeflow.org"),
        ([{"x": 1}], "--audience pipelines.kubeflow.org"),
    ],
)
def test_a_token_that_ended_comes_with_the_command_for_another_of_its_kind(
    way: str, audience: Any, asked: str
) -> None:
    ended = given(token=jwt(-3600, aud=audience))
    problem = climb({HEALTHZ: BY_THE_GATEWAY[way]}, ended).failed("token-expired")
    line = f"kubectl create token default-editor --namespace team-a {asked}"
    assert told(problem, "token-ended", copy=line).remedy_copy == line


@shows("token-ended")
def test_an_account_that_is_gone_is_told_by_its_name(tmp_path: Path) -> None:
    ascent = inside(tmp_path, recorded("kfp-token-revoked", INSIDE_LIST), jwt())
    problem = told(ascent.failed("token-revoked"), "token-ended")
    assert "ServiceAccount gone" in problem.message
    assert "Recreate the notebook server" in problem.remedy
    replies = {HEALTHZ: healthz(), LIST: recorded("kfp-token-revoked", LIST)}
    line = "kubectl get serviceaccounts --namespace team-a"
    given_one = climb(replies, given(token=jwt())).failed("token-revoked")
    assert told(given_one, "token-ended", copy=line).remedy_copy == line


@shows("token-ended")
def test_a_token_that_is_too_old_says_since_when(tmp_path: Path) -> None:
    ascent = inside(tmp_path, refused("service account token has expired"), jwt(-3600))
    problem = told(ascent.failed("token-expired"), "token-ended")
    assert "by this machine's clock" in problem.message
    assert "create the notebook server again" in problem.remedy
    reply = refused("service account token has expired")
    replies = {HEALTHZ: healthz(), LIST: reply}
    problem = climb(replies, given(token=jwt(-3600))).failed("token-expired")
    told(problem, "token-ended", copy="kubectl create token default-editor --namespace team-a")


@shows("token-ended")
@pytest.mark.parametrize(
    ("said", "claims", "code", "words"),
    [
        ("service account token has expired", {}, "token-expired", "by this machine's clock it"),
        ("x", {"iat": 4_000_000_000}, "token-not-yet-valid", "2096-10-02 at 07:06 UTC"),
        ("x", {"nbf": 4_000_000_000}, "token-not-yet-valid", "by this machine's clock"),
        ("service account token is not valid yet", {}, "token-not-yet-valid", "cluster says"),
    ],
)
def test_clocks_that_differ_are_told_and_how_to_compare_them(
    tmp_path: Path, said: str, claims: dict[str, Any], code: str, words: str
) -> None:
    ascent = inside(tmp_path, refused(said), jwt(**claims))
    problem = told(ascent.failed(code), "token-ended", copy="date -u")
    assert words in problem.message
    assert "clocks is wrong" in problem.remedy


@shows("token-frozen")
def test_the_token_is_read_anew_at_each_use(tmp_path: Path) -> None:
    ascent = inside(tmp_path, recorded("kfp-list-experiments-empty", INSIDE_LIST), jwt())
    session = ascent.connected()
    fresh = jwt(7200)
    Path(session.lease().watch or "").write_text(fresh)
    assert session.lease().headers["Authorization"] == f"Bearer {fresh}"


@shows("token-issuer-unknown")
def test_an_issuer_that_istio_does_not_know_is_named_for_the_administrator() -> None:
    reply = Answer(401, HEALTHZ, [], b"Jwt issuer is not configured")
    problem = climb({HEALTHZ: reply}, given(token=jwt(iss="https://oidc.example"))).failed(
        "token-issuer"
    )
    line = "kubectl get requestauthentications --namespace istio-system --output yaml"
    assert "https://oidc.example" in told(problem, "token-issuer-unknown", copy=line).message
    assert problem.actor == "administrator"


@shows("token-with-newline")
def test_a_line_break_after_a_token_is_not_sent() -> None:
    token = jwt()
    transport = Transport({HEALTHZ: healthz(), LIST: recorded("kfp-list-experiments-empty", LIST)})
    Ascent(connection(), given(token=f"  {token}\n"), transport=transport).connected()
    assert set(transport.sent("Authorization")) == {f"Bearer {token}"}


def test_a_line_break_inside_a_token_is_told_and_not_sent() -> None:
    transport = Transport({HEALTHZ: healthz()})
    ascent = Ascent(connection(), given(token="two\nlines"), transport=transport)
    assert isinstance(ascent.problem, KfpConnectError)
    assert ascent.problem.code == "token-malformed"
    assert transport.sent("Authorization") == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("kfp-token-wrong-audience", "token-audience"), ("kfp-token-revoked", "token-revoked")],
)
def test_a_token_that_is_refused_later_is_told_in_the_cell_for_what_it_is(
    tmp_path: Path, name: str, code: str
) -> None:
    seen = recorded(name)
    with running_kfp() as api:
        replies = {
            f"{api.host}/apis/v2beta1/healthz": healthz(),
            f"{api.host}/apis/v2beta1/experiments": recorded("kfp-list-experiments-empty"),
        }
        ascent = Ascent(connection(host=api.host), given(token=jwt()), transport=Transport(replies))
        made = KubeflowClient(ascent.connected())
        api.respond = lambda asked: KfpAnswer(seen.status, seen.body)
        with pytest.raises(SignInFailed) as caught:
            made.list_experiments()
    assert caught.value.code == code
    assert caught.value.__cause__ is None
