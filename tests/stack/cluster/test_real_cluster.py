"""The API server gives tokens as one of a platform does."""

from __future__ import annotations

import base64
import json

from .real_cluster import ACCOUNT, AUDIENCE, NAMESPACE, RealCluster


def test_its_tokens_are_for_pipelines_alone(real_cluster: RealCluster) -> None:
    payload = real_cluster.token().split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["aud"] == [AUDIENCE]
    assert claims["sub"] == f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"
