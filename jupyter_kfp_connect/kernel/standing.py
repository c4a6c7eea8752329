"""How a connection stands: title and rungs, for the magic's display and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.errors import KfpConnectError
from ..core.http import NetworkSettings
from ..core.ladder import Ladder

if TYPE_CHECKING:
    from ..core.auth.base import Given
    from ..core.connection import Connection
    from ..core.session import Lease, Session


@dataclass(frozen=True)
class Standing:
    """What is known of one connection.

    Attributes
    ----------
    title : str
        Which connection, where, in which namespace, as whom.
    rungs : sequence of mappings
        The first three, as RUNG objects of the REST contract.
    """

    title: str
    rungs: Sequence[Mapping[str, Any]]

    @property
    def holds(self) -> bool:
        """Whether rungs 1 to 3 hold."""
        return all(rung["state"] in ("ok", "not-needed") for rung in self.rungs)

    @property
    def code(self) -> str | None:
        """The code of the first rung that failed."""
        return next((rung["code"] for rung in self.rungs if rung["state"] == "failed"), None)

    @classmethod
    def of_server(cls, told: Mapping[str, Any]) -> Standing:
        """Read the CONNECTION that the server answered."""
        parts = (told["name"], told["host"], told["namespace"], told["signed_in_as"])
        return cls(_joined(parts, told["source"]), told["rungs"])

    @classmethod
    def of_session(cls, source: Session) -> Standing:
        """Look at every rung of a session of this process anew."""
        from ..core.recheck import recheck
        from ..core.transport import RequestsTransport

        lease = source.lease()
        settings = NetworkSettings(
            lease.ssl_ca_cert or lease.verify_ssl, lease.proxy, lease.timeout
        )
        transport = RequestsTransport(settings)
        ladder = Ladder()
        try:
            recheck(source, ladder, transport)
            lease = source.lease()
        except KfpConnectError:
            pass  # the ladder shows it
        finally:
            transport.close()
        return cls(_title(lease), [rung.to_dict() for rung in ladder])

    @classmethod
    def of_connection(cls, connection: Connection, given: Given | None = None) -> Standing:
        """Connect in this process to see how far it goes; nothing of it is kept."""
        from ..core.here import connect_here

        ladder = Ladder()
        title = _joined((connection.name, connection.host, connection.namespace), None)
        with suppress(KfpConnectError):  # the ladder shows it
            title = _title(connect_here(connection, given, ladder=ladder).lease())
        return cls(title, [rung.to_dict() for rung in ladder])


def _title(lease: Lease) -> str:
    parts = (lease.connection, lease.host, lease.namespace, lease.signed_in_as)
    return _joined(parts, lease.source)


def _joined(parts: Sequence[str | None], source: str | None) -> str:
    sandbox = "a sandbox, no cluster" if source == "sandbox" else None
    return " · ".join(part for part in (*parts, sandbox) if part)
