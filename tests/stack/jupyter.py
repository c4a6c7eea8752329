"""Jupyter servers, which do not always end when told to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.stack.processes import Process, ProcessFailed

PATIENCE = 5  # seconds between telling a server to end and ending it


class BrowsedServer(Process):
    """A Jupyter server that a browser's page uses; it is killed where it would not end.

    Jupyter Server 2.21 does not always end when told to while it still answers a page: its signal
    handler writes a line of log, which Python refuses when the signal came amid another line, and
    then it goes on serving; or it ends its loop while a thread of AnyIO reads a file for a request,
    and then the interpreter waits for that thread for good. What is told of the server in
    ``tests/server/test_ending.py`` has no page, and is strict.

    Parameters
    ----------
    name, command, log, environ
        As for `Process`.
    """

    def __init__(
        self, name: str, command: Sequence[str], log: Path, environ: Mapping[str, str]
    ) -> None:
        super().__init__(name, command, log, {**environ, "WATCHDOG_GRACE": str(PATIENCE)})

    def stop(self) -> None:
        """End the server; does nothing when it has ended."""
        with suppress(ProcessFailed):
            super().stop()
