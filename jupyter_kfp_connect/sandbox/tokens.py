"""ServiceAccount tokens of the sandbox's own making, and the review of those that come in.

They have the form of Kubernetes' tokens (a JWT with `sub`, `aud`, `exp`, `iss`), but are signed
with a secret that lives and dies with the sandbox, so no other cluster takes them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from typing import Any

from .options import FOREIGN_NAMESPACE, SHARED_NAMESPACE, USER_NAMESPACE, Clock

AUDIENCE = "pipelines.kubeflow.org"
"""The audience that KFP's API server asks for."""

ISSUER = "https://kubeflow-sandbox.invalid"


class TokenRefused(Exception):
    """A token that the review does not accept; the text is the review's complaint."""


class TokenIssuer:
    """Issues tokens and reviews them.

    Parameters
    ----------
    clock : callable
        Seconds since the epoch.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._accounts = {
            f"system:serviceaccount:{namespace}:{name}"
            for namespace in (USER_NAMESPACE, SHARED_NAMESPACE, FOREIGN_NAMESPACE)
            for name in ("default", "default-editor", "default-viewer")
        }

    def issue(
        self,
        namespace: str = USER_NAMESPACE,
        service_account: str = "default-editor",
        *,
        audience: str = AUDIENCE,
        seconds: float = 7_200.0,
    ) -> str:
        """Return a fresh token; the ServiceAccount is made where it does not exist.

        Parameters
        ----------
        namespace, service_account : str
            Whose token it is.
        audience : str
            Its one audience.
        seconds : float
            Its life; negative for one that has expired already.
        """
        subject = f"system:serviceaccount:{namespace}:{service_account}"
        self._accounts.add(subject)
        now = int(self._clock())
        claims = {
            "aud": [audience],
            "exp": int(self._clock() + seconds),
            "iat": now,
            "iss": ISSUER,
            "jti": str(uuid.uuid4()),
            "kubernetes.io": {
                "namespace": namespace,
                "serviceaccount": {
                    "name": service_account,
                    "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, subject)),
                },
            },
            "nbf": now,
            "sub": subject,
        }
        head = _encode_json({"alg": "HS256", "kid": "sandbox", "typ": "JWT"})
        unsigned = f"{head}.{_encode_json(claims)}"
        return f"{unsigned}.{self._signature(unsigned)}"

    def delete_service_account(self, namespace: str, service_account: str) -> None:
        """Delete a ServiceAccount: its tokens are refused from now on."""
        self._accounts.discard(f"system:serviceaccount:{namespace}:{service_account}")

    def review(self, token: str) -> str:
        """Return the `sub` of a token that is good for KFP.

        Raises
        ------
        TokenRefused
            With the words of `tests/recordings/kfp-token-*.json`.
        """
        claims = self._claims(token)
        audiences = claims["aud"]
        if AUDIENCE not in audiences:
            quoted = " ".join(f'"{audience}"' for audience in audiences)
            raise TokenRefused(
                f"[invalid bearer token, token audiences [{quoted}] is invalid "
                f'for the target audiences ["{AUDIENCE}"]]'
            )
        if claims["exp"] <= self._clock():
            raise TokenRefused("[invalid bearer token, service account token has expired]")
        subject: str = claims["sub"]
        if subject not in self._accounts:
            name = subject.rpartition(":")[2]
            raise TokenRefused(f'[invalid bearer token, serviceaccounts "{name}" not found]')
        return subject

    def _claims(self, token: str) -> dict[str, Any]:
        unsigned, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(unsigned).encode()):
            raise TokenRefused("invalid bearer token")
        payload = unsigned.partition(".")[2]
        # Signed by us, hence well formed.
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
        return claims

    def _signature(self, unsigned: str) -> str:
        return _encode(hmac.new(self._secret, unsigned.encode(), hashlib.sha256).digest())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode_json(value: dict[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())
