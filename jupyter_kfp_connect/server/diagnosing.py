"""How a connection stands: its rungs as they are, or looked at anew with each call told."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Any

from ..core.access import prove_namespace
from ..core.auth.base import Given
from ..core.errors import KfpConnectError
from ..core.http import closing, settings_of
from ..core.ladder import Ladder
from ..core.probes import Probe, Recorder
from ..core.transport import RequestsTransport
from .describe import describe
from .leasing import Leasing
from .live import Live
from .threads import in_thread


async def diagnose(live: Live) -> dict[str, Any]:
    """Return CONNECTION with ``probes`` and ``attempts``, once the rungs have been looked at."""
    await asyncio.wait({live.start(Given())})
    last = live.last
    return describe(live) | {
        "probes": [asdict(probe) for probe in last.probes] if last else [],
        "attempts": [asdict(way) for way in last.ways] if last else [],
    }


async def in_namespace(
    told: dict[str, Any], live: Live, leasing: Leasing, namespace: str | None
) -> dict[str, Any]:
    """Return `told` with the third rung as it is in `namespace`, found by one list where needed.

    The connection's own rungs stay as they are: other windows work in its own namespace.

    Parameters
    ----------
    told : dict
        CONNECTION, with ``probes`` where each call is told.
    live : Live
        The same connection.
    leasing : Leasing
        Its leases.
    namespace : str or None
        ``None`` is its own.
    """
    own = live.ladder["authorized"]
    if namespace is None or own.state == "not-needed" or not live.ladder["signed-in"].holds:
        return told
    told = told | {"namespace": namespace}
    if live.session is None or (own.holds and own.detail == namespace):
        return told
    probes: list[Probe] = []
    ladder = Ladder()
    ladder.put(*live.ladder)
    try:
        lease = await leasing.lease(namespace)
        with closing(Recorder(RequestsTransport(settings_of(lease)), probes)) as transport:
            connection = live.entry.connection
            await in_thread(partial(prove_namespace, lease, connection, transport, ladder))
    except KfpConnectError as problem:
        ladder.fail(problem)
    if "probes" in told:
        told["probes"] = [*told["probes"], *map(asdict, probes)]
    return told | {"rungs": [rung.to_dict() for rung in ladder]}
