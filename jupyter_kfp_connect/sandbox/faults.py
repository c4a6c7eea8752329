"""How KFP's API server says no.

The texts and shapes are those of `tests/recordings/kfp-*.json`: one gRPC status code, a message
made of every caller's remark in front of the innermost error, and `details` with the innermost
one alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

INVALID_ARGUMENT = 3
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
FAILED_PRECONDITION = 9
UNIMPLEMENTED = 12
INTERNAL = 13
UNAUTHENTICATED = 16

_HTTP_STATUS = {
    INVALID_ARGUMENT: 400,
    NOT_FOUND: 404,
    ALREADY_EXISTS: 409,
    PERMISSION_DENIED: 403,
    FAILED_PRECONDITION: 400,
    UNIMPLEMENTED: 501,
    INTERNAL: 500,
    UNAUTHENTICATED: 401,
}

_NO_HEADER = (
    "Unauthenticated: Request header error: there is no user identity header.: "
    "Request header error: there is no user identity header."
)


class KfpFault(Exception):
    """An answer that is an error.

    Parameters
    ----------
    code : int
        The gRPC status code.
    detail : str
        The innermost error as the user is meant to read it.
    text : str, optional
        The innermost error as it appears in the message; `detail` if absent.
    """

    def __init__(self, code: int, detail: str, text: str | None = None) -> None:
        self.code = code
        self.detail = detail
        self.text = detail if text is None else text
        super().__init__(self.text)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _HTTP_STATUS[self.code]

    def within(self, *contexts: str) -> KfpFault:
        """Return the same fault with callers' remarks, outermost first, in front of it."""
        return KfpFault(self.code, self.detail, ": ".join((*contexts, self.text)))

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        detail = {
            "@type": "type.googleapis.com/google.rpc.Status",
            "code": self.code,
            "message": self.detail,
        }
        return {"code": self.code, "message": self.text, "details": [detail]}


@contextmanager
def within(*contexts: str) -> Iterator[None]:
    """Put remarks, outermost first, in front of whatever fault arises inside."""
    try:
        yield
    except KfpFault as fault:
        raise fault.within(*contexts) from None


def invalid(detail: str) -> KfpFault:
    """Return the fault for input that cannot be used."""
    return KfpFault(INVALID_ARGUMENT, detail, f"Invalid input error: {detail}")


def not_found(kind: str, key: str) -> KfpFault:
    """Return the fault for a thing that is not there; `kind` as `Experiment`."""
    detail = f"{kind} {key} not found"
    return KfpFault(NOT_FOUND, detail, f"ResourceNotFoundError: {detail}")


def already_exists(kind: str, name: str) -> KfpFault:
    """Return the fault for a name that is taken; `kind` as `experiment`."""
    detail = (
        f"Failed to create a new {kind}. The name {name} already exists. Please specify a new name"
    )
    return KfpFault(ALREADY_EXISTS, detail, f"Already exist error: {detail}")


def failed_precondition(detail: str) -> KfpFault:
    """Return the fault for a thing that is not in a state to do this."""
    return KfpFault(FAILED_PRECONDITION, detail, f"Failed precondition error: {detail}")


def denied(user: str, attributes: object, reason: str = "") -> KfpFault:
    """Return the fault for a user without the right; `attributes` prints as Kubernetes' own."""
    detail = f"User '{user}' is not authorized with reason: {reason} (request: {attributes})"
    return KfpFault(PERMISSION_DENIED, detail, f"PermissionDenied: {detail}: Unauthorized access")


def unauthenticated(token_complaint: str | None) -> KfpFault:
    """Return the fault for a caller nobody knows.

    Parameters
    ----------
    token_complaint : str or None
        What the token review said; None where no token came.
    """
    detail = "Failed to check authorization. User identity is empty in the request header"
    reasons = _NO_HEADER
    if token_complaint is not None:
        reasons = (
            f"[{_NO_HEADER}, Authentication failure: Unauthenticated: "
            f"Review.Status.Authenticated is false. Error {token_complaint}: "
            "Failed to authenticate token review]"
        )
    return KfpFault(UNAUTHENTICATED, detail, f"Unauthenticated: {detail}: {reasons}")


def internal(detail: str) -> KfpFault:
    """Return the fault for something that KFP itself depends on and that does not work."""
    return KfpFault(INTERNAL, "Internal Server Error", f"InternalServerError: {detail}")


def not_in_sandbox(what: str) -> KfpFault:
    """Return the fault for a part of KFP that the sandbox does not play."""
    return KfpFault(
        UNIMPLEMENTED, f"This is a sandbox, not Kubeflow Pipelines: it does not have {what}."
    )
