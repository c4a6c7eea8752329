"""A right that is missing: KFP names user, verb and namespace, the service mesh nothing.

The status is 403, but for uploads: KFP answers them with 400, until 2.14 with its whole reason,
from 2.15 on with one sentence (``pipeline_upload_server.go``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..auth.tokens import short_subject
from ..codes import ADMINISTRATOR, YOU
from ..errors import KfpConnectError
from ..fields import NAMESPACE, NAMESPACES_ARE
from ..manifests import ServiceAccount, manifest
from .mesh_refusals import MESH_RULES, direct_address
from .rights import deed, is_reading
from .rules import Refusal, Rule, explain

#: Recording ``kfp-token-rbac-denied``. Older KFPs leave group and version empty. A host may answer
#: anything, hence each part has an end, since nine rules look at it, and no room for a sentence,
#: which would read as ours.
_DENIED = re.compile(
    r"User '(?P<user>(?:(?!User ')[^\s`]){0,254}?)' is not authorized.{0,1000}?"
    r"Namespace:(?P<namespace>[\w.-]{0,253}),Verb:(?P<verb>\w{0,63}),"
    r"(?:Group:[^,]{0,253},)?(?:Version:[^,]{0,63},)?Resource:(?P<resource>[\w./-]{0,63}),"
)
#: The namespace of a refused call as it was given, never shown.
_NAMED = re.compile(r"is not authorized.{0,1000}?Namespace:(?P<given>[^,]{1,253}),Verb:")
#: KFP asks for the right to change what all share in its own namespace, and says so before
#: (``canAccessPipeline`` of its API server); which one it is, where it is there already.
_SHARED = re.compile(r"shared pipeline [\w-]")
_NEW_SHARED = re.compile(r"shared pipeline \.")
#: Kubeflow's services, the mesh's and Kubernetes' own: no profile, and nobody's to give rights in.
_OF_THE_SYSTEM = re.compile(r"kubeflow(?:-system)?|istio-system|kube-.*")
#: Kubernetes' reason where what a RoleBinding names is not there: one more would be in vain.
_NO_ROLE = re.compile(r"clusterrole\.rbac\.authorization\.k8s\.io \"kubeflow-edit\" not found")
_UPLOAD = re.compile(r"^Failed to create a pipeline$")
_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:(?P<home>[^:]+):(?P<name>[^:]+)")
_MAY_NOT = "{who} may not {deed} in {namespace}"
_UNBOUND = (
    "No RoleBinding gives {name} of {home} the right to {deed} in {namespace}. "
    "An owner of {namespace} "
)
_DASHBOARD = "under “Manage Contributors” on the Kubeflow dashboard."

NOT_A_NAMESPACE = Rule(
    "namespace-missing",
    "the call names a namespace that there cannot be",
    said=_NAMED,
    needs="misnamed",
    remedy=f"Check its spelling. {NAMESPACES_ARE}",
    remedy_copy="{argument}",
)
SHARED_PIPELINE = Rule(
    "forbidden",
    "{who} may not {deed} that all namespaces share",
    said=_DENIED,
    needs="shared",
    remedy="An administrator takes care of those. Upload a pipeline of your own instead, with the "
    "namespace passed to the call: namespace=….",
    remedy_copy="{argument}",
    actor=ADMINISTRATOR,
)
_PASS_IT = (
    "Pass one that you work in to the call itself: namespace=…. A pipeline without one is "
    "for all namespaces, and upload_pipeline does not take the client's."
)
NO_NAMESPACE = Rule(
    "forbidden",
    "{who} may not {deed} without a namespace",
    said=_DENIED,
    needs="unnamed",
    remedy=_PASS_IT,
    remedy_copy="{argument}",
    actor=YOU,
)
UPLOAD_REFUSED = Rule(
    "forbidden",
    "Kubeflow Pipelines refuses the upload as it does where the right to create pipelines is "
    "missing, and does not name the namespace",
    said=_UPLOAD,
    status=400,
    remedy=f"{_PASS_IT} If you passed it, an owner of that namespace has to give you the right.",
    remedy_copy="{argument}",
    actor=YOU,
)
SYSTEM_NAMESPACE = Rule(
    "forbidden",
    _MAY_NOT,
    said=_DENIED,
    needs="system",
    remedy="Services run in {namespace}: it is nobody's profile. Work in a namespace of yours: "
    "pass it to the call, namespace=…, or choose it for the connection.",
    remedy_copy="{argument}",
    actor=YOU,
)
NO_ROLE = Rule(
    "forbidden",
    _MAY_NOT,
    said=_DENIED,
    needs="no_role",
    remedy="A RoleBinding is there, and the ClusterRole kubeflow-edit that it names is not. An "
    "administrator has to install Kubeflow's roles.",
    actor=ADMINISTRATOR,
)
ACCOUNT_UNBOUND = Rule(
    "forbidden",
    _MAY_NOT,
    said=_DENIED,
    needs="binding",
    remedy=_UNBOUND + "applies this RoleBinding there, once.",
    remedy_copy="{binding}",
)
OTHER_ACCOUNT_UNBOUND = Rule(
    "forbidden",
    _MAY_NOT,
    said=_DENIED,
    needs="name",
    remedy=_UNBOUND + "binds it to the ClusterRole kubeflow-edit there, once.",
)
NO_CONTRIBUTOR = Rule(
    "forbidden",
    _MAY_NOT,
    said=_DENIED,
    needs="reads",
    remedy="An owner of {namespace} adds {user} as a contributor, " + _DASHBOARD,
)
NO_MORE_THAN_VIEWER = Rule(
    "forbidden",
    _MAY_NOT,
    said=_DENIED,
    remedy="An owner of {namespace} adds {user} as a contributor, with the right to {deed}, "
    + _DASHBOARD
    + " To be a viewer there is not enough for it.",
)
UNKNOWN = Rule(
    "forbidden",
    "Kubeflow Pipelines refuses the call",
    kind="json",
    remedy="Whoever runs it can tell what is missing.",
    actor=ADMINISTRATOR,
    unknown=True,
)
NOT_OF_KFP = Rule(
    "forbidden",
    "something before Kubeflow Pipelines refuses the call",
    remedy="That is a firewall, a proxy or a gateway on the way: whoever runs it has to let the "
    "call through.",
    actor=ADMINISTRATOR,
    unknown=True,
)
#: The first one that holds is told.
RULES = (
    *MESH_RULES,
    UPLOAD_REFUSED,
    NOT_A_NAMESPACE,
    SHARED_PIPELINE,
    NO_NAMESPACE,
    SYSTEM_NAMESPACE,
    NO_ROLE,
    ACCOUNT_UNBOUND,
    OTHER_ACCOUNT_UNBOUND,
    NO_CONTRIBUTOR,
    NO_MORE_THAN_VIEWER,
    UNKNOWN,
    NOT_OF_KFP,
)


def explain_forbidden(message: str, *, sent: bool, subject: str) -> KfpConnectError:
    """Return the rung 3 error for what a 403 says.

    Parameters
    ----------
    message : str
        KFP's ``message``, or the body of an answer that is not KFP's.
    sent : bool
        Whether any credential was sent.
    subject : str
        Who we are: a manifest is made for nobody else, whatever an answer says.
    """
    return explain_403(Refusal(403, message, {}, sent, "", subject))


def refuses_a_right(refusal: Refusal) -> bool:
    """Whether an answer other than 403 refuses a right: 400 to an upload."""
    said = refusal.message
    return refusal.status == 400 and bool(_UPLOAD.search(said) or _DENIED.search(said))


def explain_403(refusal: Refusal) -> KfpConnectError:
    """Return the rung 3 error for a missing right, where `subject` says who we are."""
    return explain(refusal, RULES, _facts)


def _facts(refusal: Refusal, caught: Mapping[str, str]) -> Mapping[str, str]:
    user = caught.get("user") or "your user"
    account = _SERVICE_ACCOUNT.fullmatch(user)
    parts = account.groupdict() if account else {"home": "", "name": ""}
    ours = account is not None and user == refusal.subject
    namespace, verb = caught.get("namespace", ""), caught.get("verb", "")
    given = caught.get("given", "")
    resource = caught.get("resource", "")
    system = namespace if _OF_THE_SYSTEM.fullmatch(namespace) else ""
    # Where KFP runs, a pipeline is made only by a call that names no namespace.
    makes_shared = bool(system) and (verb, resource) == ("create", "pipelines")
    unnamed = not namespace or makes_shared or _NEW_SHARED.search(refusal.message)
    binding = _binding(namespace, parts["home"], parts["name"]) if ours and not system else None
    return {
        **caught,
        **parts,
        "direct": direct_address(refusal),
        "user": user,
        "who": short_subject(user),
        "deed": deed(verb, resource),
        "reads": verb if is_reading(verb) else "",
        "system": system,
        "misnamed": "yes" if given and not NAMESPACE.fullmatch(given) else "",
        "shared": "yes" if _SHARED.search(refusal.message) else "",
        "unnamed": "yes" if unnamed else "",
        "no_role": "yes" if _NO_ROLE.search(refusal.message) else "",
        "argument": _argument(refusal.namespace, parts["home"] if ours else None),
        "binding": binding or "",
    }


def _argument(*namespaces: str | None) -> str:
    """Return the argument that names the first of `namespaces` that one can work in."""
    for namespace in namespaces:
        known = namespace and NAMESPACE.fullmatch(namespace)
        if namespace and known and not _OF_THE_SYSTEM.fullmatch(namespace):
            return f'namespace="{namespace}"'
    return ""


def _binding(namespace: str, subject_namespace: str, name: str) -> str | None:
    """Return the RoleBinding to apply; what an answer says is checked before it is filled in."""
    try:
        account = ServiceAccount.parse(f"{subject_namespace}/{name}")
        return manifest("role-binding", namespace, [account]).text
    except KfpConnectError:
        return None
