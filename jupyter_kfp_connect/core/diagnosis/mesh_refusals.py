"""The service mesh's own 403, which says nothing but that a policy refuses the call."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..codes import YOU
from .rules import Refusal, Rule

_BY_MESH = re.compile(r"^\s*RBAC: access denied\s*$")
#: KFP's services by whatever part of their names; without a namespace, in the usual one.
_SERVICE = re.compile(r"(ml-pipeline(?:-ui)?)(?:\.([a-z0-9-]+)(?:\.svc(?:\.[a-z0-9.-]+)?)?)?\.?")

MESH_REFUSES_TOKEN = Rule(
    "forbidden-by-mesh",
    "a policy of the service mesh refuses the call, though a token was sent",
    said=_BY_MESH,
    sent=True,
    needs="direct",
    remedy="An administrator has to allow it; inside the cluster, {direct} may be open to you.",
    remedy_copy="{direct}",
)
MESH_REFUSES = Rule(
    "forbidden-by-mesh",
    "a policy of the service mesh refuses the call, though a credential was sent",
    said=_BY_MESH,
    sent=True,
    remedy="An administrator has to allow it, in Istio's AuthorizationPolicy for this address.",
)
MESH_WANTS_TOKEN = Rule(
    "forbidden-by-mesh",
    "a policy of the service mesh refuses the call, and no token was sent",
    said=_BY_MESH,
    sent=False,
    remedy="Mount a token for Kubeflow Pipelines (in a notebook's pod, with the PodDefault), give "
    "one, or use the gateway's address and sign in there.",
    actor=YOU,
)
MESH_RULES = (MESH_REFUSES_TOKEN, MESH_REFUSES, MESH_WANTS_TOKEN)


def direct_address(refusal: Refusal) -> str:
    """Return where the same token may serve inside the cluster; empty where that is nowhere else.

    It is KFP's API itself, which no gateway is before. A person's session does not serve there.
    """
    service = _SERVICE.fullmatch(urlsplit(refusal.host).hostname or "")
    if not refusal.of_token or (service and service[1] == "ml-pipeline"):
        return ""
    namespace = (service and service[2]) or "kubeflow"
    return f"http://ml-pipeline.{namespace}:8888"
