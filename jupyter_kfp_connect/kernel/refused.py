"""What KFP's refusal of a call means, told from the answer and the lease it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..core.errors import KfpConnectError
    from ..core.session import Lease


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
    from ..core.auth.tokens import claims_of
    from ..core.diagnosis.refusals import Refusal, explain_refusal
    from ..core.diagnosis.unknown import reported
    from ..core.http import Answer

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
        )
    )


def _kind(body: bytes) -> str:
    """Return the media type as the body shows it: the header is kfp's own matter."""
    start = body[:64].lstrip()
    return "application/json" if start[:1] == b"{" else "text/html" if start[:1] == b"<" else ""
