"""Answers to a call that a rule explains: our error and kfp's own at once.

Only what cannot be mended by signing in is made this way. A "not signed in" that were an
`kfp_server_api.ApiException` would send kfp's waiting loops spinning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kfp_server_api import ApiException
from urllib3 import HTTPHeaderDict

from ..core.errors import KfpConnectError, NotAuthorized, NotReachable
from ..core.refused import explain_answer

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from ..core.session import Lease

#: What KFP says with 400 where a call names no namespace (recording ``kfp-list-no-namespace``),
#: what older ones without namespaces say where it does, and to an upload that it does not allow.
_WITH_400 = (
    b"empty namespace",
    b"single-user mode",
    b"' is not authorized",
    b'"Failed to create a pipeline"',
)


class _Explained(KfpConnectError, ApiException):  # type: ignore[misc]
    """What came of a call, and why.

    Attributes
    ----------
    status : int
        The HTTP status.
    reason : str
        The HTTP reason.
    body : str or bytes
        What was answered; never ``None``.
    headers : mapping of str to str
        The answer's headers, without cookies.
    """

    def __init__(self, explanation: KfpConnectError, answer: ApiException) -> None:
        rest = explanation.to_dict()
        super().__init__(rest.pop("code"), rest.pop("message"), **rest)
        self.status = answer.status
        self.reason = answer.reason
        self.body = answer.body
        self.headers = answer.headers

    def __reduce__(self) -> tuple[Any, ...]:
        answer = (self.status, self.reason, self.body, dict(self.headers))
        return (_rebuild, (type(self), self.to_dict(), answer))


class CallRefused(_Explained, NotAuthorized):
    """KFP, or the mesh before it, does not let this call through."""


class CallLost(_Explained, NotReachable):
    """What stands before KFP has a problem of its own: the call did not come through."""


def explained(answer: BaseHTTPResponse, lease: Lease) -> ApiException:
    """Return what to raise for an answer that is no 2xx: kfp's own error, or ours and kfp's.

    Parameters
    ----------
    answer : urllib3.BaseHTTPResponse
        As it came.
    lease : Lease
        What the call was made with: not another one, for the answer may repeat its credential.
    """
    said = _without_what_was_sent(answer, lease)
    explains = any(words in said.body for words in _WITH_400)
    if said.status == 403 or (said.status == 400 and explains):
        return CallRefused(explain_answer(said.status, said.body, lease), said)
    if said.status >= 500 and said.body.lstrip()[:1] != b"{":
        return CallLost(_not_of_kfp(said, lease), said)
    return said


def _not_of_kfp(answer: ApiException, lease: Lease) -> KfpConnectError:
    from ..core.diagnosis.unknown import as_it_is  # only where something is wrong
    from ..core.http import Answer
    from ..core.proof import unknown

    kind = answer.headers.get("Content-Type") or ""
    seen = Answer(answer.status, lease.host, [("content-type", kind)], answer.body)
    what = as_it_is(seen, lease.headers)
    return unknown("server-error", f"{lease.host} answers {answer.status} {what}")


def _without_what_was_sent(answer: BaseHTTPResponse, lease: Lease) -> ApiException:
    """Return kfp's error for `answer`, which shows all of it, without the credential."""
    from ..core.diagnosis.repeated import secrets_in, without  # only where something is refused

    secrets = secrets_in(lease.headers)
    # kfp decodes the body as UTF-8, whatever it is.
    body = without(answer.data.decode("utf-8", "replace"), secrets).encode()
    headers = HTTPHeaderDict(
        [
            (without(name, secrets), without(value, secrets))
            for name, value in answer.headers.items()
        ]
    )
    return _error_of_kfp(answer.status, without(answer.reason or "", secrets), body, headers)


def _error_of_kfp(status: int, reason: str, body: Any, headers: Mapping[str, str]) -> ApiException:
    problem = ApiException(status=status, reason=reason)
    problem.body, problem.headers = body, headers
    return problem


def _rebuild(
    kind: type[_Explained], data: Mapping[str, Any], answer: tuple[Any, ...]
) -> _Explained:
    return kind(KfpConnectError.from_dict(data), _error_of_kfp(*answer))
