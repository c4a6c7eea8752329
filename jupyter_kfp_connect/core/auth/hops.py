"""One hop after the other through a sign-in, with its cookies, and by the rules of trust."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ..connection import Connection
from ..cookies import Cookies
from ..diagnosis.clear_text import clear_text_warning
from ..errors import KfpConnectError, SignInNeeded, error
from ..hosts import origin, same_origin
from ..http import Answer, Request
from .base import Flow
from .front_door import leads_on

_MAX_HOPS = 20
_PAGE = {"Accept": "text/html,application/xhtml+xml"}


class Hops:
    """Goes where a sign-in leads, as far as its owner trusts it.

    Parameters
    ----------
    connection : Connection
        Its ``host`` and ``login_hosts`` are trusted, and nothing in clear after https.
    """

    def __init__(self, connection: Connection) -> None:
        self._host = connection.host
        self._allowed = (connection.origin, *connection.login_hosts)
        self._count = 0
        #: What the hops have set.
        self.cookies = Cookies()

    def get(self, url: str) -> Flow[Answer]:
        """Go to `url` and wherever that leads.

        Raises
        ------
        KfpConnectError
            As `trust` does, and ``too-many-redirects``.
        """
        self.trust(self._host, url)
        return (yield from self.follow((yield from self.once(url))))

    def once(self, url: str) -> Flow[Answer]:
        """Go to `url`, which is trusted, and no further."""
        return (yield from self._send("GET", url))

    def post(self, url: str, form: Mapping[str, str]) -> Flow[Answer]:
        """Send a form to `url`, which is trusted, and go no further."""
        return (yield from self._send("POST", url, form))

    def follow(self, answer: Answer) -> Flow[Answer]:
        """Go wherever a redirect leads; see `get`."""
        while (target := answer.location) is not None:
            self._count += 1
            if self._count > _MAX_HOPS:
                raise error(
                    "too-many-redirects", f"{origin(self._host)} redirects more than {_MAX_HOPS}x"
                )
            try:
                self.trust(answer.url, target)
            except SignInNeeded as elsewhere:
                # Dex at a host of its own may be allowed; who is behind its connectors takes no
                # password from a program.
                raise leads_on(answer, target) or elsewhere from None
            answer = yield from self.once(target)
        return answer

    def trust(self, here: str, there: str) -> None:
        """Make sure that a step may be taken.

        Raises
        ------
        SignInNeeded
            ``other-login-host``: a person may allow it.
        SignInFailed
            ``downgrade-refused``.
        NotReachable
            ``bad-answer``: it is no address.
        """
        try:
            target = urlsplit(origin(there))
        except ValueError:
            target = urlsplit("")
        if target.scheme not in ("http", "https") or not target.hostname:
            raise error("bad-answer", f"the sign-in of {origin(self._host)} leads to no address")
        if urlsplit(here).scheme == "https" and target.scheme == "http":
            raise error("downgrade-refused", f"the sign-in leads to {origin(there)}")
        if not any(same_origin(allowed, there) for allowed in self._allowed):
            raise _other_login_host(self._host, there)

    def _send(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Flow[Answer]:
        cookie = self.cookies.header(url)
        headers = _PAGE | ({"Cookie": cookie} if cookie else {})
        answer = yield Request(method, url, headers, form)
        self.cookies.take(answer)
        return answer


def _other_login_host(host: str, there: str) -> KfpConnectError:
    """Return the error for a sign-in that leads elsewhere; nothing was posted there."""
    where = origin(there)
    and_trusted = (
        ""
        if clear_text_warning(where) is None
        else " and you trust the network on the way: it is plain http, and a password sent there "
        "can be read"
    )
    return error(
        "other-login-host",
        f"the sign-in of {origin(host)} leads to {where}",
        remedy=f"Allow {where} for this connection if it is your organisation's sign-in"
        f"{and_trusted} (in Python: connect(login_hosts=[…])).",
        remedy_copy=where,
    )
