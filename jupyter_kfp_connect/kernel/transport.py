"""Calls to a KFP API with the credential of the moment: taken, renewed, never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.util import Retry

from ..core.answers import is_signed_out
from ..core.errors import KfpConnectError, RequestError, SignInFailed, error
from ..core.refused import explain_answer, is_over, what_was_said, why_refused
from .api_errors import explained
from .pools import Pools

if TYPE_CHECKING:
    from ..core.session import HeaderSource, Lease

#: Headers that kfp sets from files and variables of its own; the lease alone says them here.
_CREDENTIALS = frozenset({"authorization", "cookie"})

#: Errors come as they are, redirects as answers. Made once, not at each call.
_NO_RETRIES = Retry(total=False, redirect=False)

#: Sent once more where a kept connection had been closed at the other end.
_SAFE_TO_REPEAT = frozenset({"GET", "HEAD"})


class Call(NamedTuple):
    """One call as kfp wants it made, without a credential."""

    method: str
    path: str
    headers: Mapping[str, str]
    timeout: Timeout | None
    options: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<{self.method} {self.path.partition('?')[0]}>"

    @property
    def streams(self) -> bool:
        """Whether the caller reads the body itself."""
        return self.options.get("preload_content", True) is False


class SignedInPool:
    """Takes the place of the ``PoolManager`` in kfp's REST client.

    Each call takes the current lease, so that a rotated token or a renewed session serves at once.
    An answer that means "not signed in" renews and repeats that one call; no redirect is followed
    and no sign-in page reaches the caller.

    Parameters
    ----------
    source : HeaderSource
        Where the credential comes from.
    base : str
        The address that kfp puts before every path. Calls go to the lease's own host, so that a
        credential can never reach another.
    """

    def __init__(self, source: HeaderSource, base: str) -> None:
        self._source = source
        self._base = base
        self._pools = Pools()

    def __repr__(self) -> str:
        return f"<SignedInPool for {self._base}>"

    def request(self, method: str, url: str, **options: Any) -> BaseHTTPResponse:
        """Make one call.

        Parameters
        ----------
        method, url, **options
            As for `urllib3.PoolManager.request`; ``timeout=None`` means the connection's.

        Returns
        -------
        urllib3.BaseHTTPResponse
            JSON.

        Raises
        ------
        ApiException
            Any status but 2xx that is no "not signed in": see `explained`. Made here, where it is
            known what the call was sent with, and before kfp logs what may repeat that.
        NotReachable
            The network's errors, and ``bad-answer`` for what is no JSON.
        SignInFailed
            Not signed in, and renewing did not help.
        NotInNotebook
            ``disconnected``.
        """
        call = self._call(method, url, options)
        lease = self._source.lease()
        answer = self._send(call, lease)
        if _signed_out(call, answer):
            answer.close()
            said = (answer.status, b"" if call.streams else what_was_said(answer.data, lease))
            lease = self._renewed(lease, said)
            answer = self._send(call, lease)
            if _signed_out(call, answer):
                answer.close()
                raise _still_signed_out(call, answer, lease)
        _check_json(call, answer, lease)
        answer.headers.discard("Set-Cookie")
        if not 200 <= answer.status < 300:
            raise explained(answer, lease)
        return answer

    def _renewed(self, lease: Lease, said: tuple[int, bytes]) -> Lease:
        """Return a newer lease than the one that was refused, or raise why there is none."""
        try:
            return self._source.refused(lease.generation, said)
        except SignInFailed as refused:  # of an older server, which was not asked what that means
            problem = why_refused(refused, lease, said)
        raise problem

    def _call(self, method: str, url: str, options: dict[str, Any]) -> Call:
        if not url.startswith(f"{self._base}/"):
            raise RequestError("bad-request", f"this client calls {self._base} only")
        headers = options.pop("headers", None) or {}
        return Call(
            method=method,
            path=url[len(self._base) :],
            headers={k: v for k, v in headers.items() if k.lower() not in _CREDENTIALS},
            timeout=options.pop("timeout", None),
            options=options,
        )

    def _send(self, call: Call, lease: Lease) -> BaseHTTPResponse:
        tries = 2 if call.method in _SAFE_TO_REPEAT else 1
        problem: BaseException
        while tries:
            tries -= 1
            try:
                answer = self._pools.pool(lease).request(
                    call.method,
                    lease.host + call.path,
                    headers={**call.headers, **lease.headers},
                    timeout=call.timeout or Timeout(connect=lease.timeout, read=lease.timeout),
                    redirect=False,
                    retries=_NO_RETRIES,
                    **call.options,
                )
                proxys = _proxys_own(call, answer, lease)
                if proxys is None:
                    return answer
                problem = proxys
                break
            except ProtocolError as broken:
                problem = _network_error(broken, lease)
            except (HTTPError, OSError) as failed:
                problem = _network_error(failed, lease)
                break
            except ValueError:  # its text holds the header that cannot be sent
                problem = error("token-malformed", "the credential does not fit in a header")
                break
            except BaseException as other:  # an interrupt by the user, above all
                problem = other.with_traceback(None)
                problem.__cause__ = problem.__context__ = None
                break
        # Raised here and not where it was caught: a traceback through urllib3 shows the headers
        # of the request in IPython's verbose mode.
        raise problem


# A client that was just made needs none of these rules, and their import takes a tenth of it.


def _network_error(problem: BaseException, lease: Lease) -> KfpConnectError:
    from ..core.network_errors import network_error

    return network_error(problem, lease.host, lease.proxy, own=lease.own_proxy)


def _proxys_own(call: Call, answer: BaseHTTPResponse, lease: Lease) -> KfpConnectError | None:
    if answer.status < 400:
        return None
    from ..core.http import Answer
    from ..core.proxy_answers import proxys_own

    headers = [(name.lower(), value) for name, value in answer.headers.items()]
    body = b"" if call.streams else answer.data
    seen = Answer(answer.status, lease.host + call.path, headers, body)
    return proxys_own(seen, lease.proxy, own=lease.own_proxy)


def _signed_out(call: Call, answer: BaseHTTPResponse) -> bool:
    location = answer.headers.get("Location") if 300 <= answer.status < 400 else None
    start = b"" if call.streams else answer.data[:512]
    return is_signed_out(answer.status, answer.headers.get("Content-Type"), start, location)


def _still_signed_out(call: Call, answer: BaseHTTPResponse, lease: Lease) -> KfpConnectError:
    said = b"" if call.streams else answer.data
    if lease.way == "dex" and is_over(answer.status, said):
        return error(
            "session-over",
            f"{lease.host} does not take the session any more, not even a renewed one",
        )
    return explain_answer(answer.status, said, lease)


def _check_json(call: Call, answer: BaseHTTPResponse, lease: Lease) -> None:
    """Refuse what kfp would turn into a model of nothing but ``None``."""
    if call.streams or not 200 <= answer.status < 300:
        return
    body = answer.data
    if body[:64].lstrip()[:1] == b"{" and body[-64:].rstrip()[-1:] == b"}":
        return
    from ..core.codes import CODES  # only here, where something is wrong
    from ..core.diagnosis.unknown import as_it_is, reporting
    from ..core.http import Answer

    kind = answer.headers.get("Content-Type") or ""
    seen = Answer(answer.status, lease.host, [("content-type", kind)], body)
    raise error(
        "bad-answer",
        f"{lease.host} answered {call.method} {call.path.partition('?')[0]} with no JSON of "
        f"Kubeflow Pipelines {as_it_is(seen, lease.headers)}",
        remedy=reporting(CODES["bad-answer"].remedy),
    )
