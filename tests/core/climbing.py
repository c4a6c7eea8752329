"""One climb with everything around it, for tests that ask how far it comes."""

from __future__ import annotations

import re
from typing import Any

from jupyter_kfp_connect.core.auth.base import Given
from jupyter_kfp_connect.core.climb import Climb
from jupyter_kfp_connect.core.connection import Connection
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.core.in_cluster import settings_here
from jupyter_kfp_connect.core.ladder import Ladder
from jupyter_kfp_connect.core.session import Session
from jupyter_kfp_connect.core.transport import RequestsTransport
from tests.sandbox.running import RunningSandbox

from .fakes import Transport, connection
from .loopback import IN_TIME

_LOGIN = re.compile(r"POST /dex/auth/[^/]+/login")


class Ascent:
    """A climb and where it came to.

    Attributes
    ----------
    session : Session or None
        Where it succeeded.
    problem : KfpConnectError or None
        Where it did not.
    """

    def __init__(
        self,
        connection: Connection,
        given: Given | None = None,
        *,
        environment: Environment | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.ladder = Ladder()
        self.session: Session | None = None
        self.problem: KfpConnectError | None = None
        here = environment or Environment(token_file="/nowhere/token")
        settings = settings_here(connection, here)
        self.climb = Climb(
            connection,
            given or Given(),
            here,
            self.ladder,
            lambda: transport or RequestsTransport(settings),
        )
        try:
            self.session = self.climb.run()
        except KfpConnectError as problem:
            self.problem = problem

    @property
    def states(self) -> list[str]:
        """The state of each rung."""
        return [rung.state for rung in self.ladder]

    @property
    def offered(self) -> list[str]:
        """The connectors that a person may choose from."""
        wanted = self.climb.sign_in
        return [connector.id for connector in wanted.connectors] if wanted else []

    def failed(self, code: str) -> KfpConnectError:
        """Return the error; the ladder shows the same, with the way out, on the rung it breaks."""
        problem = self.problem
        assert problem is not None, f"it connected: {self.session}"
        assert problem.code == code, str(problem)
        assert problem.rung is not None
        shown = self.ladder[problem.rung]
        assert (shown.state, shown.code) == ("failed", code)
        assert shown.detail == problem.message
        assert shown.remedy is not None
        assert (shown.remedy.text, shown.remedy.copy) == (problem.remedy, problem.remedy_copy)
        assert shown.actor == problem.actor
        return problem

    def connected(self) -> Session:
        """Return the session; rungs 1 and 2 hold."""
        assert self.problem is None, str(self.problem)
        assert self.session is not None
        assert self.ladder["reachable"].holds
        assert self.ladder["signed-in"].holds
        return self.session

    def details(self) -> list[Any]:
        """What each rung says."""
        return [rung.detail for rung in self.ladder]


def climb(running: RunningSandbox, who: Given | None = None, **fields: Any) -> Ascent:
    """Climb to a sandbox's front door, or whatever it has in its place."""
    return Ascent(connection(host=running.sandbox.host, timeout=IN_TIME, **fields), who)


def passwords(running: RunningSandbox) -> int:
    """Return how many passwords a sandbox was sent."""
    counts = running.sandbox.cluster.requests
    return sum(count for key, count in counts.items() if _LOGIN.fullmatch(key))
