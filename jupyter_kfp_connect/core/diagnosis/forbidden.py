"""A 403: KFP's own, which names user, verb and namespace, or the service mesh's, which does not."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..auth.tokens import short_subject
from ..codes import YOU
from ..errors import KfpConnectError
from ..manifests import ServiceAccount, manifest
from .rules import Refusal, Rule, explain

#: Recording ``kfp-token-rbac-denied``.
_DENIED = re.compile(
    r"User '(?P<user>[^']*)' is not authorized.*?"
    r"Namespace:(?P<namespace>[^,]*),Verb:(?P<verb>[^,]*),.*?Resource:(?P<resource>[^,]*),",
    re.DOTALL,
)
_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:(?P<home>[^:]+):(?P<name>[^:]+)")
_BY_MESH = re.compile(r"^\s*RBAC: access denied\s*$")
_MAY_NOT = "{who} may not {verb} {resource} in {namespace}"
_UNBOUND = "No RoleBinding lets {name} of {home} work in {namespace}. An owner of {namespace} "

MESH_REFUSES_TOKEN = Rule(
    "forbidden-by-mesh",
    "a policy of the service mesh refuses the call, though a credential was sent",
    said=_BY_MESH,
    sent=True,
    remedy="An administrator has to allow it; inside the cluster, "
    "http://ml-pipeline.kubeflow:8888 may be open to you.",
    remedy_copy="http://ml-pipeline.kubeflow:8888",
)
MESH_WANTS_TOKEN = Rule(
    "forbidden-by-mesh",
    "a policy of the service mesh refuses the call, and no token was sent",
    said=_BY_MESH,
    sent=False,
    remedy="Mount a token for Kubeflow Pipelines, or sign in through the gateway.",
    actor=YOU,
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
    remedy="An owner of {namespace} adds {user} as a contributor, under “Manage Contributors” on "
    "the Kubeflow dashboard.",
)
#: The first one that holds is told.
RULES = (
    MESH_REFUSES_TOKEN,
    MESH_WANTS_TOKEN,
    ACCOUNT_UNBOUND,
    OTHER_ACCOUNT_UNBOUND,
    NO_CONTRIBUTOR,
    Rule("forbidden", "Kubeflow Pipelines refuses the call", unknown=True),
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


def explain_403(refusal: Refusal) -> KfpConnectError:
    """Return the rung 3 error for a refusal whose `subject` says who we are."""
    return explain(refusal, RULES, _facts)


def _facts(refusal: Refusal, caught: Mapping[str, str]) -> Mapping[str, str]:
    user = caught.get("user", "")
    account = _SERVICE_ACCOUNT.fullmatch(user)
    parts = account.groupdict() if account else {"home": "", "name": ""}
    ours = account is not None and user == refusal.subject
    binding = _binding(caught["namespace"], parts["home"], parts["name"]) if ours else None
    return {**caught, **parts, "who": short_subject(user), "binding": binding or ""}


def _binding(namespace: str, subject_namespace: str, name: str) -> str | None:
    """Return the RoleBinding to apply; what an answer says is checked before it is filled in."""
    try:
        account = ServiceAccount.parse(f"{subject_namespace}/{name}")
        return manifest("role-binding", namespace, [account]).text
    except KfpConnectError:
        return None
