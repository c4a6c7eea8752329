"""What this kernel tells the server of itself, so that rung 4 is known in every window."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from ..core.errors import KfpConnectError
from .broker_client import Broker, BrokerGone
from .broker_source import Holder
from .lifeline import Lifeline


class Teller:
    """Tells the server which names this kernel holds, and that the kernel is alive.

    Only displays depend on it, so that nothing is raised where nobody hears. A forked process
    tells nothing: what it does is not what the kernel holds.
    """

    def __init__(self) -> None:
        self._lifeline = Lifeline()
        self._told: dict[str, Mapping[str, Any]] = {}
        self._lock, self._pid = Lock(), os.getpid()

    def tell(
        self,
        holder: Holder,
        state: str,
        *,
        generation: int | None = None,
        problem: KfpConnectError | None = None,
    ) -> None:
        """Tell what this kernel has under the holder's variable.

        Parameters
        ----------
        holder : Holder
            Of whom it is told.
        state : {"armed", "live", "failed", "gone"}
            What is there now.
        generation : int, optional
            Of the lease that a live client has.
        problem : KfpConnectError, optional
            Why it failed.
        """
        if holder.kernel_id is None or holder.variable is None or os.getpid() != self._pid:
            return
        body = {
            "kernel_id": holder.kernel_id,
            "connection": holder.connection,
            "namespace": holder.namespace,
            "variable": holder.variable,
            "state": state,
            "generation": generation,
            "error": problem.to_dict() if problem else None,
        }
        with self._lock, suppress(BrokerGone, KfpConnectError):
            self._told[holder.variable] = body
            self._send(body)

    def tell_news(
        self,
        holder: Holder,
        state: str,
        *,
        generation: int | None = None,
        problem: KfpConnectError | None = None,
    ) -> None:
        """Tell it where the server was not told so already; see `tell`.

        Without a `generation`, the one told before goes on to count.
        """
        before = self._told.get(holder.variable or "", {})
        generation = generation or before.get("generation")
        known = (before.get("state"), before.get("generation"), _code(before.get("error")))
        if known != (state, generation, problem.code if problem else None):
            self.tell(holder, state, generation=generation, problem=problem)

    def end(self) -> None:
        """Let go: this kernel holds nothing any more."""
        self._told.clear()
        self._lifeline.close()

    def _send(self, body: Mapping[str, Any]) -> None:
        broker = Broker.find(os.environ)
        if broker is None:
            return
        fresh = self._lifeline.hold(broker, body["kernel_id"])
        for told in list(self._told.values()) if fresh else [body]:
            broker.post("/holds", told)
        if body["state"] == "gone":
            self._told.pop(body["variable"], None)
        if not self._told:
            self._lifeline.close()


def _code(problem: object) -> object:
    return problem.get("code") if isinstance(problem, Mapping) else None
