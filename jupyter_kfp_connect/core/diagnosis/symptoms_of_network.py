"""What keeps a host away: network, TLS, paths and versions."""

from __future__ import annotations

from ..network_rules import (
    EXPIRED,
    FORWARDS_ENDED,
    FORWARDS_LOST,
    ONLY_IN_CLUSTER,
    OTHER_NAME,
    OTHER_NAME_BEHIND_FORWARD,
    OWN_PROXY_BEFORE_CLUSTER,
    PROXY_BEFORE_CLUSTER,
    PROXYS_PAGE,
    UNTRUSTED,
)
from .places import OTHER_PATH, TOO_OLD
from .symptom import Symptom

SYMPTOMS = (
    Symptom(
        "certificate-untrusted",
        "The certificate is not trusted",
        "reachable",
        "CERTIFICATE_VERIFY_FAILED",
        "The host's certificate is of a private authority that this machine does not know, or it "
        "is out of date or for another name. One setting serves the sign-in and the client; "
        "skipping the check is shown as a warning.",
        (UNTRUSTED, EXPIRED, OTHER_NAME, OTHER_NAME_BEHIND_FORWARD),
        example={"name": "kubeflow.example.com"},
        threads=("kubeflow/pipelines#6378", "kubeflow/pipelines#9735", "elyra-ai/elyra#2724"),
    ),
    Symptom(
        "port-forward-ended",
        "Nothing listens at localhost",
        "reachable",
        "“Connection refused” at localhost:8080 or localhost:3000",
        "The port-forward was not started, or it ended, or the pod behind it is gone.",
        (*FORWARDS_ENDED, FORWARDS_LOST[0]),
    ),
    Symptom(
        "name-only-in-cluster",
        "A name that only the cluster knows",
        "reachable",
        "“Name or service not known” for a name that ends in .svc.cluster.local",
        "Such names exist only inside the cluster, and this is not inside.",
        (ONLY_IN_CLUSTER,),
    ),
    Symptom(
        "path-or-version",
        "The path is missing, or Kubeflow Pipelines is too old",
        "reachable",
        "404 at the host's root, or “Cannot GET /apis/v2beta1/…”",
        "The path is missing (/pipeline behind the gateway), or Kubeflow Pipelines is older than "
        "the API. The error names the path that answers, and both versions.",
        (OTHER_PATH, TOO_OLD),
        example={"host": "https://kubeflow.example.com/pipeline"},
        threads=("elyra-ai/elyra#2240", "kubeflow/pipelines#9940"),
    ),
    Symptom(
        "client-hangs",
        "kfp.Client() hangs",
        "reachable",
        "kfp.Client() hangs for 25 seconds",
        "kfp's own client asks healthz again and again before it gives up.",
        never="A connection is proved once, with a time limit; making a client asks nobody.",
    ),
    Symptom(
        "proxy-before-cluster",
        "A proxy stands before the cluster",
        "reachable",
        "A host inside the cluster fails where HTTP_PROXY or HTTPS_PROXY is set, or where the "
        "connection has a proxy of its own",
        "The call goes to the proxy, which knows no names of the cluster.",
        (PROXY_BEFORE_CLUSTER, PROXYS_PAGE, OWN_PROXY_BEFORE_CLUSTER),
        example={"suffix": ".svc.cluster.local"},
    ),
)
