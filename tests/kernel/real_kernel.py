"""A real kernel, as a notebook has it, through jupyter_client."""

from __future__ import annotations

import ast
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

#: Seconds for a kernel to start, or for one cell; reached only where something hangs.
LIMIT = 120.0

LOAD = "%load_ext jupyter_kfp_connect"


@dataclass
class Outcome:
    """What running a cell gave.

    Attributes
    ----------
    reply : mapping
        The content of the ``execute_reply``.
    messages : list of (str, mapping)
        Type and content of all else that came.
    """

    reply: Mapping[str, Any]
    messages: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was printed, shown or returned, as plain text."""
        parts = []
        for kind, content in self.messages:
            if kind == "stream":
                parts.append(content["text"])
            elif kind in ("display_data", "execute_result"):
                parts.append(content["data"].get("text/plain", ""))
            elif kind == "error":
                parts.append("\n".join(content["traceback"]))
        return "\n".join(parts)

    def kinds(self, *wanted: str) -> list[Mapping[str, Any]]:
        """Return the contents of the messages of these types."""
        return [content for kind, content in self.messages if kind in wanted]


class Kernel:
    """One running kernel."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient, name: str) -> None:
        self.manager = manager
        self.client = client
        self.id = name

    def run(self, code: str, *, answers: tuple[str, ...] = (), **options: Any) -> Outcome:
        """Run a cell; `answers` are typed where it asks for input."""
        waiting = list(answers)
        outcome = Outcome({})

        def typed(message: Mapping[str, Any]) -> None:
            outcome.messages.append(("input_request", message["content"]))
            self.client.input(waiting.pop(0))

        def heard(message: Mapping[str, Any]) -> None:
            outcome.messages.append((message["header"]["msg_type"], message["content"]))

        reply = self.client.execute_interactive(
            code,
            allow_stdin=bool(answers),
            # Else a cell that comes right after one that failed may be refused with it.
            stop_on_error=False,
            stdin_hook=typed,
            output_hook=heard,
            timeout=LIMIT,
            **options,
        )
        outcome.reply = reply["content"]
        return outcome

    def value(self, expression: str) -> Any:
        """Return what an expression is, as JSON, leaving no trace."""
        code = f"__import__('json').dumps({expression})"
        told = self.ask({"it": code})["it"]
        assert told["status"] == "ok", told
        return json.loads(literal(told))

    def ask(self, expressions: Mapping[str, str]) -> Mapping[str, Any]:
        """Evaluate expressions in a silent, empty request: as the panel does."""
        reply = self.client.execute(
            "",
            silent=True,
            store_history=False,
            user_expressions=dict(expressions),
            reply=True,
            timeout=LIMIT,
        )
        answered: Mapping[str, Any] = reply["content"]["user_expressions"]
        return answered

    def arm(self, connection: str | None = "prod", variable: str = "kfp_client") -> dict[str, Any]:
        """Arm the kernel as the panel does, and return its answer."""
        call = (
            "__import__('jupyter_kfp_connect.kernel.arming', fromlist=['arm'])"
            f".arm({connection!r}, {variable!r}, None)"
        )
        told = self.ask({"armed": call})["armed"]
        assert told["status"] == "ok", told
        answer: dict[str, Any] = json.loads(literal(told))
        return answer

    def complete(self, code: str) -> list[str]:
        """Return what Tab offers at the end of `code`."""
        reply = self.client.complete(code, reply=True, timeout=LIMIT)
        matches: list[str] = reply["content"]["matches"]
        return matches

    def inspect(self, code: str) -> str:
        """Return what Shift-Tab shows at the end of `code`."""
        reply = self.client.inspect(code, reply=True, timeout=LIMIT)
        text: str = reply["content"]["data"]["text/plain"]
        return text

    def quiet(self) -> list[str]:
        """Return the types of messages that other windows have seen since the last look."""
        reply = self.client.kernel_info(reply=True, timeout=LIMIT)
        asked = reply["parent_header"]["msg_id"]
        seen: list[str] = []
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["parent_header"].get("msg_id") != asked:
                seen.append(message["header"]["msg_type"])
            elif message["content"]["execution_state"] == "idle":  # all before it has come
                return [kind for kind in seen if kind != "iopub_welcome"]


def literal(told: Mapping[str, Any]) -> str:
    """Return the text whose ``repr`` a user expression gave."""
    text = ast.literal_eval(told["data"]["text/plain"])
    assert isinstance(text, str)
    return text


@contextmanager
def running_kernel(environ: Mapping[str, str]) -> Iterator[Kernel]:
    """Start a kernel with `environ` on top of this process's environment."""
    name = "0f6b2c3a-kernel"
    # Sockets in a folder (its path has to be short): a port that is free now may be somebody else's
    # by the time that the kernel takes it.
    short = Path(tempfile.mkdtemp(prefix="kfp"))
    manager = KernelManager(
        kernel_name="python3", transport="ipc", connection_file=str(short / f"kernel-{name}.json")
    )
    manager.start_kernel(env={**os.environ, **environ, "PYTHONWARNINGS": "default"})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=LIMIT)
        yield Kernel(manager, client, name)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
        manager.context.destroy()
        shutil.rmtree(short, ignore_errors=True)
