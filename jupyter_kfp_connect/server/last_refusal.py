"""Why nobody is signed in: it stands until the next sign-in, whatever a look without one finds."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.climb import Climb
from ..core.errors import KfpConnectError
from ..core.wanted import SignInWanted

#: The rungs of what is said of a credential, or of its absence.
_ABOVE_THE_HOST = frozenset({"signed-in", "authorized"})


@dataclass(frozen=True)
class LastRefusal:
    """What kept what a person gave, or a session, from being taken.

    A look at the rungs sends nothing of that: it would only find that nothing was sent.

    Attributes
    ----------
    problem : KfpConnectError
        As it was told.
    sign_in : SignInWanted or None
        What the person was asked for then.
    """

    problem: KfpConnectError
    sign_in: SignInWanted | None

    def stands(self, found: KfpConnectError, climb: Climb | None) -> bool:
        """Whether it says more than what a look with nothing given has found.

        Parameters
        ----------
        found : KfpConnectError
            What was found: that the host cannot be reached any more is news.
        climb : Climb or None
            The look; what it found of a credential of its own, such as a mounted token, is news.
        """
        both_know_the_host = {self.problem.rung, found.rung} <= _ABOVE_THE_HOST
        return both_know_the_host and not (climb and climb.has_credential)

    def form(self, offered: SignInWanted | None) -> SignInWanted | None:
        """Return what a person has to do: the same as then, with what is `offered` now."""
        is_same = offered and self.sign_in and offered.kind == self.sign_in.kind
        return offered if is_same else self.sign_in or offered
