"""The API server gives and reviews tokens as one of a platform does, and takes our manifests."""

from __future__ import annotations

import base64
import json

import pytest

from jupyter_kfp_connect.core.manifests import KINDS, ServiceAccount, manifest

from .real_cluster import ACCOUNT, AUDIENCE, NAMESPACE, OTHER_NAMESPACE, RealCluster


def test_its_tokens_are_for_pipelines_alone(real_cluster: RealCluster) -> None:
    payload = real_cluster.token().split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["aud"] == [AUDIENCE]
    assert claims["sub"] == f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_manifest_of_ours_is_accepted_as_it_is(kind: str, real_cluster: RealCluster) -> None:
    accounts = [ServiceAccount(OTHER_NAMESPACE)] if kind == "role-binding" else []
    made = manifest(kind, NAMESPACE, accounts)
    asked = ("apply", "--server-side", "--dry-run=server", "--filename", "-")
    printed = real_cluster.kubectl(*asked, text=made.text)
    assert "serverside-applied" in printed
