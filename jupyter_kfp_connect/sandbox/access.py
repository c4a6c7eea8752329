"""Who may do what in which namespace."""

from __future__ import annotations

from dataclasses import dataclass

from .faults import denied, unauthenticated
from .options import FOREIGN_NAMESPACE, SHARED_NAMESPACE, USER, USER_NAMESPACE

_GROUP, _VERSION = "pipelines.kubeflow.org", "v1beta1"
_READING = frozenset({"get", "list"})
_READERS = frozenset({"viewer"})


@dataclass(frozen=True)
class Visitor:
    """Who asks.

    Parameters
    ----------
    user : str or None
        An e-mail address, or a ServiceAccount's `sub`.
    token_complaint : str or None
        Why the token that came along was refused.
    """

    user: str | None = None
    token_complaint: str | None = None


@dataclass(frozen=True)
class ResourceAttributes:
    """What is asked for; prints as in KFP's answers (`kfp-token-rbac-denied.json`)."""

    namespace: str
    verb: str
    resource: str
    name: str = ""

    def as_json(self) -> dict[str, str]:
        """Return them as a SubjectAccessReview has them."""
        return {
            "namespace": self.namespace,
            "verb": self.verb,
            "group": _GROUP,
            "version": _VERSION,
            "resource": self.resource,
            "name": self.name,
        }

    def __str__(self) -> str:
        return (
            f"&ResourceAttributes{{Namespace:{self.namespace},Verb:{self.verb},"
            f"Group:{_GROUP},Version:{_VERSION},Resource:{self.resource},"
            f"Subresource:,Name:{self.name},FieldSelector:nil,LabelSelector:nil,}}"
        )


class Rights:
    """The roles of users and ServiceAccounts: `owner`, `contributor` or `viewer` of a namespace."""

    def __init__(self) -> None:
        self._roles: dict[tuple[str, str], str] = {}
        self.grant(USER, USER_NAMESPACE, "owner")
        self.grant(USER, SHARED_NAMESPACE, "contributor")
        for namespace in (USER_NAMESPACE, SHARED_NAMESPACE, FOREIGN_NAMESPACE):
            account = f"system:serviceaccount:{namespace}"
            self.grant(f"{account}:default-editor", namespace, "contributor")
            self.grant(f"{account}:default-viewer", namespace, "viewer")

    def grant(self, user: str, namespace: str, role: str = "contributor") -> None:
        """Give a user or ServiceAccount a role, as a RoleBinding does."""
        self._roles[(user, namespace)] = role

    def revoke(self, user: str, namespace: str) -> None:
        """Take a role away."""
        self._roles.pop((user, namespace), None)

    def namespaces(self, user: str) -> dict[str, str]:
        """Return the namespaces a user has a role in, with that role."""
        return {namespace: role for (who, namespace), role in self._roles.items() if who == user}

    def check(self, visitor: Visitor, attributes: ResourceAttributes) -> None:
        """Let a visitor pass.

        Raises
        ------
        KfpFault
            401 for somebody unknown, 403 for somebody without the right.
        """
        if visitor.user is None:
            raise unauthenticated(visitor.token_complaint)
        role = self._roles.get((visitor.user, attributes.namespace))
        if role is None or (role in _READERS and attributes.verb not in _READING):
            raise denied(visitor.user, attributes)
