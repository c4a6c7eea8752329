"""The server's own sandbox: one at a time, started by who first asks for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..core.catalogue import Catalogue
from ..core.connection import Connection
from ..core.errors import error

if TYPE_CHECKING:
    from ..sandbox import Sandbox

#: Its connection's name.
NAME = "sandbox"


class OwnSandbox:
    """Starts and stops it. Every method runs on the event loop."""

    def __init__(self) -> None:
        self._sandbox: Sandbox | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> Connection | None:
        """Start it.

        Returns
        -------
        Connection or None
            How to reach it; ``None`` where it ran already.
        """
        async with self._turn:
            if self._sandbox is not None:
                return None
            from ..sandbox import Sandbox, SandboxOptions  # only who tries it pays for it
            from ..sandbox.options import USER

            sandbox = Sandbox(SandboxOptions(example=True))
            await sandbox.start()
            self._sandbox = sandbox
            return Connection.from_dict(
                {"name": NAME, "title": "Sandbox", "host": sandbox.host, "username": USER}
            )

    async def stop(self) -> None:
        """Stop it, if it runs."""
        async with self._turn:
            sandbox, self._sandbox = self._sandbox, None
            if sandbox is not None:
                await sandbox.stop()


def require_free_name(catalogue: Catalogue) -> None:
    """Raise ``bad-request`` where another connection has the sandbox's name."""
    known = catalogue.get(NAME)
    if known is not None and known.source != "sandbox":
        raise error(
            "bad-request",
            f"name: there is a connection “{NAME}” that is not the sandbox",
            remedy="Give that connection another name first.",
        )
