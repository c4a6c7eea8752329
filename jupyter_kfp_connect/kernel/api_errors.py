"""Answers to a call that a rule explains: our error and kfp's own at once.

Only what cannot be mended by signing in is made this way. A "not signed in" that were an
`kfp_server_api.ApiException` would send kfp's waiting loops spinning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kfp_server_api import ApiException

from ..core.errors import KfpConnectError, NotAuthorized, NotReachable
from ..core.refused import explain_answer

if TYPE_CHECKING:
    from ..core.session import Lease

#: What KFP says where a call names no namespace (recording ``kfp-list-no-namespace``), and what
#: older ones without namespaces say where it does.
_OF_NAMESPACES = (b"empty namespace", b"single-user mode")


class _Explained(KfpConnectError, ApiException):  # type: ignore[misc]
    """What came of a call, and why.

    Attributes
    ----------
    status : int
        The HTTP status.
    reason : str or None
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


def explained(answer: ApiException, lease: Lease) -> ApiException:
    """Return what to raise for kfp's `answer`: itself, or the same with an explanation.

    Parameters
    ----------
    answer : kfp_server_api.ApiException
        As kfp's REST client raises it.
    lease : Lease
        What the call was made with.
    """
    # kfp decodes the body as UTF-8, whatever it is; without one it would fail in that.
    answer.body = (answer.body or b"").decode("utf-8", "replace").encode()
    answer.headers = {} if answer.headers is None else answer.headers
    _forget_what_was_sent(answer, lease)
    of_namespaces = any(words in answer.body for words in _OF_NAMESPACES)
    if answer.status == 403 or (answer.status == 400 and of_namespaces):
        return CallRefused(explain_answer(answer.status, answer.body, lease), answer)
    if answer.status >= 500 and answer.body.lstrip()[:1] != b"{":
        return CallLost(_not_of_kfp(answer, lease), answer)
    return answer


def _not_of_kfp(answer: ApiException, lease: Lease) -> KfpConnectError:
    from ..core.diagnosis.unknown import as_it_is  # only where something is wrong
    from ..core.http import Answer
    from ..core.proof import unknown

    kind = answer.headers.get("Content-Type") or ""
    seen = Answer(answer.status, lease.host, [("content-type", kind)], answer.body)
    what = as_it_is(seen, lease.headers)
    return unknown("server-error", f"{lease.host} answers {answer.status} {what}")


def _forget_what_was_sent(answer: ApiException, lease: Lease) -> None:
    """Take the credential out of an answer that repeats it: kfp's error shows all of it."""
    from ..core.diagnosis.repeated import secrets_in, without  # only where something is refused

    secrets = secrets_in(lease.headers)
    answer.body = without(answer.body.decode(), secrets).encode()
    for name, value in tuple(answer.headers.items()):
        cleaned = without(value, secrets)
        if cleaned != value:
            answer.headers[name] = cleaned


def _rebuild(
    kind: type[_Explained], data: Mapping[str, Any], answer: tuple[Any, ...]
) -> _Explained:
    plain = ApiException(status=answer[0], reason=answer[1])
    plain.body, plain.headers = answer[2], answer[3]
    return kind(KfpConnectError.from_dict(data), plain)
