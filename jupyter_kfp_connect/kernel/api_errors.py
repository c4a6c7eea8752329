"""Answers to a call that are no data: kfp's own error, and ours at once where a rule explains it.

Only what cannot be mended by signing in is made this way. A "not signed in" that were an
`kfp_server_api.ApiException` would send kfp's waiting loops spinning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kfp_server_api import ApiException
from urllib3 import HTTPHeaderDict

from ..core.errors import KfpConnectError, NotAuthorized, NotReachable
from ..core.refused import explain_answer
from ..core.shown import printable
from .brief import rendered

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from ..core.http import Answer
    from ..core.session import Lease

#: What KFP says with 400 where a call names no namespace (recording ``kfp-list-no-namespace``),
#: what older ones without namespaces say where it does, and to an upload that it does not allow.
_WITH_400 = (
    b"empty namespace",
    b"single-user mode",
    b"' is not authorized",
    b'"Failed to create a pipeline"',
)
#: With these KFP refuses what was asked, whoever asks: gRPC's codes as its gateway tells them.
_OF_THE_CALL = frozenset({400, 404, 409, 412, 413, 422, 429})


class CallFailed(ApiException):  # type: ignore[misc]
    """KFP refuses what was asked, such as a run that is not there: the caller's own affair.

    Parameters
    ----------
    answer : kfp_server_api.ApiException
        What kfp makes of it.
    message : str
        What KFP says.
    """

    def __init__(self, answer: ApiException, message: str) -> None:
        super().__init__(status=answer.status, reason=answer.reason)
        self.body = answer.body
        self.headers = answer.headers
        self.message = message

    def __str__(self) -> str:
        what = f"{self.status} {printable(self.reason or '')}".rstrip()
        return f"{what}: {self.message}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_failed, (_parts(self), self.message))

    def _render_traceback_(self) -> list[str]:
        return rendered(self)


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
        return (_rebuild, (type(self), self.to_dict(), _parts(self)))


class CallRefused(_Explained, NotAuthorized):
    """KFP, or the mesh before it, does not let this call through."""


class CallLost(_Explained, NotReachable):
    """KFP, or what stands before it, has a problem of its own, or says what no rule knows."""


def explained(answer: BaseHTTPResponse, lease: Lease) -> ApiException:
    """Return what to raise for an answer that is no 2xx: kfp's own error, or ours and kfp's.

    Parameters
    ----------
    answer : urllib3.BaseHTTPResponse
        As it came.
    lease : Lease
        What the call was made with: not another one, for the answer may repeat its credential.
    """
    from ..core.answers import kfps_message  # all of these only where something is refused
    from ..core.diagnosis.repeated import secrets_in, without
    from ..core.http import Answer

    secrets = secrets_in(lease.headers)
    said = _without(answer, secrets)
    explains = any(words in said.body for words in _WITH_400)
    if said.status == 403 or (said.status == 400 and explains):
        return CallRefused(explain_answer(said.status, said.body, lease), said)
    kind = said.headers.get("Content-Type") or ""
    seen = Answer(said.status, lease.host, [("content-type", kind)], said.body)
    message = kfps_message(seen)
    if message is not None and said.status in _OF_THE_CALL:
        return CallFailed(said, without(message, secrets))
    return CallLost(_no_rule_knows(seen, lease), said)


def _no_rule_knows(answer: Answer, lease: Lease) -> KfpConnectError:
    from ..core.diagnosis.unknown import as_it_is
    from ..core.proof import unknown

    code = "server-error" if answer.status >= 500 else "bad-answer"
    what = as_it_is(answer, lease.headers)
    return unknown(code, f"{lease.host} answers with an error {what}")


def _without(answer: BaseHTTPResponse, secrets: Sequence[str]) -> ApiException:
    """Return kfp's error for `answer`, which shows all of it, without the credential."""
    from ..core.diagnosis.repeated import without

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


def _parts(problem: ApiException) -> tuple[Any, ...]:
    return (problem.status, problem.reason, problem.body, dict(problem.headers))


def _failed(answer: tuple[Any, ...], message: str) -> CallFailed:
    return CallFailed(_error_of_kfp(*answer), message)


def _rebuild(
    kind: type[_Explained], data: Mapping[str, Any], answer: tuple[Any, ...]
) -> _Explained:
    return kind(KfpConnectError.from_dict(data), _error_of_kfp(*answer))
