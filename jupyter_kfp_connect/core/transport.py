"""The one place that sends: requests, with every limit that its own timeouts do not give.

``timeout=`` of requests bounds one read, neither the look-up of a name nor an answer that drips a
byte a second. So each call runs in a thread of its own that is waited for until the deadline and
then left behind; daemon threads, since others would keep the interpreter from ending.
"""

from __future__ import annotations

import io
import math
import ssl
import threading
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from .errors import KfpConnectError, error
from .hosts import origin
from .http import CA_VARIABLES, MAX_BODY, Answer, Cancelled, NetworkSettings, Request
from .network_errors import network_error
from .proxy_answers import proxys_own
from .workers import Workers

if TYPE_CHECKING:
    import requests

_CHUNK = 64 * 1024


class Cancel:
    """A way to give up, shared by whoever waits and whoever sends."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._watchers: set[SimpleQueue[Answer | BaseException]] = set()

    @property
    def cancelled(self) -> bool:
        """Whether the user gave up."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Give up: what waits ends at once, and nothing more is sent."""
        with self._lock:
            self._event.set()
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher.put(Cancelled())

    def _watch(self, outcome: SimpleQueue[Answer | BaseException]) -> None:
        with self._lock:
            if self._event.is_set():
                raise Cancelled
            self._watchers.add(outcome)

    def _unwatch(self, outcome: SimpleQueue[Answer | BaseException]) -> None:
        with self._lock:
            self._watchers.discard(outcome)


class RequestsTransport:
    """Sends through requests, one kept connection to a host, within a deadline for each call.

    Parameters
    ----------
    settings : NetworkSettings
        Certificates, proxy and the seconds that one call may take.
    cancel : Cancel, optional
        Ends what is under way and whatever would follow.
    """

    def __init__(self, settings: NetworkSettings, cancel: Cancel | None = None) -> None:
        self._settings = settings
        self._cancel = cancel or Cancel()
        self._session: requests.Session | None = None
        self._workers: Workers[Answer] = Workers()

    def send(self, request: Request) -> Answer:
        """See `Transport.send`."""
        outcome: SimpleQueue[Answer | BaseException] = SimpleQueue()
        self._cancel._watch(outcome)
        worker = self._workers.take()
        try:
            worker.do(lambda: self._perform(request), outcome.put)
            result = outcome.get(timeout=self._limit(request) + 0.5)
            if isinstance(result, Cancelled):
                raise result
        except BaseException as given_up:
            worker.end()  # It may be at work for long.
            if isinstance(given_up, Empty):
                given_up = self._network_error(TimeoutError(), request.url)
            raise given_up from None
        finally:
            self._cancel._unwatch(outcome)
        self._workers.give_back(worker)
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        """Close the kept connections."""
        self._workers.close()
        if self._session is not None:
            self._session.close()
            self._session = None

    def _limit(self, request: Request) -> float:
        """Return the seconds that the call may take."""
        return min(self._settings.timeout, request.patience or math.inf)

    def _perform(self, request: Request) -> Answer:
        import requests

        if self._session is None:
            _check_authorities(self._settings.verify)
            self._session = _new_session(verified=bool(self._settings.verify))
        if self._cancel.cancelled:
            raise Cancelled
        _check_address(request.url)
        started = time.monotonic()
        try:
            response = self._session.request(
                request.method,
                request.url,
                headers=_headers(request),
                data=_Form(request.form, self._cancel) if request.form is not None else None,
                timeout=self._limit(request),
                verify=self._settings.verify,
                proxies=_proxies(self._settings.proxy),
                allow_redirects=False,
                stream=True,
            )
            with response:
                body = self._read(response, started + self._limit(request))
        except (requests.RequestException, OSError, ValueError) as problem:
            raise self._network_error(problem, request.url) from None
        answer = Answer(
            status=response.status_code,
            url=request.url,
            headers=[(name.lower(), value) for name, value in response.raw.headers.items()],
            body=body,
            ms=round((time.monotonic() - started) * 1000),
        )
        proxys = proxys_own(answer, self._settings.proxy, own=self._settings.own_proxy)
        if proxys is not None:
            raise proxys
        return answer

    def _network_error(self, problem: BaseException, url: str) -> KfpConnectError:
        return network_error(problem, url, self._settings.proxy, own=self._settings.own_proxy)

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if time.monotonic() > deadline or self._cancel.cancelled:
                raise TimeoutError
            if len(body) > MAX_BODY:
                raise error("bad-answer", f"the answer of {origin(response.url)} does not end")
        return bytes(body)


class _Form:
    """A form's body that is read when the connection stands, and not at all after a cancel."""

    def __init__(self, fields: Mapping[str, str], cancel: Cancel) -> None:
        self._body = io.BytesIO(urlencode(fields).encode("ascii"))
        self._cancel = cancel

    def __len__(self) -> int:
        return len(self._body.getbuffer())

    def read(self, size: int = -1) -> bytes:
        if self._cancel.cancelled:
            raise Cancelled
        return self._body.read(size)


def _headers(request: Request) -> dict[str, str]:
    if request.form is None:
        return dict(request.headers)
    return {**request.headers, "Content-Type": "application/x-www-form-urlencoded"}


def _check_address(url: str) -> None:
    """Make sure that who sends means the host that who trusts meant."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        seen, meant = parse_url(url), urlsplit(origin(url))
        agreed = (seen.host or "").strip("[]") == meant.hostname
    except (ValueError, LocationParseError):
        agreed = False
    if not agreed:
        raise error("bad-answer", "an address on the way is none that can be trusted")


def _check_authorities(verify: bool | str) -> None:
    """Look at the CA file before requests does, which takes a broken one for broken TLS."""
    if not isinstance(verify, str):
        return
    path = Path(verify)
    try:
        if not path.is_dir():
            ssl.create_default_context(cafile=path)
    except FileNotFoundError:
        what = "is not there"
    except ssl.SSLError:
        what = "holds no certificate"
    except OSError as problem:
        what = f"cannot be read: {problem.strerror}"
    else:
        return
    raise error(
        "tls-untrusted",
        f"the CA file {verify} {what}",
        remedy="Correct the connection's CA file (ssl_ca_cert), or the variable that names it: "
        f"{', '.join(CA_VARIABLES)}.",
    )


def _new_session(*, verified: bool) -> requests.Session:
    import requests

    session = requests.Session()
    session.trust_env = False
    # Not even to be looked at: it would read a redirect's body without a limit, and choke on an
    # address that is none.
    session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
    # Cookies are the sign-in flow's own: it binds them to origins by the rules of trust.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "jupyter-kfp-connect"
    if not verified:
        from .unverified import UnverifiedAdapter

        session.mount("https://", UnverifiedAdapter())
    return session


def _proxies(proxy: str | None) -> dict[str, str]:
    return {"http": proxy, "https": proxy} if proxy else {}
