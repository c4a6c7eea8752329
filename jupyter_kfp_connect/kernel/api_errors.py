"""KFP's refusals that a rule explains: our error and kfp's own at once.

Only what cannot be mended by signing in is made this way. A "not signed in" that were an
`kfp_server_api.ApiException` would send kfp's waiting loops spinning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kfp_server_api import ApiException

from ..core.errors import KfpConnectError, NotAuthorized
from ..core.refusals import explain_refusal


class CallRefused(NotAuthorized, ApiException):  # type: ignore[misc]
    """KFP, or the mesh before it, does not let this call through.

    Attributes
    ----------
    status : int
        The HTTP status.
    reason : str or None
        The HTTP reason.
    body : str or bytes
        What was answered; never ``None``.
    headers : dict of str to str
        The answer's headers, without cookies.
    """

    def __init__(self, explained: KfpConnectError, answer: ApiException) -> None:
        rest = explained.to_dict()
        super().__init__(rest.pop("code"), rest.pop("message"), **rest)
        self.status = answer.status
        self.reason = answer.reason
        self.body = answer.body
        self.headers = answer.headers

    def __reduce__(self) -> tuple[Any, ...]:
        answer = (self.status, self.reason, self.body, dict(self.headers))
        return (_rebuild, (self.to_dict(), answer))


def explained(answer: ApiException, *, signed_in_as: str | None = None) -> ApiException:
    """Return what to raise for kfp's `answer`: itself, or the same with an explanation.

    Parameters
    ----------
    answer : kfp_server_api.ApiException
        As kfp's REST client raises it.
    signed_in_as : str, optional
        Whom the lease says we are.
    """
    answer.body = _decodable(answer.body)
    answer.headers = {} if answer.headers is None else answer.headers
    rule = explain_refusal(answer.status, answer.body)
    return answer if rule is None else CallRefused(rule, answer)


def _decodable(body: bytes | str | None) -> bytes:
    """Return the body as kfp needs it: kfp decodes it as UTF-8, whatever it is."""
    if isinstance(body, str):
        return body.encode()
    return (body or b"").decode("utf-8", "replace").encode()


def _rebuild(data: Mapping[str, Any], answer: tuple[Any, ...]) -> CallRefused:
    plain = ApiException(status=answer[0], reason=answer[1])
    plain.body, plain.headers = answer[2], answer[3]
    return CallRefused(KfpConnectError.from_dict(data), plain)
