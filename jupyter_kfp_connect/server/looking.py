"""Asking KFP on a window's behalf what is going on in a namespace."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..core.errors import SignInFailed, error
from ..core.http import closing, settings_of
from ..core.lease import Lease
from ..core.overview import overview
from ..core.transport import RequestsTransport
from .describe import roles
from .live import Live
from .manager import Manager
from .threads import in_thread


async def look_into(manager: Manager, live: Live, namespace: str | None) -> dict[str, Any]:
    """Return OVERVIEW; a session that has ended is renewed on the way, once.

    Parameters
    ----------
    manager : Manager
        Whose connection it is.
    live : Live
        The connection.
    namespace : str or None
        Which namespace; by default the connection's.

    Raises
    ------
    KfpConnectError
        The rung that does not hold.
    """
    if live.session is None:
        # Reading starts nothing: whoever may only read must not make the server sign in.
        code = "disconnected" if live.disconnected else "sign-in-needed"
        raise live.problem or error(code, f"“{live.entry.connection.name}” is not connected")
    leasing = manager.leasing(live)
    lease = await leasing.lease(namespace)
    try:
        seen = await in_thread(partial(_ask, lease))
    except SignInFailed:
        lease = await leasing.refused(lease.generation, namespace)
        seen = await in_thread(partial(_ask, lease))
    session = live.session
    return {"namespaces": roles(session.facts) if session is not None else [], **seen}


def _ask(lease: Lease) -> dict[str, Any]:
    with closing(RequestsTransport(settings_of(lease))) as transport:
        return overview(lease, transport)
