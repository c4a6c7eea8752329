"""kfp's REST client, carrying the credential of the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kfp_server_api.rest import RESTClientObject

from ..core.errors import NotReachable, SignInFailed
from .adapted import beneath
from .api_errors import CallRefused
from .broker_source import NO_ANSWER, BrokerSource
from .transport import SignedInPool
from .where import told_to_users

if TYPE_CHECKING:
    from ..core.session import HeaderSource


class SignedInRest(RESTClientObject):  # type: ignore[misc]
    """Put on ``api_client.rest_client``: the one place through which every call of kfp goes.

    How a call is encoded and how an answer is read stay kfp's own; only the pool is ours.

    Parameters
    ----------
    source : HeaderSource
        Where the credential comes from.
    base : str
        ``configuration.host``, which kfp puts before every path.
    """

    def __init__(self, source: HeaderSource, base: str) -> None:
        self._source = beneath(source)
        self._went_wrong = False
        # kfp's own constructor would only make the pool that is replaced here.
        self.pool_manager = SignedInPool(source, base)

    def __repr__(self) -> str:
        return f"<SignedInRest over {self.pool_manager!r}>"

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Make one call; errors as `SignedInPool.request`."""
        with told_to_users(self._source):
            try:
                return self._requested(method, url, options)
            except SignInFailed:
                # The server shows it in every window until a call goes through again.
                self._went_wrong = True
                raise

    def _requested(self, method: str, url: str, options: dict[str, Any]) -> Any:
        limit = options.get("_request_timeout")
        if isinstance(limit, float):
            # kfp takes whole seconds or a pair, and silently drops a fraction.
            options["_request_timeout"] = (limit, limit)
        try:
            answer = super().request(method, url, **options)
        except CallRefused as problem:
            # An upload is refused with 400; what else has that is a mistake in the call.
            if problem.status == 403 or problem.code == "forbidden":
                self._went_wrong = True
                self._tell(problem.status, problem.body.decode())
            raise
        except NotReachable:
            self._went_wrong = True
            self._tell(NO_ANSWER)
            raise
        if self._went_wrong:
            self._went_wrong = False
            self._tell(200)
        return answer

    def _tell(self, status: int, body: str = "") -> None:
        if isinstance(self._source, BrokerSource):  # else no window shows this session
            self._source.answered(status, body)
