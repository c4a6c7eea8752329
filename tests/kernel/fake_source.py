"""A source of credentials that a test turns by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.session import Lease


def make_lease(host: str, **changes: Any) -> Lease:
    """Return a lease of a password session at `host`."""
    lease = Lease(
        connection_id="id-of-prod",
        connection="prod",
        host=host,
        namespace="team-a",
        headers={"Cookie": "oauth2_proxy_kubeflow=session-1"},
        expires_at=None,
        generation=1,
        signed_in_as="jane@example.com",
        way="dex",
        kfp_version="2.16.0",
        multi_user=True,
        ui_url=None,
        source="user",
        verify_ssl=True,
        ssl_ca_cert=None,
        proxy=None,
        timeout=60.0,
    )
    return replace(lease, **changes)


class FakeSource:
    """Gives out one lease until a test sets another, or an error."""

    def __init__(self, lease: Lease) -> None:
        self.now = lease
        self.next: Lease | KfpConnectError | None = None
        self.problem: KfpConnectError | None = None
        self.refusals: list[int] = []

    def lease(self) -> Lease:
        if self.problem is not None:
            raise self.problem
        return self.now

    def refused(self, generation: int, said: tuple[int, bytes] | None = None) -> Lease:
        self.refusals.append(generation)
        if isinstance(self.next, KfpConnectError):
            raise self.next
        if self.next is not None:
            self.now = self.next
        return self.now
