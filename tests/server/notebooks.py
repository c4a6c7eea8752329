"""Notebooks whose kernels a real server runs."""

from __future__ import annotations

import asyncio
from typing import Any

#: Seconds for a kernel to start, or to run a cell: the first ones import much.
READY = 120
LOAD = "%load_ext jupyter_kfp_connect"


class Notebook:
    """A notebook whose kernel the server runs.

    Parameters
    ----------
    manager : MultiKernelManager
        The server's.
    kernel_id : str
        The kernel's id, as the server has it.
    """

    def __init__(self, manager: Any, kernel_id: str) -> None:
        self.id = kernel_id
        self._manager = manager
        self._client = manager.get_kernel(kernel_id).client()
        self.texts: list[str] = []

    async def open(self) -> None:
        """Wait until the kernel answers."""
        self._client.start_channels()
        await self._client.wait_for_ready(timeout=READY)
        await self.run(LOAD)

    async def run(self, code: str, **options: Any) -> dict[str, Any]:
        """Run a cell; `texts` has what it shows."""
        self.texts = []

        def heard(message: dict[str, Any]) -> None:
            content = message["content"]
            text = content.get("text") or content.get("data", {}).get("text/plain")
            text = text or "\n".join(content.get("traceback", ()))
            self.texts += [text] if text else []

        reply = await self._client.execute_interactive(
            code,
            allow_stdin=False,
            # Else a cell that comes right after one that failed may be refused with it.
            stop_on_error=False,
            output_hook=heard,
            timeout=READY,
            **options,
        )
        content: dict[str, Any] = reply["content"]
        return content

    def start(self, code: str) -> asyncio.Task[dict[str, Any]]:
        """Start a cell."""
        return asyncio.ensure_future(self.run(code))

    async def interrupt(self) -> None:
        """Interrupt the kernel, as the button does."""
        await self._manager.interrupt_kernel(self.id)

    async def kill(self) -> None:
        """Kill the kernel; it is not started anew, as Jupyter may amid the test's end."""
        kernel = self._manager.get_kernel(self.id)
        kernel.stop_restarter()
        await kernel.signal_kernel(9)

    def close(self) -> None:
        """Leave it."""
        self._client.stop_channels()
