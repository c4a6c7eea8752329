"""Connecting in this very process, for kernels and programs that have no server."""

from __future__ import annotations

from .auth.base import Given
from .climb import Climb
from .codes import CODES
from .connection import Connection
from .environment import Environment
from .errors import SignInNeeded
from .in_cluster import settings_here
from .ladder import Ladder
from .session import Session
from .transport import RequestsTransport


def connect_here(
    connection: Connection,
    given: Given | None = None,
    *,
    environment: Environment | None = None,
    ladder: Ladder | None = None,
) -> Session:
    """Connect without a server.

    Parameters
    ----------
    connection : Connection
        What to connect to.
    given : Given, optional
        Credentials.
    environment : Environment, optional
        By default this process's.
    ladder : Ladder, optional
        Shows each rung as it is found.

    Returns
    -------
    Session
        Rungs 1 and 2 hold, and rung 3 where a namespace is known.

    Raises
    ------
    KfpConnectError
        The rung that does not hold, why, and what to do; `SignInNeeded` where a person has to act.
    """
    environment = environment or Environment.of_process()
    ladder = ladder or Ladder()
    settings = settings_here(connection, environment)
    climb = Climb(
        connection,
        given or Given(),
        environment,
        ladder,
        lambda: RequestsTransport(settings),
    )
    try:
        session = climb.run()
    except SignInNeeded as needed:
        if needed.remedy == CODES["sign-in-needed"].remedy:  # nothing better is known
            needed.remedy = (
                "Give user name and password (username=…, password=…), or sign in in the Kubeflow "
                "Pipelines panel of JupyterLab."
            )
        raise
    problem = ladder["authorized"].problem
    if problem is not None and session.lease().namespace is not None:
        raise problem
    return session
