"""What urllib3 raises, as one of our errors."""

from __future__ import annotations

from urllib.parse import urlsplit

from urllib3 import exceptions as urllib3_errors

from ..core.errors import KfpConnectError, error


def network_error(problem: Exception, host: str) -> KfpConnectError:
    """Return rung 1's error for what urllib3 or the socket under it raised.

    Parameters
    ----------
    problem : Exception
        What came out of a call made with ``retries=False``. Its text is not used: the one about a
        malformed header holds the header.
    host : str
        The address that was called.

    Returns
    -------
    NotReachable or SignInFailed
        ``token-malformed`` where the credential itself cannot be sent.
    """
    where = urlsplit(host).netloc or host
    if isinstance(problem, urllib3_errors.ProxyError):
        return error("proxy-failed", f"The proxy on the way to {where} does not pass the call on")
    if isinstance(problem, urllib3_errors.NameResolutionError):
        return error("name-not-found", f"No host is named {urlsplit(host).hostname}")
    if isinstance(problem, urllib3_errors.TimeoutError):
        return error("timed-out", f"{where} did not answer in time")
    if isinstance(problem, urllib3_errors.SSLError):
        return error("tls-untrusted", f"The certificate of {where} could not be verified")
    if isinstance(problem, urllib3_errors.NewConnectionError):
        return error("connection-refused", f"Nothing listens at {where}")
    if isinstance(problem, ValueError) and not isinstance(problem, urllib3_errors.HTTPError):
        return error("token-malformed", "The credential cannot be sent in a header")
    return error("bad-answer", f"{where} closed the connection without a whole answer")
