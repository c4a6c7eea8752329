"""Which kernel holds which connection, under which name: rung 4, as kernels tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..core.errors import KfpConnectError, error
from ..core.ladder import Rung

HoldState = Literal["armed", "live", "failed", "gone"]


@dataclass(frozen=True)
class Hold:
    """One name in one kernel.

    Attributes
    ----------
    kernel_id, variable : str
        Which kernel, which name in it.
    connection_id : str or None
        Which connection, where there is one.
    namespace : str or None
        The client's own.
    state : str
        ``armed``, ``live``, ``failed``.
    generation : int or None
        Of the headers that it has.
    rung : Rung
        The fourth.
    """

    kernel_id: str
    connection_id: str | None
    variable: str
    namespace: str | None
    state: HoldState
    generation: int | None
    rung: Rung


class Kernels:
    """The names that kernels hold; forgotten when the kernel ends.

    Parameters
    ----------
    running : callable
        Returns the ids of the kernels that run.
    changed : callable
        Called with a kernel's id when something of it changed.
    """

    def __init__(
        self, running: Callable[[], Iterable[str]], changed: Callable[[str], None]
    ) -> None:
        self._running = running
        self._changed = changed
        self._holds: dict[tuple[str, str], Hold] = {}
        self._lifelines: Counter[str] = Counter()

    def came(self, kernel_id: str) -> None:
        """A process of that kernel keeps a connection open for as long as it lives."""
        self._lifelines[kernel_id] += 1

    def went(self, kernel_id: str) -> bool:
        """Such a connection has ended; return whether it was the kernel's last."""
        self._lifelines[kernel_id] -= 1
        last = self._lifelines[kernel_id] <= 0
        if last:
            del self._lifelines[kernel_id]
        return last

    def is_alive(self, kernel_id: str) -> bool:
        """Whether a process of that kernel keeps such a connection open."""
        return kernel_id in self._lifelines

    def take(self, told: Mapping[str, Any], connection_id: str | None) -> None:
        """Keep what a kernel tells of itself.

        Raises
        ------
        RequestError
            Code ``bad-request``.
        """
        kernel_id, variable, state = (told.get(key) for key in ("kernel_id", "variable", "state"))
        if not (isinstance(kernel_id, str) and isinstance(variable, str)):
            raise error("bad-request", "kernel_id and variable: they are texts")
        if not variable.isidentifier():
            raise error("bad-request", "variable: it is no name for one")
        namespace, generation = told.get("namespace"), told.get("generation")
        if not isinstance(namespace, str | None) or not isinstance(generation, int | None):
            raise error("bad-request", "namespace and generation: a text and a number")
        key = (kernel_id, variable)
        if state == "gone":
            self._holds.pop(key, None)
        elif state in ("armed", "live", "failed"):
            self._holds[key] = Hold(
                kernel_id,
                connection_id,
                variable,
                namespace or None,
                state,
                generation,
                _rung(state, told.get("error")),
            )
        else:
            raise error("bad-request", "state: it is armed, live, failed or gone")
        self._changed(kernel_id)

    def forget(self, kernel_id: str) -> None:
        """Forget a kernel that ended or was restarted."""
        gone = [key for key in self._holds if key[0] == kernel_id]
        for key in gone:
            del self._holds[key]
        if gone:
            self._changed(kernel_id)

    def all(self) -> list[Hold]:
        """Return what running kernels hold."""
        running = set(self._running())
        self._holds = {key: hold for key, hold in self._holds.items() if key[0] in running}
        return list(self._holds.values())


def _rung(state: HoldState, problem: object) -> Rung:
    rung = Rung("in-notebook")
    if state != "failed":
        return rung.ok(state)
    if isinstance(problem, Mapping) and {"code", "message"} <= problem.keys():
        return rung.failed(KfpConnectError.from_dict(problem))
    return rung.failed(error("disconnected", "the client could not be made"))
