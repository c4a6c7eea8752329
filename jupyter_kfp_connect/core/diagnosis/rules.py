"""Rules as data: what is matched of a refused call, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ..codes import Actor
from ..errors import KfpConnectError, error
from ..shown import shown
from .unknown import in_quotes, reporting

_TOKEN_WAYS = ("service-account-token", "bearer-token")
_ANYTHING = re.compile("")
#: Characters that are told of what a pattern caught: names, and lists of a few.
_LONGEST = 260


class Refusal(NamedTuple):
    """What was seen of a call that was refused.

    Attributes
    ----------
    status : int
        401, 403 or 400; 500 of older KFP API servers.
    message : str
        What the answer says; what was sent is masked in it.
    claims : mapping
        The claims of the token that was sent; empty where none was.
    sent : bool
        Whether any credential was sent.
    way : str
        The `auth` in use.
    subject : str or None
        Who we are, where that is known by other means than the token.
    kind : str
        The answer's media type.
    host : str
        The address that was asked, or the connection's.
    namespace : str or None
        That of calls that name none, where it is known.
    """

    status: int
    message: str
    claims: Mapping[str, Any]
    sent: bool
    way: str
    subject: str | None = None
    kind: str = ""
    host: str = ""
    namespace: str | None = None

    @property
    def of_token(self) -> bool:
        """Whether a token was sent, or should have been."""
        return (self.sent and bool(self.claims)) or self.way in _TOKEN_WAYS


class Rule(NamedTuple):
    """One cause. Whatever is left out matches anything.

    Attributes
    ----------
    code : str
        One of `core.codes.CODES`.
    message : str
        What is wrong; ``{names}`` are facts, and what the groups of `said` caught.
    said : pattern
        What the answer says.
    status : int or None
        The answer's.
    sent : bool or None
        Whether a credential was sent.
    token : bool
        Whether it holds for tokens only.
    way : str or None
        The `auth` in use.
    kind : str
        What the answer's media type has in it.
    needs : str or None
        A fact that must not be empty.
    remedy, remedy_copy : str or None
        Over the code's own, with ``{names}`` as in `message`.
    actor : str or None
        Over the code's own.
    unknown : bool
        Whether this is what is left where no rule knows the answer: it is shown as it is.
    """

    code: str
    message: str
    said: re.Pattern[str] = _ANYTHING
    status: int | None = None
    sent: bool | None = None
    token: bool = False
    way: str | None = None
    kind: str = ""
    needs: str | None = None
    remedy: str | None = None
    remedy_copy: str | None = None
    actor: Actor | None = None
    unknown: bool = False

    def matches(self, refusal: Refusal) -> re.Match[str] | None:
        """Return the match of `said` where everything but `needs` holds."""
        holds = (
            self.status in (None, refusal.status)
            and self.sent in (None, refusal.sent)
            and self.way in (None, refusal.way)
            and self.kind in refusal.kind
            and (refusal.of_token or not self.token)
        )
        return self.said.search(refusal.message) if holds else None

    def error(self, **facts: str) -> KfpConnectError:
        """Return what is said, filled in with `facts`."""
        return error(
            self.code,
            self.message.format_map(facts),
            remedy=self.remedy and self.remedy.format_map(facts),
            remedy_copy=(self.remedy_copy or "").format_map(facts) or None,
            actor=self.actor,
        )


#: Returns the facts of a refusal, given what a rule's pattern caught.
Facts = Callable[[Refusal, Mapping[str, str]], Mapping[str, str]]


def explain(refusal: Refusal, rules: Iterable[Rule], facts_of: Facts) -> KfpConnectError:
    """Return the error of the first rule that holds; the last one has to hold for anything."""
    for rule in rules:
        match = rule.matches(refusal)
        if match is None:
            continue
        caught = {name: shown(text or "", _LONGEST) for name, text in match.groupdict().items()}
        facts = facts_of(refusal, caught)
        if rule.needs is None or facts[rule.needs]:
            return _told(rule, refusal, facts)
    raise AssertionError("no rule is left for what no rule knows")


def _told(rule: Rule, refusal: Refusal, facts: Mapping[str, str]) -> KfpConnectError:
    known = rule.error(**facts)
    if not rule.unknown:
        return known
    seen = in_quotes(refusal.status, refusal.kind, refusal.message)
    told = f"{known.message} {seen}"
    return error(rule.code, told, remedy=reporting(known.remedy), actor=rule.actor)
