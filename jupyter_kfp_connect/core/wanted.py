"""What a person has to do to be signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .auth.base import Given
from .auth.front_door import Connector
from .errors import KfpConnectError, SignInFailed, SignInNeeded

SignInKind = Literal["password", "token", "cookie", "login-host"]


@dataclass(frozen=True)
class SignInWanted:
    """What a person has to do to be signed in.

    Attributes
    ----------
    kind : str
        ``password``, ``token``, ``cookie`` or ``login-host``.
    connectors : sequence of Connector
        For ``password``: those that the front door offers.
    host : str or None
        For ``login-host``: the origin to allow.
    """

    kind: SignInKind
    connectors: Sequence[Connector] = ()
    host: str | None = None


_OF_WAY: dict[str, SignInKind] = {"session-cookie": "cookie", "bearer-token": "token"}
#: Where a password does not serve, mostly what a browser has does.
WITHOUT_PASSWORD = ("no-password-form", "no-way-in")


def first_wanted(problem: KfpConnectError, auth: str) -> SignInWanted | None:
    """Return what the user has to do after `problem`, where no front door has said so itself.

    Parameters
    ----------
    problem : KfpConnectError
        Why nobody is signed in.
    auth : str
        The connection's; another credential than it wants helps nobody.
    """
    if problem.code == "sign-in-needed":
        return wanted_again(auth)
    may_be_another = problem.code in WITHOUT_PASSWORD and auth == "auto"
    return SignInWanted("cookie") if may_be_another else None


def after_failure(
    problem: KfpConnectError | None, given: Given, known: SignInWanted | None
) -> SignInWanted | None:
    """Return what the user has to do after `problem`; a form that was refused stays.

    Parameters
    ----------
    problem : KfpConnectError or None
        Why nobody is signed in.
    given : Given
        What was tried.
    known : SignInWanted or None
        What the user was asked for, with all that it offered.
    """
    if not isinstance(problem, SignInFailed):
        return None
    if given.token or given.cookies:
        return SignInWanted("token" if given.token else "cookie")
    if not isinstance(problem, SignInNeeded):
        return None
    return known if known and known.kind == "password" else SignInWanted("password")


def wanted_again(way: str) -> SignInWanted:
    """Return what the user has to do where a session of that way can be renewed no more."""
    return SignInWanted(_OF_WAY.get(way, "password"))
