"""What is said of each 403 of Kubeflow Pipelines: true for whoever reads it, and safe to apply."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from jupyter_kfp_connect.core.codes import ADMINISTRATOR, OWNER, YOU
from jupyter_kfp_connect.core.diagnosis.forbidden import explain_403
from jupyter_kfp_connect.core.diagnosis.refusals import explain_refusal
from jupyter_kfp_connect.core.diagnosis.rules import Refusal
from jupyter_kfp_connect.core.errors import KfpConnectError
from tests.core.answers import recorded

from .catalogued import LIST
from .surfaces import named_on_every_surface

EDITOR = "system:serviceaccount:team-b:default-editor"
VIEWER = "system:serviceaccount:team-a:default-viewer"
JANE = "jane@example.com"
#: As KFP's API server puts it (recording ``kfp-token-rbac-denied``).
DENIED = (
    "{before}PermissionDenied: User '{user}' is not authorized with reason: {reason} (request: "
    "&ResourceAttributes{{Namespace:{namespace},Verb:{verb},Group:pipelines.kubeflow.org,"
    "Version:v1beta1,Resource:{resource},Subresource:,Name:x, y,FieldSelector:nil,"
    "LabelSelector:nil,}}): Unauthorized access"
)
#: Of kubeflow/pipelines#7196.
OLDER = (
    "Failed to authorize with API resource references: PermissionDenied: User 'jane@example.com' "
    "is not authorized with reason:  (request: &ResourceAttributes{Namespace:,Verb:create,Group:,"
    "Version:,Resource:pipelines,Subresource:,Name:,}): Unauthorized access"
)
#: What stands before it where a pipeline is in no namespace (``canAccessPipeline``).
NEW_SHARED = (
    "Failed to create a pipeline due to authorization error. Check if you have write permissions "
    "to namespace : Failed to access shared pipeline . Check if you have permission to create "
    "shared pipelines: "
)
THAT_SHARED = (
    "Failed to delete a pipeline due authorization error for pipeline id 0b2e-4f: Failed to access "
    "shared pipeline 0b2e-4f. Check if you have permission to delete shared pipelines: "
)


def denied(user: str, right: str, *, namespace: str = "team-a", **rest: str) -> str:
    """Return KFP's text where `user` has no `right`, such as ``list runs``."""
    verb, resource = right.split()
    told = {"before": "", "reason": "", "user": user, "namespace": namespace} | rest
    return DENIED.format(verb=verb, resource=resource, **told)


def refused(text: str, *, we: str = "", works_in: str | None = None) -> KfpConnectError:
    """Return what is said of a 403 to who `we` are, and assert that every surface shows it."""
    problem = explain_403(Refusal(403, text, {}, True, "", we, namespace=works_in))
    assert problem.code == "forbidden"
    named_on_every_surface(problem)
    return problem


def binding(problem: KfpConnectError) -> Any:
    """Return the RoleBinding to apply."""
    return yaml.safe_load(problem.remedy_copy or "")


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ("list experiments", "list experiments"),
        ("get runs", "get runs"),
        ("create runs", "create runs"),
        ("terminate runs", "terminate runs"),
        ("delete experiments", "delete experiments"),
        ("archive runs", "archive runs"),
        ("create jobs", "create recurring runs (jobs)"),
        ("disable jobs", "disable recurring runs (jobs)"),
        ("delete pipelines", "delete pipelines"),
        ("create viewers", "create TensorBoard viewers"),
        ("readArtifact runs", "read the artifacts of runs (readArtifact)"),
        ("reportMetrics runs", "report metrics of runs (reportMetrics)"),
        ("mint coins", "mint coins"),
    ],
)
def test_what_was_refused_is_named_and_not_more(right: str, words: str) -> None:
    problem = refused(denied(EDITOR, right), we=EDITOR)
    assert problem.message == f"team-b/default-editor may not {words} in team-a"
    assert problem.remedy == (
        f"No RoleBinding gives default-editor of team-b the right to {words} in team-a. "
        "An owner of team-a applies this RoleBinding there, once."
    )
    assert problem.actor == OWNER


def test_an_account_that_may_look_is_not_told_that_nothing_binds_it() -> None:
    problem = refused(denied(VIEWER, "create runs"), we=VIEWER)
    assert problem.message == "team-a/default-viewer may not create runs in team-a"
    assert "the right to create runs in team-a" in problem.remedy
    made = binding(problem)
    assert made["metadata"]["namespace"] == "team-a"
    assert made["subjects"] == [
        {"kind": "ServiceAccount", "name": "default-viewer", "namespace": "team-a"}
    ]


@pytest.mark.parametrize("we", ["", JANE, VIEWER])
def test_a_manifest_is_made_for_nobody_but_ourselves(we: str) -> None:
    problem = refused(denied(EDITOR, "list runs"), we=we)
    assert problem.remedy_copy is None
    assert problem.remedy == (
        "No RoleBinding gives default-editor of team-b the right to list runs in team-a. "
        "An owner of team-a binds it to the ClusterRole kubeflow-edit there, once."
    )


@pytest.mark.parametrize("given", ["Team_A", "Team A", "team/a", "-team", "team." + "x" * 60])
@pytest.mark.parametrize("who", [JANE, EDITOR])
def test_a_namespace_that_there_cannot_be_is_not_a_matter_of_rights(who: str, given: str) -> None:
    text = denied(who, "list experiments", namespace=given)
    problem = explain_403(Refusal(403, text, {}, True, "", EDITOR, namespace="team-b"))
    assert (problem.code, problem.actor) == ("namespace-missing", YOU)
    assert "lowercase letters" in problem.remedy
    assert problem.remedy_copy == 'namespace="team-b"'
    named_on_every_surface(problem)


@pytest.mark.parametrize("who", [JANE, "o'brien@example.com", "jane", "robot@p.iam.example.com"])
def test_a_person_becomes_a_contributor(who: str) -> None:
    problem = refused(denied(who, "list runs"), we=who)
    assert problem.message == f"{who} may not list runs in team-a"
    assert problem.remedy == (
        f"An owner of team-a adds {who} as a contributor, under “Manage Contributors” on the "
        "Kubeflow dashboard."
    )
    assert (problem.remedy_copy, problem.actor) == (None, OWNER)


@pytest.mark.parametrize("right", ["create runs", "terminate runs", "delete jobs"])
def test_a_person_who_is_a_viewer_learns_that_it_takes_more(right: str) -> None:
    problem = refused(denied(JANE, right), we=JANE)
    assert f"as a contributor, with the right to {right.split()[0]} " in problem.remedy
    assert problem.remedy.endswith("To be a viewer there is not enough for it.")


def test_where_nobody_is_named_the_sentences_still_read() -> None:
    problem = refused(denied("", "list runs"))
    assert problem.message == "your user may not list runs in team-a"
    assert "adds your user as a contributor" in problem.remedy


@pytest.mark.parametrize(
    "text",
    [
        denied(EDITOR, "create pipelines", namespace="kubeflow"),
        denied(EDITOR, "create pipelines", namespace="kubeflow", before=NEW_SHARED),
        denied(EDITOR, "create pipelines", namespace="kfp-of-ours", before=NEW_SHARED),
        denied(EDITOR, "create pipelines", namespace=""),
    ],
    ids=["of an upload", "of a call", "KFP elsewhere", "older"],
)
def test_a_pipeline_for_all_needs_the_argument_and_no_rights_where_kfp_runs(text: str) -> None:
    problem = refused(text, we=EDITOR, works_in="team-c")
    assert problem.message == "team-b/default-editor may not create pipelines without a namespace"
    assert "namespace=…" in problem.remedy
    assert (problem.remedy_copy, problem.actor) == ('namespace="team-c"', YOU)
    assert refused(text, we=EDITOR).remedy_copy == 'namespace="team-b"', "the account's own"


def test_a_person_s_pipeline_for_all_is_no_matter_of_contributors() -> None:
    problem = refused(OLDER, we=JANE, works_in="team-a")
    assert problem.message == "jane@example.com may not create pipelines without a namespace"
    assert (problem.remedy_copy, problem.actor) == ('namespace="team-a"', YOU)
    assert "contributor" not in problem.remedy
    assert refused(OLDER, we=JANE).remedy_copy is None, "none is known"
    assert refused(OLDER, we=JANE, works_in="kubeflow").remedy_copy is None, "nor is that one"


@pytest.mark.parametrize("works_in", ["team-a", None])
def test_an_upload_refused_without_a_reason_is_not_taken_for_a_wrong_file(
    works_in: str | None,
) -> None:
    seen = Refusal(400, "Failed to create a pipeline", {}, True, "dex", JANE, namespace=works_in)
    problem = explain_refusal(seen)
    assert (problem.code, problem.actor) == ("forbidden", YOU)
    assert "the right to create pipelines" in problem.message
    assert problem.remedy_copy == (works_in and f'namespace="{works_in}"')
    named_on_every_surface(problem)


def test_an_upload_refused_with_its_reason_is_told_as_any_call() -> None:
    said = denied(EDITOR, "create pipelines", before="Authorization Failure: ")
    claims = {"sub": EDITOR}
    problem = explain_refusal(Refusal(400, said, claims, True, "service-account-token"))
    assert problem.message == "team-b/default-editor may not create pipelines in team-a"
    assert binding(problem)["metadata"]["namespace"] == "team-a"


def test_what_all_share_is_changed_by_administrators() -> None:
    text = denied(EDITOR, "delete pipelines", namespace="kubeflow", before=THAT_SHARED)
    problem = refused(text, we=EDITOR)
    assert problem.message == (
        "team-b/default-editor may not delete pipelines that all namespaces share"
    )
    assert (problem.remedy_copy, problem.actor) == ('namespace="team-b"', ADMINISTRATOR)


@pytest.mark.parametrize("namespace", ["kubeflow", "istio-system", "kube-system"])
def test_nobody_is_bound_where_services_run(namespace: str) -> None:
    for right in ("list runs", "create runs"):
        problem = refused(denied(EDITOR, right, namespace=namespace), we=EDITOR)
        assert problem.message == f"team-b/default-editor may not {right} in {namespace}"
        assert "RoleBinding" not in problem.remedy
        assert (problem.remedy_copy, problem.actor) == ('namespace="team-b"', YOU)
    person = refused(denied(JANE, "list runs", namespace=namespace), we=JANE)
    assert "contributor" not in person.remedy


def test_a_profile_whose_name_begins_like_the_system_s_is_one() -> None:
    problem = refused(denied(EDITOR, "list runs", namespace="kubeflow-user"), we=EDITOR)
    assert binding(problem)["metadata"]["namespace"] == "kubeflow-user"


#: Kubernetes' own reason; tests/integration/test_real_manifests.py asks a real API server for it.
NO_ROLE = 'RBAC: clusterrole.rbac.authorization.k8s.io "{}" not found'


@pytest.mark.parametrize("who", [EDITOR, JANE])
def test_binding_a_role_that_is_not_there_once_more_is_not_the_remedy(who: str) -> None:
    text = denied(who, "list runs", reason=NO_ROLE.format("kubeflow-edit"))
    problem = refused(text, we=who)
    assert problem.message.endswith(" may not list runs in team-a")
    assert "the ClusterRole kubeflow-edit that it names is not" in problem.remedy
    assert (problem.remedy_copy, problem.actor) == (None, ADMINISTRATOR)


def test_another_role_that_is_not_there_changes_nothing() -> None:
    problem = refused(denied(EDITOR, "list runs", reason=NO_ROLE.format("theirs")), we=EDITOR)
    assert binding(problem)["metadata"]["namespace"] == "team-a"


def test_the_recorded_text_is_told_whole() -> None:
    said = recorded("kfp-token-rbac-denied", LIST).json()["message"]
    claims = {"sub": "system:serviceaccount:namespace-2:default-editor"}
    problem = explain_refusal(Refusal(403, said, claims, True, "service-account-token"))
    assert problem.message == "namespace-2/default-editor may not list experiments in namespace-1"
    made = binding(problem)
    assert made["metadata"]["namespace"] == "namespace-1"
    assert made["roleRef"]["name"] == "kubeflow-edit"
    assert made["subjects"][0]["namespace"] == "namespace-2"


def test_a_403_of_something_else_is_shown_as_it_is() -> None:
    problem = refused("no entry")
    assert "no entry" in problem.message
    assert "open an issue" in problem.remedy
