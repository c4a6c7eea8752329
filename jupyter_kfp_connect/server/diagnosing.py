"""A fresh look at every rung of a connection, each call told: for windows and terminals."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from ..core.auth.base import Given
from .describe import describe
from .live import Live


async def diagnose(live: Live) -> dict[str, Any]:
    """Return CONNECTION with ``probes`` and ``attempts``, once the rungs have been looked at."""
    await asyncio.wait({live.start(Given())})
    last = live.last
    return describe(live) | {
        "probes": [asdict(probe) for probe in last.probes] if last else [],
        "attempts": [asdict(way) for way in last.ways] if last else [],
    }
