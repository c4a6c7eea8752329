"""How a connection stands: title, rungs and calls, for the magic and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from ..core.diagnosis.clear_text import clear_text_warning
from ..core.errors import KfpConnectError
from ..core.ladder import Ladder

if TYPE_CHECKING:
    from ..core.auth.base import Given
    from ..core.connection import Connection
    from ..core.probes import Probe
    from ..core.session import Lease, Session
    from .broker_client import Broker

#: What of a CONNECTION or a lease is told of it.
_FACTS = ("host", "namespace", "signed_in_as", "way", "kfp_version", "source")


@dataclass(frozen=True)
class Standing:
    """What is known of one connection.

    Attributes
    ----------
    connection : str
        Its name.
    facts : mapping
        ``host``, and where they are known ``namespace``, ``signed_in_as``, ``way``,
        ``kfp_version``, ``source`` and ``login_hosts``.
    rungs : sequence of mappings
        The first three, as RUNG objects of the REST contract.
    probes, attempts : sequence of mappings
        Each call that was made for it, and each way that was looked at, as ``diagnose`` answers
        them.
    in_notebooks : sequence of mappings
        The fourth rung, of each kernel where it does not hold.
    id : str or None
        Its id, where it has one.
    """

    connection: str
    facts: Mapping[str, Any]
    rungs: Sequence[Mapping[str, Any]]
    probes: Sequence[Mapping[str, Any]] = ()
    attempts: Sequence[Mapping[str, Any]] = ()
    in_notebooks: Sequence[Mapping[str, Any]] = ()
    id: str | None = None

    @property
    def names(self) -> Sequence[str]:
        """By what it may be called: its name, and its id."""
        return (self.connection, self.id) if self.id else (self.connection,)

    @property
    def title(self) -> str:
        """Which connection, where, in which namespace, as whom."""
        known = (self.facts.get(key) for key in ("host", "namespace", "signed_in_as"))
        sandbox = "a sandbox, no cluster" if self.facts.get("source") == "sandbox" else None
        return " · ".join(part for part in (self.connection, *known, sandbox) if part)

    @property
    def holds(self) -> bool:
        """Whether rungs 1 to 3 hold."""
        return all(rung["state"] in ("ok", "not-needed") for rung in self.rungs)

    @property
    def code(self) -> str | None:
        """The code of the first rung that failed."""
        return next((rung["code"] for rung in self.rungs if rung["state"] == "failed"), None)

    @property
    def asks(self) -> bool:
        """Whether all that it takes is that a person signs in."""
        return self.code in ("sign-in-needed", "session-over")

    @property
    def untouched(self) -> bool:
        """Whether nobody has looked at it yet."""
        return all(rung["state"] == "unknown" for rung in self.rungs)

    @property
    def warning(self) -> str | None:
        """What to know before a password is sent there, where one would be."""
        asked = self.facts.get("way") == "dex" or self.code == "sign-in-needed"
        host, login_hosts = (self.facts.get(key) for key in ("host", "login_hosts"))
        return clear_text_warning(host or "", login_hosts or ()) if asked else None

    @classmethod
    def of_server(cls, told: Mapping[str, Any]) -> Standing:
        """Read the CONNECTION that the server answered."""
        facts = {key: told.get(key) for key in (*_FACTS, "login_hosts")}
        more = {key: told.get(key, ()) for key in ("probes", "attempts", "in_notebooks")}
        return cls(told["name"], facts, told["rungs"], **more, id=told.get("id"))

    @classmethod
    def asked(
        cls, broker: Broker, path: str, connection: str | None, namespace: str | None = None
    ) -> Standing:
        """Ask the server how a connection stands, in `namespace` if one is named."""
        more = {"namespace": namespace} if namespace else {}
        return cls.of_server(broker.post(path, {"connection": connection, **more}))

    @classmethod
    def tried(cls, connection: Connection, namespace: str | None = None) -> Standing:
        """Try a connection in this process, in `namespace` if one is named; see `of_connection`."""
        changes = {"namespace": namespace} if namespace else {}
        return cls.of_connection(connection.changed(changes))

    @classmethod
    def of_session(cls, source: Session, namespace: str | None = None) -> Standing:
        """Look at every rung of a session of this process anew, in `namespace` if one is named."""
        from ..core.access import prove_namespace
        from ..core.http import closing, settings_of
        from ..core.probes import Recorder
        from ..core.recheck import recheck
        from ..core.transport import RequestsTransport

        lease = source.lease()
        ladder = Ladder()
        probes: list[Probe] = []
        with (
            closing(Recorder(RequestsTransport(settings_of(lease)), probes)) as transport,
            suppress(KfpConnectError),  # the ladder shows it
        ):
            recheck(source, ladder, transport)
            lease = source.lease()
            if namespace not in (None, lease.namespace) and lease.multi_user is not False:
                lease = replace(lease, namespace=namespace)
                prove_namespace(lease, source.connection, transport, ladder)
        notes = _dicts(probes)
        facts = _facts(lease, source.connection)
        return cls(lease.connection, facts, _rungs(ladder), notes, id=lease.connection_id)

    @classmethod
    def of_connection(cls, connection: Connection, given: Given | None = None) -> Standing:
        """Connect in this process to see how far it goes; nothing of it is kept."""
        from ..core.auth.base import Given
        from ..core.climb import Climb
        from ..core.environment import Environment
        from ..core.in_cluster import settings_here
        from ..core.probes import Recorder
        from ..core.transport import RequestsTransport

        environment = Environment.of_process()
        settings = settings_here(connection, environment)
        ladder = Ladder()
        probes: list[Probe] = []
        climb = Climb(
            connection,
            given or Given(),
            environment,
            ladder,
            lambda: Recorder(RequestsTransport(settings), probes),
        )
        known = ("host", "namespace", "login_hosts")
        facts: Mapping[str, Any] = {key: getattr(connection, key) for key in known}
        with suppress(KfpConnectError):  # the ladder shows it
            facts = _facts(climb.run().lease(), connection)
        notes, ways = _dicts(probes), _dicts(climb.attempts)
        return cls(connection.name, facts, _rungs(ladder), notes, ways, id=connection.id)


def _facts(lease: Lease, connection: Connection) -> dict[str, Any]:
    known = {key: getattr(lease, key) for key in _FACTS}
    return known | {"login_hosts": connection.login_hosts}


def _rungs(ladder: Ladder) -> list[Mapping[str, Any]]:
    return [rung.to_dict() for rung in ladder]


def _dicts(notes: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [asdict(note) for note in notes]
