"""A 403: KFP's own, which names user, verb and namespace, or the service mesh's, which does not."""

from __future__ import annotations

import re

from ..auth.tokens import short_subject
from ..errors import KfpConnectError, error
from ..manifests import ServiceAccount, manifest

#: Recording ``kfp-token-rbac-denied``.
_DENIED = re.compile(
    r"User '(?P<user>[^']*)' is not authorized.*?"
    r"Namespace:(?P<namespace>[^,]*),Verb:(?P<verb>[^,]*),.*?Resource:(?P<resource>[^,]*),",
    re.DOTALL,
)
_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:(?P<namespace>[^:]+):(?P<name>[^:]+)")


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
    if message.strip() == "RBAC: access denied":
        if sent:
            return error(
                "forbidden-by-mesh",
                "a policy of the service mesh refuses the call, though a credential was sent",
                remedy="An administrator has to allow it; inside the cluster, "
                "http://ml-pipeline.kubeflow:8888 may be open to you.",
            )
        return error("forbidden-by-mesh", "a policy of the service mesh refuses the call")
    match = _DENIED.search(message)
    if match is None:
        return error("forbidden", f"Kubeflow Pipelines refuses the call: {message[:200]}")
    user, namespace = match["user"], match["namespace"]
    who = short_subject(user)
    what = f"{who} may not {match['verb']} {match['resource']} in {namespace}"
    account = _SERVICE_ACCOUNT.fullmatch(user)
    if account is not None:
        ours = user == subject
        binding = None if not ours else _binding(namespace, account["namespace"], account["name"])
        what_to_do = (
            "applies this RoleBinding there"
            if binding
            else "binds it to the ClusterRole kubeflow-edit there"
        )
        remedy = (
            f"No RoleBinding lets {account['name']} of {account['namespace']} work in {namespace}. "
            f"An owner of {namespace} {what_to_do}, once."
        )
        return error("forbidden", what, remedy=remedy, remedy_copy=binding)
    remedy = (
        f"An owner of {namespace} adds {user} as a contributor, under “Manage Contributors” on "
        "the Kubeflow dashboard."
    )
    return error("forbidden", what, remedy=remedy)


def _binding(namespace: str, subject_namespace: str, name: str) -> str | None:
    """Return the RoleBinding to apply; what an answer says is checked before it is filled in."""
    try:
        account = ServiceAccount.parse(f"{subject_namespace}/{name}")
        return manifest("role-binding", namespace, [account]).text
    except KfpConnectError:
        return None
