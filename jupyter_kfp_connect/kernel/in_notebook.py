"""The fourth rung beside one connection's own three: whether this kernel has a client of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core.errors import KfpConnectError
from ..core.ladder import Rung
from ..core.session import Session
from .broker_source import Holder
from .held import is_ours, source_beneath
from .line import connect_line
from .reserved import Arming

if TYPE_CHECKING:
    from .options import Options
    from .standing import Standing


class InNotebook:
    """What is under one name, as it looks beside a connection.

    Parameters
    ----------
    arming : Arming
        The kernel's names.
    options : Options
        The name, and what the line that is offered connects to.
    value : object
        What the name holds.
    """

    def __init__(self, arming: Arming, options: Options, value: object) -> None:
        self._arming = arming
        self._options = options
        self._client: Any = value if is_ours(value) else None

    def rung(self, standing: Standing) -> dict[str, Any]:
        """Return RUNG: of another connection's client nothing holds and nothing fails."""
        options = self._options
        name = options.variable
        owner = self._owner(standing)
        if owner is not None:
            this = standing.connection
            return self._not_yet(f"{name} belongs to “{owner}”; for one of “{this}” run", standing)
        wanted = Holder(self._named(standing), options.namespace, variable=name)
        try:
            self._arming.check_name(wanted, options.host)
        except KfpConnectError as taken:
            return Rung("in-notebook").failed(taken).to_dict()
        rung = self._arming.rung(name)
        if rung["state"] == "unknown":
            return self._not_yet(f"there is no {name} yet; run", standing)
        if rung["state"] == "ok":
            rung["detail"] = self._told(rung["detail"])
        return rung

    def _told(self, state: str) -> str:
        if self._client is None:
            return f"{state}: the next cell that names {self._options.variable} makes it"
        namespace = ""
        with suppress(KfpConnectError):
            namespace = self._client.get_user_namespace()
        where = f", in {namespace}" if namespace else ""
        return f"{state} as {self._options.variable}{where}"

    def _not_yet(self, why: str, standing: Standing) -> dict[str, Any]:
        options = self._options
        line = connect_line(
            self._named(standing),
            host=options.host,
            namespace=options.namespace,
            variable=options.variable,
        )
        return Rung("in-notebook", detail=f"{why} {line}").to_dict()

    def _named(self, standing: Standing) -> str | None:
        """Return what names the connection; an address without a name has none."""
        return self._options.connection or (None if self._options.host else standing.connection)

    def _owner(self, standing: Standing) -> str | None:
        """Return the name of another connection that has the name; ``None`` where none has."""
        if self._client is None:
            holder = self._arming.holder(self._options.variable)
            reserved = holder.connection if holder else None
            return reserved if reserved not in (None, *standing.names) else None
        source = source_beneath(self._client)
        if isinstance(source, Session):
            known = source.connection
            same = known.name in standing.names and known.host == standing.facts.get("host")
            return None if same else known.name
        if getattr(source, "connection", None) in standing.names:
            return None
        with suppress(KfpConnectError):
            return str(source.lease().connection)
        return "another connection"
