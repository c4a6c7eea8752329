"""What a client sends, and where it gets it.

Apart from the session, so that a kernel whose server holds the session loads no more than this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Protocol

from .secret import HiddenHeaders
from .times import from_iso, iso


@dataclass(frozen=True)
class Lease:
    """What a client needs for its next calls; headers and proxy, with their secrets, not shown.

    Attributes
    ----------
    connection_id, connection : str
        The connection's id and name.
    host : str
        The address of the KFP API, without ``/apis/…``.
    namespace : str or None
        The namespace to work in.
    headers : mapping of str to str
        What to send with each call.
    expires_at : datetime or None
        When they end, in UTC, where it is known.
    generation : int
        Grows with each renewal.
    signed_in_as : str or None
        Who the host takes us for.
    way : str
        The `auth` in use.
    kfp_version : str or None
        The server's, where it told.
    multi_user : bool or None
        Whether namespaces count.
    ui_url : str or None
        The Pipelines UI.
    source : str
        ``admin``, ``user``, ``detected``, ``sandbox``, or ``here`` for one made in this process.
    verify_ssl, ssl_ca_cert, proxy, timeout
        How to reach the host; `timeout` in seconds.
    watch : str or None
        A file whose change makes the headers old, such as a mounted token.
    lasting : str or None
        In words how long the headers hold, where only a person can get new ones.
    own_proxy : bool
        Whether `proxy` is the connection's own, and not of the environment.
    """

    connection_id: str
    connection: str
    host: str
    namespace: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires_at: datetime | None = None
    generation: int = 1
    signed_in_as: str | None = None
    way: str = "none"
    kfp_version: str | None = None
    multi_user: bool | None = None
    ui_url: str | None = None
    source: str = "here"
    verify_ssl: bool = True
    ssl_ca_cert: str | None = None
    proxy: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    watch: str | None = None
    lasting: str | None = None
    own_proxy: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", HiddenHeaders(self.headers))

    def to_dict(self) -> dict[str, Any]:
        """Return the lease as the broker sends it: with its headers."""
        data = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return data | {"headers": dict(self.headers), "expires_at": iso(self.expires_at)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Lease:
        """Return the lease that `to_dict` wrote; fields of a newer version are left out."""
        known = {entry.name for entry in fields(cls)}
        values = {key: value for key, value in data.items() if key in known}
        return cls(**values | {"expires_at": from_iso(data.get("expires_at"))})


class HeaderSource(Protocol):
    """Where a client gets what it sends, before each call."""

    def lease(self) -> Lease:
        """Return what to send with the next call; cheap.

        Raises
        ------
        KfpConnectError
            ``disconnected``, or what keeps the session from being renewed.
        """
        ...

    def refused(self, generation: int, said: tuple[int, bytes] | None = None) -> Lease:
        """Return something newer than `generation`, which KFP refused.

        Parameters
        ----------
        generation : int
            Of the lease that the call was made with.
        said : (int, bytes), optional
            Status and body of that answer: where there is nothing newer, they say why.

        Raises
        ------
        KfpConnectError
            Why there is nothing newer; `SignInNeeded` where a person has to act.
        """
        ...
