"""Changing what is kept: what a user may change, and what is refused, naming the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..core.catalogue import Catalogue, Entry
from ..core.connection import DEFAULTS, FIELDS, NEEDS_EXECUTE, Connection, no_such_field
from ..core.errors import error
from ..core.fields import ID, check_name
from ..core.hosts import origin
from .policy import Policy

#: CONNECTION's fields that are the server's to say: taken back with what was read, and ignored.
READ_ONLY = frozenset(
    {
        "source",
        "locked",
        "free",
        "way",
        "signed_in_as",
        "expires_at",
        "renews",
        "remembered",
        "generation",
        "kfp_version",
        "multi_user",
        "ui_url",
        "namespaces",
        "busy",
        "sign_in",
        "rungs",
        "probes",
        "attempts",
    }
)

#: With one of the fields that need ``execute`` in place, these decide where a token goes.
_DECIDES_WHERE = frozenset({"host", "auth", "verify_ssl"})


class Editor:
    """Changes the catalogue, by the administrator's policy.

    Parameters
    ----------
    catalogue : Catalogue
        What is changed.
    policy : Policy
        What the administrator decided.
    """

    def __init__(self, catalogue: Catalogue, policy: Policy) -> None:
        self._catalogue = catalogue
        self._policy = policy

    def put(self, name: str, body: Mapping[str, Any], may_execute: bool) -> tuple[Entry, bool]:
        """Create or change one of the user's own; on a locked one, only what was left empty.

        Parameters
        ----------
        name : str
            The connection's present name.
        body : mapping
            Fields; ``None`` clears one, ``name`` renames, read-only ones are ignored.
        may_execute : bool
            Whether the user may also run code in kernels.

        Returns
        -------
        Entry, bool
            The connection, and whether it is new.

        Raises
        ------
        RequestError
            ``bad-request`` naming the field, ``locked``, ``not-allowed``; ``file-unreadable`` where
            the file holds something else under that name.
        """
        fields = {key: value for key, value in body.items() if key not in READ_ONLY}
        check_name("name", name)
        self._catalogue.refresh()  # somebody may be writing the file by hand
        before = self._catalogue.get(name)
        if before is not None and before.locked:
            return self._put_beside(before, fields), False
        self.require_own_connections()
        base = before.connection if before is not None else None
        self._check_rights(base, fields, may_execute)
        if base is None:
            if fields.get("id") and not ID.fullmatch(str(fields["id"])):
                raise error("bad-request", "id: it is none", remedy="Leave it out: one is made.")
            connection = Connection.from_dict({**fields, "name": fields.get("name") or name})
        else:
            connection = base.changed(fields)
        if connection.name != name and self._catalogue.get(connection.name) is not None:
            raise error("bad-request", f"name: there is a connection “{connection.name}” already")
        self._catalogue.require_unspoilt(connection.name)
        if before is None:
            self._check_id(connection)
        if before is not None and before.source == "sandbox":
            for key in ("name", "host"):
                if getattr(connection, key) != getattr(before.connection, key):
                    raise error("locked", f"{key}: the sandbox's stays as it is")
            entry = replace(before, connection=connection)
            self._catalogue.put_found(entry)
            return entry, False
        entry = self._catalogue.save(connection, renames=name if before is not None else None)
        if before is not None and before.source == "detected":
            self._catalogue.drop_found(before.connection.name)
        return entry, before is None

    def remove(self, entry: Entry) -> None:
        """Remove one of the user's own, or forget one that was found.

        Raises
        ------
        RequestError
            ``locked``.
        """
        name = entry.connection.name
        if entry.locked:
            raise error("locked", f"“{name}” is the administrator's")
        if entry.source == "user":
            self._catalogue.remove(name)
        else:
            self._catalogue.drop_found(name)

    def allow_login_host(self, entry: Entry, host: str) -> Entry:
        """Add one origin to a connection's ``login_hosts``, after the user said yes to it.

        Raises
        ------
        RequestError
            ``not-allowed`` by policy, ``locked`` on an administrator's connection.
        """
        if self._policy.login_hosts and origin(host) not in self._policy.login_hosts:
            raise error("not-allowed", f"the administrator does not allow a sign-in at {host}")
        if entry.locked:
            raise error("locked", "the administrator lists the hosts of this connection")
        connection = entry.connection
        changed = replace(connection, login_hosts=(*connection.login_hosts, origin(host)))
        if entry.source == "user":
            return self._catalogue.save(changed)
        found = replace(entry, connection=changed)
        self._catalogue.put_found(found)
        return found

    def require_own_connections(self) -> None:
        """Raise ``locked`` where the administrator allows no others than those there are."""
        if not self._policy.allow_user_connections:
            raise error(
                "locked",
                "the administrator allows only the connections that are there",
                remedy="Choose one of those.",
            )

    def _put_beside(self, entry: Entry, fields: Mapping[str, Any]) -> Entry:
        before = entry.connection.to_dict()
        changes = {key: value for key, value in fields.items() if before.get(key) != value}
        for key in changes:
            if key not in entry.beside:
                raise error("locked", f"{key}: “{entry.connection.name}” is the administrator's")
        entry.connection.changed(changes)  # the checks of each field
        return self._catalogue.save_beside(entry, changes)

    def _check_id(self, connection: Connection) -> None:
        """Refuse another's id: sessions and clients are bound to it."""
        taken = (entry.connection for entry in self._catalogue)
        other = next((each for each in taken if each.id == connection.id), None)
        if other is not None:
            raise error("bad-request", f"id: it is that of “{other.name}”", remedy="Leave it out.")

    def _check_rights(
        self, base: Connection | None, fields: Mapping[str, Any], may_execute: bool
    ) -> None:
        """Refuse what says what the server runs, reads or trusts, to who may not run kernels."""
        for key in fields:
            if key not in FIELDS:
                raise no_such_field(key)
        before = base.to_dict() if base is not None else dict(DEFAULTS)
        moved = {key for key in _DECIDES_WHERE & fields.keys() if fields[key] != before.get(key)}
        holds = any(before.get(key) for key in NEEDS_EXECUTE)
        mounted = fields.get("auth") == "service-account-token" != before.get("auth")
        if not may_execute and ((moved and holds) or mounted):
            key = "auth" if mounted else min(moved)
            raise error(
                "not-allowed", f"{key}: only who may run kernels may say where a token goes"
            )
        for key in NEEDS_EXECUTE & fields.keys():
            if (fields[key] or None) == (before.get(key) or None):
                continue
            if not may_execute:
                raise error("not-allowed", f"{key}: only who may run kernels may set it")
            if key == "login_hosts" and self._policy.login_hosts:
                raise error("locked", "login_hosts: the administrator lists them")
