"""Which connection is meant, looking around where none is known by that name."""

from __future__ import annotations

from ..core.detection import NAMES, Detected, detect
from ..core.in_vain import none_is_meant, nothing_found
from .live import Live
from .manager import Manager
from .threads import in_thread


async def look_around(manager: Manager) -> tuple[list[Live], Detected]:
    """Look around, once more each time it is asked for; not where the administrator forbids it.

    Returns
    -------
    list of Live, Detected
        What is offered, and all that was seen.
    """
    if not manager.policy.allow_user_connections:
        return [], Detected()
    seen = await in_thread(lambda: detect(manager.environment))
    return [manager.found(connection) for connection in seen.offered], seen


async def live_called(manager: Manager, name: str | None) -> Live:
    """Return a connection, by default the default one.

    Parameters
    ----------
    manager : Manager
        Whose connection it is.
    name : str or None
        Its name or id. What looking around finds may be named before it was found, or after the
        server was started again.

    Raises
    ------
    KfpConnectError
        ``unknown-connection``: there is none of that name; or nothing is set up, and nothing was
        found; or several are, and none is the default. Else what keeps the one away that is meant.
    """
    wanted = name or manager.default
    if wanted is not None and not _may_be_found(manager, wanted):
        return manager.live(wanted)
    _, seen = await look_around(manager)
    wanted = name or manager.default
    if wanted is not None and manager.catalogue.means(wanted):
        return manager.live(wanted)
    names = [entry.connection.name for entry in manager.catalogue]
    raise none_is_meant(names) if names and name is None else nothing_found(seen, name)


def _may_be_found(manager: Manager, name: str) -> bool:
    allowed = manager.policy.allow_user_connections
    return allowed and name in NAMES and not manager.catalogue.means(name)
