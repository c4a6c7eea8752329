"""The rungs: what holds, what does not, and the remedy. One model for every view."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from typing import Any, Literal

from .codes import Actor, RungName
from .diagnosis.unknown import ISSUES
from .errors import KfpConnectError, error
from .shown import printable
from .times import iso

RungState = Literal["unknown", "checking", "ok", "failed", "not-needed"]

#: The three rungs of a connection; the fourth belongs to a kernel.
CONNECTION_RUNGS: tuple[RungName, ...] = ("reachable", "signed-in", "authorized")


@dataclass(frozen=True)
class Remedy:
    """What to do, in words and ready to copy."""

    text: str
    copy: str | None = None
    filename: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class Rung:
    """One rung as it was found.

    Attributes
    ----------
    rung : str
        Its name.
    state : str
        ``unknown``, ``checking``, ``ok``, ``failed`` or ``not-needed``.
    code : str or None
        ``ok`` or an error's code.
    detail : str or None
        As whom, where, in which namespace; or what is wrong.
    remedy : Remedy or None
        Where it failed.
    actor : str or None
        Who can mend it.
    ms : int or None
        How long the finding took, milliseconds.
    checked_at : datetime or None
        In UTC.
    """

    rung: RungName
    state: RungState = "unknown"
    code: str | None = None
    detail: str | None = None
    remedy: Remedy | None = None
    actor: Actor | None = None
    ms: int | None = None
    checked_at: datetime | None = None

    def checking(self, detail: str | None = None) -> Rung:
        """Return the rung while it is being looked at."""
        return Rung(self.rung, "checking", detail=detail)

    def ok(self, detail: str, ms: int | None = None) -> Rung:
        """Return the rung where it holds."""
        return Rung(self.rung, "ok", "ok", printable(detail), ms=ms, checked_at=_now())

    def not_needed(self, detail: str) -> Rung:
        """Return the rung where nothing of the kind is asked for."""
        return Rung(self.rung, "not-needed", "ok", detail, checked_at=_now())

    def failed(self, problem: KfpConnectError, ms: int | None = None) -> Rung:
        """Return the rung where it does not hold, with the way out."""
        return Rung(
            self.rung,
            "failed",
            problem.code,
            problem.message,
            Remedy(
                problem.remedy,
                problem.remedy_copy,
                _filename(problem.remedy_copy),
                ISSUES if ISSUES in problem.remedy else None,
            ),
            problem.actor,
            ms,
            _now(),
        )

    @property
    def problem(self) -> KfpConnectError | None:
        """What keeps it from holding, as an error to raise; ``None`` where it did not fail."""
        if self.state != "failed" or self.code is None or self.remedy is None:
            return None
        return error(
            self.code,
            self.detail or "",
            remedy=self.remedy.text,
            remedy_copy=self.remedy.copy,
            actor=self.actor,
        )

    @property
    def holds(self) -> bool:
        """Whether a client may be had as far as this rung goes."""
        return self.state in ("ok", "not-needed")

    def to_dict(self) -> dict[str, Any]:
        """Return the rung as the wire contract has it."""
        data = asdict(self)
        data["checked_at"] = iso(self.checked_at)
        return data


class Ladder:
    """The rungs of one connection, and whoever wants to know of each change.

    Parameters
    ----------
    watch : callable, optional
        Called after each change, from the thread that made it.
    """

    def __init__(self, watch: Callable[[], None] | None = None) -> None:
        self._watch = watch
        self._rungs: dict[RungName, Rung] = {name: Rung(name) for name in CONNECTION_RUNGS}

    def __getitem__(self, name: RungName) -> Rung:
        return self._rungs[name]

    def __iter__(self) -> Any:
        return iter(self._rungs.values())

    def put(self, *rungs: Rung) -> None:
        """Replace rungs of the same names, and tell whoever watches."""
        for rung in rungs:
            self._rungs[rung.rung] = rung
        if self._watch is not None:
            self._watch()

    def fail(
        self,
        problem: KfpConnectError,
        otherwise: RungName = "reachable",
        *,
        ms: int | None = None,
    ) -> None:
        """Let the rung that `problem` belongs to fail; those above it are unknown again.

        Parameters
        ----------
        problem : KfpConnectError
            What does not hold.
        otherwise : str
            The rung for a problem that belongs to none of the three.
        ms : int, optional
            How long the finding took, milliseconds.
        """
        name = problem.rung if problem.rung in self._rungs else otherwise
        at = CONNECTION_RUNGS.index(name)
        above = [Rung(rung) for rung in CONNECTION_RUNGS[at + 1 :]]
        below = [
            replace(self[rung], state="unknown")
            for rung in CONNECTION_RUNGS[:at]
            if self[rung].state == "checking"
        ]
        self.put(*below, self[name].failed(problem, ms), *above)

    def reset(self) -> None:
        """Forget all that was found."""
        self.put(*(Rung(name) for name in CONNECTION_RUNGS))


def _filename(copied: str | None) -> str | None:
    """Return the name of a file for a manifest: its own."""
    match = re.search(r"^kind: \w+\nmetadata:\n  name: (\S+)$", copied or "", re.MULTILINE)
    return f"{match[1]}.yaml" if match else None


def _now() -> datetime:
    return datetime.now(timezone.utc)
