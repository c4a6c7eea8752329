"""Asks a real Kubernetes API server whose a token is and who may do what, as KFP itself does."""

from __future__ import annotations

import json
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from .access import ResourceAttributes, Visitor
from .faults import denied, internal, unauthenticated
from .options import ApiServer
from .tokens import AUDIENCE, TokenRefused

_TIMEOUT = 10.0  # seconds


class Kubernetes:
    """Reviews tokens and rights.

    Parameters
    ----------
    server : ApiServer
        Who is asked.
    """

    def __init__(self, server: ApiServer) -> None:
        self._server = server

    async def review(self, token: str) -> str:
        """Return the user name of a token that is good for KFP.

        Raises
        ------
        TokenRefused
            With the API server's own complaint.
        KfpFault
            500: the API server does not answer.
        """
        status = await self._create(
            "authentication.k8s.io", "TokenReview", {"token": token, "audiences": [AUDIENCE]}
        )
        if not status.get("authenticated"):
            raise TokenRefused(status.get("error", ""))
        if AUDIENCE not in status.get("audiences", []):
            raise TokenRefused(f"the review knows nothing of the audience {AUDIENCE}")
        user: str = status["user"]["username"]
        return user

    async def check(self, visitor: Visitor, attributes: ResourceAttributes) -> None:
        """Let a visitor pass.

        Raises
        ------
        KfpFault
            401 for somebody unknown, 403 for somebody without the right, 500 where the API server
            does not answer.
        """
        if visitor.user is None:
            raise unauthenticated(visitor.token_complaint)
        status = await self._create(
            "authorization.k8s.io",
            "SubjectAccessReview",
            {"user": visitor.user, "resourceAttributes": attributes.as_json()},
        )
        if not status.get("allowed"):
            raise denied(visitor.user, attributes, status.get("reason", ""))

    async def _create(self, group: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
        """Create a review; return its status, which Kubernetes fills in at once."""
        server = self._server
        review = {"apiVersion": f"{group}/v1", "kind": kind, "spec": spec}
        try:
            answer = await AsyncHTTPClient().fetch(
                HTTPRequest(
                    f"{server.url.rstrip('/')}/apis/{group}/v1/{kind.lower()}s",
                    method="POST",
                    headers={
                        "Authorization": f"Bearer {server.token_file.read_text().strip()}",
                        "Content-Type": "application/json",
                    },
                    body=json.dumps(review),
                    follow_redirects=False,
                    request_timeout=_TIMEOUT,
                    validate_cert=server.verify,
                    ca_certs=None if server.ca_file is None else str(server.ca_file),
                )
            )
            status: dict[str, Any] = json.loads(answer.body)["status"]
        except (HTTPClientError, OSError, ValueError, KeyError) as error:
            raise internal(f"Failed to create a {kind}: {error}") from None
        return status
