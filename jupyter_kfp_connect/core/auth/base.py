"""What a way in is made of: what was given, the credential it makes, a flow of requests."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from ..errors import KfpConnectError
from ..http import Answer, Request, Transport
from ..secret import HiddenHeaders, Secret
from ..times import written

T = TypeVar("T")

#: Requests out, answers in: a sign-in without I/O inside, so that it is tested without a server.
Flow = Generator[Request, Answer, T]


@dataclass(frozen=True)
class Given:
    """What a person or a caller gave for this one attempt to connect.

    Attributes
    ----------
    username, connector : str or None
        Over the connection's own.
    password, token, cookies : Secret or None
        Secrets.
    remember : bool
        Whether the password may be kept to sign in again.
    """

    username: str | None = None
    connector: str | None = None
    password: Secret | None = None
    token: Secret | None = None
    cookies: Secret | None = None
    remember: bool = field(default=True, kw_only=True)


@dataclass(frozen=True)
class Headers:
    """What to send with a call, and until when it holds.

    Attributes
    ----------
    values : mapping of str to str
        ``Authorization`` or ``Cookie``, or nothing.
    expires_at : datetime or None
        In UTC, where it is known.
    subject : str or None
        Who the credential itself says we are.
    lasting : str or None
        In words how long it holds, where that takes more than `expires_at`.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires_at: datetime | None = None
    subject: str | None = None
    lasting: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", HiddenHeaders(self.values))


class Credential(Protocol):
    """What a way in holds while a session lasts.

    Attributes
    ----------
    way : str
        The `auth` that it is.
    renews : bool
        Whether it gets a new session by itself when this one ends.
    watch : str or None
        A file whose change makes the headers old.
    """

    @property
    def way(self) -> str: ...

    @property
    def renews(self) -> bool: ...

    @property
    def watch(self) -> str | None: ...

    def headers(self) -> Headers:
        """Return what to send now; files are read anew each time.

        Raises
        ------
        SignInFailed
            What is the matter with it.
        """
        ...

    def due(self, now: datetime) -> bool:
        """Whether `renew` should come first: what is held has ended, or soon will."""
        ...

    def renew(self, transport: Transport) -> None:
        """Get a new session, where that takes no person.

        Raises
        ------
        KfpConnectError
            Why not; `SignInNeeded` where a person has to act.
        """
        ...


def lasting(credential: Credential, headers: Headers) -> str | None:
    """Return in words how long `headers` hold, where a person has to get new ones then.

    Returns
    -------
    str or None
        Such as ``until 2026-05-09 at 14:05 UTC``; ``None`` for what renews itself, and where
        nothing is known of an end.
    """
    if credential.renews:
        return None
    ends = headers.expires_at
    return headers.lasting or (f"until {written(ends)}" if ends is not None else None)


def drive(flow: Flow[T], transport: Transport) -> T:
    """Send what `flow` asks for until it returns; it is told of what could not be sent."""
    try:
        request = next(flow)
        while True:
            try:
                answer = transport.send(request)
            except KfpConnectError as problem:
                request = flow.throw(problem)
            else:
                request = flow.send(answer)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        flow.close()
