"""What KFP's refusal of a call means, told from the answer and the lease it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import KfpConnectError
    from .lease import Lease

#: Of what KFP answered, as many characters as rules look at.
LONGEST = 8000
#: What is said of a token that was refused and is still the same.
_WORN_TOKEN = frozenset({"token-refused", "token-expired"})
#: What is said of a session that is refused and that nothing renews.
_OVER = frozenset({"session-over", "cookie-refused"})


def what_was_said(body: bytes, lease: Lease) -> bytes:
    """Return as much of an answer as rules look at, for who explains it later or elsewhere.

    It is masked before it is cut: a part of a secret would not be known as one.

    Parameters
    ----------
    body : bytes
        The whole answer's.
    lease : Lease
        What the call was made with.
    """
    from .diagnosis.repeated import secrets_in, without_secrets
    from .http import Answer

    answer = Answer(0, lease.host, (), body)
    return without_secrets(answer, secrets_in(lease.headers)).body[:LONGEST]


def why_refused(
    problem: KfpConnectError, lease: Lease, said: tuple[int, bytes] | None
) -> KfpConnectError:
    """Return `problem`, or what the answer says of a credential that there is no other for.

    Of a session it may say no more than that it is over.

    Parameters
    ----------
    problem : KfpConnectError
        What keeps the credential from being renewed.
    lease : Lease
        What the call was made with.
    said : (int, bytes) or None
        Status and body of the answer that refused it.
    """
    if said is None or problem.code not in _WORN_TOKEN | _OVER:
        return problem
    if problem.code in _OVER and is_over(*said):
        return problem
    return explain_answer(*said, lease)


def is_over(status: int, body: bytes) -> bool:
    """Whether an answer that asks for a sign-in says no more than that.

    Parameters
    ----------
    status, body
        As `explain_answer` takes them.
    """
    from .answers import reported_message
    from .diagnosis import reasons
    from .http import Answer

    return reasons.is_over(status, reported_message(Answer(status, "", (), body)))


def explain_answer(status: int, body: bytes, lease: Lease) -> KfpConnectError:
    """Return the error that a refusal stands for.

    Parameters
    ----------
    status : int
        400, 401 or 403, or that of a sign-in page.
    body : bytes
        The answer's.
    lease : Lease
        What the call was made with.
    """
    # Loaded only where something is refused: a new kernel's client is to be there at once.
    from .auth.tokens import claims_of
    from .diagnosis.refusals import Refusal, explain_refusal
    from .diagnosis.unknown import reported
    from .http import Answer

    answer = Answer(status, lease.host, (), body)
    scheme, _, token = lease.headers.get("Authorization", "").partition(" ")
    return explain_refusal(
        Refusal(
            status=status,
            message=reported(answer, lease.headers),
            claims=claims_of(token) if scheme == "Bearer" else {},
            sent=bool(lease.headers),
            way=lease.way,
            subject=lease.signed_in_as,
            kind=_kind(body),
            host=lease.host,
            namespace=lease.namespace,
        )
    )


def _kind(body: bytes) -> str:
    """Return the media type as the body shows it: a kernel tells no more of an answer."""
    start = body[:64].lstrip()[:1]
    return {b"": "", b"{": "application/json", b"<": "text/html"}.get(start, "text/plain")
