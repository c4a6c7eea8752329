"""What a person has to do to be signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .auth.front_door import Connector

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
