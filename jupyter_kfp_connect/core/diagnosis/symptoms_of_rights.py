"""What goes wrong with rights and namespaces, and in the notebook itself."""

from __future__ import annotations

from ..manifests import ServiceAccount, manifest
from .forbidden import (
    ACCOUNT_UNBOUND,
    NO_CONTRIBUTOR,
    NO_MORE_THAN_VIEWER,
    NO_NAMESPACE,
    NO_ROLE,
    SHARED_PIPELINE,
    UPLOAD_REFUSED,
)
from .mesh_refusals import MESH_REFUSES, MESH_REFUSES_TOKEN, MESH_WANTS_TOKEN
from .profiles import NO_PROFILE, NOT_CHOSEN
from .symptom import Symptom

_EXAMPLE = {
    "namespace": "team-a",
    "home": "team-b",
    "name": "default-editor",
    "user": "jane@example.com",
    "deed": "create runs",
    "argument": 'namespace="team-a"',
    "binding": manifest("role-binding", "team-a", [ServiceAccount("team-b")]).text,
}
_INSTALL = "/path/of/the/kernels/python -m pip install 'kfp>=2.17,<3'"

SYMPTOMS = (
    Symptom(
        "no-role-binding",
        "No rights in the namespace",
        "authorized",
        "403 “User 'system:serviceaccount:team-b:default-editor' is not authorized with reason: … "
        "ResourceAttributes{Namespace:team-a,Verb:list,…}”; to an upload 400, with the same or "
        "“Failed to create a pipeline”",
        "Nothing gives that ServiceAccount, or that user, rights in the namespace. A "
        "ServiceAccount needs a RoleBinding; a person has to be a contributor of the profile, and "
        "a viewer may only look. Pipelines without a namespace are for all, hence not everybody's "
        "to change: KFP asks for the right to it in its own namespace.",
        (
            ACCOUNT_UNBOUND,
            NO_CONTRIBUTOR,
            NO_MORE_THAN_VIEWER,
            NO_ROLE,
            NO_NAMESPACE,
            SHARED_PIPELINE,
            UPLOAD_REFUSED,
        ),
        example=_EXAMPLE,
        threads=("kubeflow/pipelines#14352", "kubeflow/pipelines#7196"),
    ),
    Symptom(
        "refused-by-mesh",
        "The service mesh refuses the call",
        "authorized",
        "403 “RBAC: access denied”, and nothing else",
        "That is Istio's policy, not Kubeflow Pipelines: the call never came through.",
        (MESH_WANTS_TOKEN, MESH_REFUSES_TOKEN, MESH_REFUSES),
        example={"direct": "http://ml-pipeline.kubeflow:8888"},
        threads=("kubeflow/pipelines#9774", "kubeflow/pipelines#4976"),
    ),
    Symptom(
        "no-namespace",
        "The namespace is missing, or not taken",
        "authorized",
        "400 “An experiment cannot have an empty namespace in multi-user mode”, or “In single-user "
        "mode, ListExperiment cannot filter by namespace”",
        "An install with users wants the namespace (your Kubeflow profile) in every call. One "
        "without ignores it; older ones refuse it. KFP's healthz says which kind it is.",
        (NOT_CHOSEN, NO_PROFILE, "namespace-not-taken"),
        threads=("kubeflow-kale/kale#210", "kubeflow/pipelines#4873"),
    ),
    Symptom(
        "namespace-taken-for-the-services",
        "The namespace is taken for that of the services",
        "reachable",
        "kfp.Client(namespace=…) ends in “Name or service not known” or 404",
        "Without a host kfp's own client takes the namespace for the one in which the service "
        "ml-pipeline runs.",
        never="Our client always has a host; the namespace is only that of your calls.",
        threads=("kubeflow/pipelines#9501",),
    ),
    Symptom(
        "context-file-unwritable",
        "kfp's context file cannot be written",
        "authorized",
        "PermissionError at ~/.config/kfp/context.json",
        "kfp's own client keeps the namespace in a file of the home folder, which may be "
        "read-only.",
        never="Our client takes the namespace from the connection and writes no file for it.",
        threads=("kubeflow-kale/kale#315",),
    ),
    Symptom(
        "sdk-missing-or-old",
        "kfp is missing, or too old",
        "in-notebook",
        "“No module named 'kfp'”, or kfp 1.x in the kernel",
        "The kernel's own Python has no kfp, or one that speaks to Kubeflow Pipelines 1. The error "
        "names the Python, what is there, and the line that installs it for that very kernel.",
        ("sdk-missing", "sdk-too-old"),
        to_copy=dict.fromkeys(("sdk-missing", "sdk-too-old"), _INSTALL),
    ),
)
