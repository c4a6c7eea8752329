"""Connection: what to connect to. Frozen, and without a secret."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from .errors import KfpConnectError, error
from .fields import CLEANERS, NEEDED
from .hosts import origin

#: Changing one of these moves nothing that a credential is bound to (docs/architecture.md, rules of
#: trust).
KEEPS_SESSION = frozenset({"title", "name", "namespace", "ui_host", "timeout"})

#: These say what the server runs, reads or trusts: over REST they need ``execute`` on ``kernels``.
NEEDS_EXECUTE = frozenset(
    {"token_command", "token_file", "ssl_ca_cert", "port_forward", "proxy", "login_hosts"}
)

#: A misspelt field is named; anything else may be what was pasted in the wrong place.
_LIKE_A_FIELD = re.compile(r"[a-z][a-z_]{0,23}")

_NAMESPACE = uuid.UUID("5f0d1a0e-93f1-5d0c-9b7a-8f6b9d1c2a55")


@dataclass(frozen=True)
class Connection:
    """What to connect to: an address and how to sign in there, by name.

    Attributes
    ----------
    name : str
        Matches ``[a-z0-9][a-z0-9._-]{0,62}``.
    id : str
        Made once; stays when the name changes. Clients and credentials are bound to it.
    title : str
        Any text, for people.
    host : str
        The address of the KFP API or of its front door, without ``/apis/…``.
    auth : str
        One of `jupyter_kfp_connect.core.fields.AUTHS`; ``auto`` finds out.
    namespace : str or None
        The Kubernetes namespace (Kubeflow profile) to work in.
    connector : str or None
        The id of Dex's connector, such as ``local`` or ``ldap``.
    username : str or None
        Typed on the sign-in form.
    client_id, scopes : str or None, tuple of str or None
        For ``oidc-device``.
    token_file : str or None
        The whole path of a file that holds a bearer token; re-read at each use.
    token_command : tuple of str or None
        A program and its arguments, without a shell, that prints a bearer token.
    verify_ssl : bool
        Whether the certificate is checked.
    ssl_ca_cert : str or None
        The whole path of the file of a certificate authority to trust, PEM.
    ui_host : str or None
        Where people open the Pipelines UI, if elsewhere than `host`.
    proxy : str or None
        An HTTP proxy's address; ``None`` means as the environment says.
    login_hosts : tuple of str
        Other origins at which signing in is allowed.
    port_forward : mapping or None
        ``context``, ``namespace``, ``service``, ``local_port``, ``remote_port``.
    timeout : float or None
        Seconds that one call may take; ``None`` means the default.
    """

    name: str
    host: str
    id: str = ""
    title: str = ""
    auth: str = "auto"
    namespace: str | None = None
    connector: str | None = None
    username: str | None = None
    client_id: str | None = None
    scopes: tuple[str, ...] | None = None
    token_file: str | None = None
    token_command: tuple[str, ...] | None = None
    verify_ssl: bool = True
    ssl_ca_cert: str | None = None
    ui_host: str | None = None
    proxy: str | None = None
    login_hosts: tuple[str, ...] = ()
    port_forward: Mapping[str, Any] | None = None
    timeout: float | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Connection:
        """Make a connection from JSON-able data, every field checked.

        Raises
        ------
        RequestError
            Code ``bad-request``, naming the field: unknown, missing or wrong.
        NotReachable
            Code ``bad-host``.
        """
        for key in NEEDED:
            if _empty(data.get(key)):
                raise error("bad-request", f"{key}: it is missing", remedy=NEEDED[key])
        clean = check_fields(data)
        made = cls(**clean)
        return replace(made, id=made.id or str(uuid.uuid4()), title=made.title or made.name)

    def changed(self, changes: Mapping[str, Any]) -> Connection:
        """Return the connection with `changes` merged in; ``None`` clears a field.

        Raises
        ------
        RequestError, NotReachable
            As `from_dict`. ``id`` cannot be changed.
        """
        if changes.get("id", self.id) != self.id:
            raise error("bad-request", "id: it stays as it was made")
        given = {key: value for key, value in changes.items() if not _empty(value)}
        cleared = [key for key, value in changes.items() if _empty(value)]
        for key in cleared:
            if key not in FIELDS:
                raise no_such_field(key)
            if key in NEEDED:
                raise error("bad-request", f"{key}: it cannot be empty", remedy=NEEDED[key])
        values = {key: DEFAULTS[key] for key in cleared if key != "id"} | check_fields(given)
        made = replace(self, **values)
        return replace(made, title=made.title or made.name)

    def keeps_session(self, other: Connection) -> bool:
        """Whether a session and a password given for this one still belong to `other`."""
        return self.id == other.id and all(
            getattr(self, name) == getattr(other, name)
            for name in FIELDS
            if name not in KEEPS_SESSION
        )

    @property
    def origin(self) -> str:
        """Scheme, host and port that credentials are bound to."""
        return origin(self.host)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-able data, in the order of the class."""
        data = asdict(self)
        for name in ("scopes", "token_command"):
            data[name] = list(data[name]) if data[name] is not None else None
        data["login_hosts"] = list(data["login_hosts"])
        data["port_forward"] = dict(data["port_forward"]) if data["port_forward"] else None
        return data


FIELDS = tuple(field.name for field in fields(Connection))
DEFAULTS: Mapping[str, Any] = {
    field.name: field.default for field in fields(Connection) if field.name not in ("name", "host")
}


def check_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` with every field checked and in its stored form; ``None`` is left out.

    Raises
    ------
    RequestError
        Code ``bad-request``: the field is unknown, or what is wrong with it.
    NotReachable
        Code ``bad-host``.
    """
    clean = {}
    for key, value in data.items():
        if key not in FIELDS:
            raise no_such_field(key)
        if not _empty(value):
            clean[key] = CLEANERS[key](key, value)
    return clean


def no_such_field(key: str, known: Iterable[str] = FIELDS) -> KfpConnectError:
    """Return the error for an unknown field; what does not look like one is not repeated."""
    name = key if _LIKE_A_FIELD.fullmatch(str(key)) else "a field with another name"
    return error(
        "bad-request",
        f"{name}: no such field",
        remedy=f"Known are {', '.join(known)}.",
    )


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def stable_id(source: str, name: str) -> str:
    """Return the id of a connection that its source gave none: the same one each time."""
    return str(uuid.uuid5(_NAMESPACE, f"{source}\n{name}"))
