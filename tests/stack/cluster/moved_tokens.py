"""Tokens of another time: no API server makes them, but its key signs them."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .real_cluster import RealCluster


def moved_in_time(cluster: RealCluster, token: str, by: timedelta) -> str:
    """Return `token` as if the cluster had made it at another time.

    Parameters
    ----------
    cluster : RealCluster
        Who made it.
    token : str
        A fresh one.
    by : timedelta
        How much later; negative for earlier.
    """
    head, body, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    for name in ("exp", "iat", "nbf"):
        claims[name] += int(by.total_seconds())
    signed = f"{head}.{_encoded(json.dumps(claims).encode())}"
    pem = cluster.token_file.with_name("service-accounts.key").read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encoded(signature)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
