"""What goes wrong with tokens inside the cluster."""

from __future__ import annotations

from ..environment import AUDIENCE
from ..manifests import ServiceAccount, manifest
from .gateway_refusals import (
    GATEWAY_REFUSES,
    GATEWAY_REFUSES_MOUNTED,
    GATEWAY_WANTS_ANOTHER,
    GATEWAY_WANTS_PIPELINES,
)
from .refusals import (
    EXPIRED,
    EXPIRED_MOUNTED,
    EXPIRED_THERE_ONLY,
    FROM_THE_FUTURE,
    GIVEN_FOR_OTHERS,
    GIVEN_REVOKED,
    ISSUER_UNKNOWN,
    MESH_WANTS_ANOTHER,
    MOUNTED_FOR_OTHERS,
    REVOKED,
)
from .symptom import Symptom
from .token_facts import create_token

_POD_DEFAULT = manifest("pod-default", "team-a").text
_EXAMPLE = {
    "wants": AUDIENCE,
    "accounts": "kubectl get serviceaccounts --namespace team-a",
    "direct": "http://ml-pipeline.kubeflow:8888",
    "pod_default": _POD_DEFAULT,
    "new_token": create_token(ServiceAccount("team-a")),
    "same_token": create_token(ServiceAccount("team-a")),
    "plain_token": create_token(ServiceAccount("team-a"), ()),
    "iss": "that the error names",
}

SYMPTOMS = (
    Symptom(
        "token-not-mounted",
        "No token is mounted",
        "signed-in",
        "“Failed to read a token from file /var/run/secrets/kubeflow/pipelines/token … No such "
        "file or directory”",
        "The notebook server was made without a token for Kubeflow Pipelines: the PodDefault was "
        "not ticked when it was created, or the namespace has none.",
        ("token-missing",),
        to_copy={"token-missing": _POD_DEFAULT},
        threads=("canonical/bundle-kubeflow#423", "kubeflow/pipelines#8087"),
    ),
    Symptom(
        "token-volume-missing",
        "The token's volume is missing",
        "signed-in",
        "KF_PIPELINES_SA_TOKEN_PATH is set, and no file is there",
        "The variable came into the notebook server, but the volume with the token did not.",
        ("token-file-missing",),
        to_copy={"token-file-missing": _POD_DEFAULT},
        threads=("deployKF/deployKF#188",),
    ),
    Symptom(
        "token-left-out",
        "The token is not sent",
        "signed-in",
        "A token is mounted, and KFP still says “there is no user identity header”",
        "kfp's own client reads the mounted token only where it is given no host.",
        never="Our client sends the token with every call, whether the host was given or found.",
        threads=("elyra-ai/elyra#2358",),
    ),
    Symptom(
        "token-of-another-audience",
        "The token is made for another audience",
        "signed-in",
        "401 “Review.Status.Authenticated is false … token audiences […] is invalid for the target "
        "audiences […]”; behind a gateway only 401 “{}”; of Istio 403 “Audiences in Jwt are not "
        "allowed”",
        "The pod's ordinary Kubernetes token was sent. The error names the audience that the token "
        "is made for, and the one that is wanted. A gateway (oauth2-proxy) wants one that its "
        "administrator named, which may be another, and does not say which; nor does Istio.",
        (
            MOUNTED_FOR_OTHERS,
            GIVEN_FOR_OTHERS,
            MESH_WANTS_ANOTHER,
            GATEWAY_WANTS_PIPELINES,
            GATEWAY_WANTS_ANOTHER,
            GATEWAY_REFUSES_MOUNTED,
            GATEWAY_REFUSES,
        ),
        example=_EXAMPLE,
        threads=("kubeflow/pipelines#5138", "kubeflow/pipelines#8358"),
    ),
    Symptom(
        "token-ended",
        "The token has ended, or has not begun",
        "signed-in",
        '401 “serviceaccounts "…" not found”, “token has expired” or “token is not valid yet”',
        "The ServiceAccount was deleted, the token is too old, or a clock is wrong: the error "
        "compares the times in the token with this machine's clock.",
        (
            REVOKED,
            GIVEN_REVOKED,
            EXPIRED_MOUNTED,
            EXPIRED,
            EXPIRED_THERE_ONLY,
            FROM_THE_FUTURE,
        ),
        example=_EXAMPLE,
    ),
    Symptom(
        "token-frozen",
        "The token is read only once",
        "signed-in",
        "“Do I have to get a new token every two hours?”",
        "The kubelet renews the token's file, but a program that read it once keeps the old one.",
        never="Our client reads the file again at each call.",
        threads=("elyra-ai/elyra#3089",),
    ),
    Symptom(
        "token-issuer-unknown",
        "The token's issuer is not known",
        "signed-in",
        "401 “Jwt issuer is not configured”",
        "Istio was not told of the issuer of this cluster's tokens. The error names the issuer.",
        (ISSUER_UNKNOWN,),
        threads=("kubeflow/pipelines#11025", "kubeflow/community-distribution#2840"),
    ),
    Symptom(
        "token-with-newline",
        "A line break after the token",
        "signed-in",
        "“Invalid header value b'Bearer …\\n'”",
        "The token was copied or read with a line break at its end.",
        never="White space around a token is taken off before it is sent.",
    ),
)
