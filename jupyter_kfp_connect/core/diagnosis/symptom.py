"""A symptom: what a user sees, why, and which rules and codes name it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ..codes import CODES, Actor, RungName


class Told(Protocol):
    """What a rule says, whichever table it stands in."""

    @property
    def code(self) -> str: ...

    @property
    def message(self) -> str: ...

    @property
    def remedy(self) -> str | None: ...

    @property
    def remedy_copy(self) -> str | None: ...

    @property
    def actor(self) -> Actor | None: ...


@dataclass(frozen=True)
class Answer:
    """What is done about a symptom: a code's or a rule's remedy, filled in with an example.

    Attributes
    ----------
    code : str
        As in the error.
    remedy : str
        A sentence or two.
    remedy_copy : str or None
        A manifest, command or address, ready to copy.
    actor : str
        Who can mend it.
    message : str or None
        What the error says, where a rule makes it; ``…`` stands for what differs.
    way : str or None
        The `auth` that it is for, where it is for one alone.
    """

    code: str
    remedy: str
    remedy_copy: str | None
    actor: Actor
    message: str | None = None
    way: str | None = None


@dataclass(frozen=True)
class Symptom:
    """One thing that keeps people from Kubeflow Pipelines.

    Attributes
    ----------
    key : str
        A stable name.
    title : str
        What goes wrong, in a few words.
    rung : str
        The rung that it breaks.
    seen : str
        What a user sees, in their words or in those of the error.
    cause : str
        Why.
    answers : tuple of str or rule
        Codes of `core.codes.CODES`, or rules with a remedy of their own.
    example : mapping of str to str
        Facts with which the remedies' ``{names}`` are filled in.
    to_copy : mapping of str to str or None
        What to copy, by code, where the error makes it anew each time.
    advice : str or None
        What the user can do before any error names it.
    never : str or None
        Why this client cannot meet it.
    threads : tuple of str
        Where users describe it: ``owner/repository#number`` on GitHub.
    """

    key: str
    title: str
    rung: RungName
    seen: str
    cause: str
    answers: tuple[str | Told, ...] = ()
    example: Mapping[str, str] | None = None
    to_copy: Mapping[str, str] | None = None
    advice: str | None = None
    never: str | None = None
    threads: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes by which errors name it."""
        return tuple(dict.fromkeys(answer.code for answer in self.told()))

    def told(self) -> tuple[Answer, ...]:
        """Return what is done about it, from the rules and codes that it refers to."""
        return tuple(self._told(answer) for answer in self.answers)

    def _told(self, answer: str | Told) -> Answer:
        if isinstance(answer, str):
            known = CODES[answer]
            return Answer(answer, known.remedy, (self.to_copy or {}).get(answer), known.actor)
        known, facts = CODES[answer.code], self.example or {}
        remedy = (answer.remedy or known.remedy).format_map(facts)
        copy = answer.remedy_copy.format_map(facts) if answer.remedy_copy else None
        message = re.sub(r"(?:\{\w+\})+", "…", answer.message)
        way = getattr(answer, "way", None)
        return Answer(answer.code, remedy, copy, answer.actor or known.actor, message, way)
