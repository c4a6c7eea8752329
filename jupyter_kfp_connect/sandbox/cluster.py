"""The whole of what one sandbox holds; every handler gets it."""

from __future__ import annotations

from collections import Counter

from .access import ResourceAttributes, Rights, Visitor
from .directory import Directory
from .kubernetes import Kubernetes
from .options import USER_NAMESPACE, SandboxOptions
from .resources import Pace
from .sessions import Sessions
from .store import Store
from .tokens import TokenIssuer

_MAX_PATHS = 10_000


class Cluster:
    """A pretended Kubeflow.

    Parameters
    ----------
    options : SandboxOptions
        What it is asked to be.
    """

    def __init__(self, options: SandboxOptions) -> None:
        self.options = options
        self.store = Store(
            options.clock,
            Pace(options.pending_seconds, options.running_seconds),
            options.single_user,
        )
        if options.example and options.has_front_door:
            self.store.add_experiment(
                "sandbox-example", USER_NAMESPACE, "Here from the start, to have something to see."
            )
        self.rights = Rights()
        self.tokens = TokenIssuer(options.clock)
        self._kubernetes: Kubernetes | None = None
        if options.kubernetes is not None:
            self._kubernetes = Kubernetes(options.kubernetes)
        self.sessions = Sessions(options.clock, options.session_seconds)
        self.directory = Directory(options.clock, options.connectors)
        self.directory.is_down = options.directory_down
        self.requests: Counter[str] = Counter()

    def count(self, method: str, path: str) -> None:
        """Remember a request, for tests that ask how often something was done."""
        key = f"{method} {path}"
        if key in self.requests or len(self.requests) < _MAX_PATHS:
            self.requests[key] += 1

    async def review(self, token: str) -> str:
        """Return whose token this is, or raise `TokenRefused`."""
        if self._kubernetes is not None:
            return await self._kubernetes.review(token)
        return self.tokens.review(token)

    async def authorize(self, visitor: Visitor, attributes: ResourceAttributes) -> None:
        """Let a visitor pass, or raise the fault that KFP answers with."""
        if self._kubernetes is not None:
            await self._kubernetes.check(visitor, attributes)
        elif not self.options.single_user:
            self.rights.check(visitor, attributes)
