"""Which way in: what local facts alone say, each passed-over way with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..connection import Connection
from ..environment import Environment, with_scheme
from ..errors import KfpConnectError, error
from ..hosts import clean_host, same_origin
from ..http import DEFAULT_TIMEOUT
from ..in_cluster import service_of
from ..ladder import Remedy
from ..secret import Secret
from .base import Credential, Given
from .bearer_token import TokenCommand, TokenFile, TokenValue
from .none import NoCredential
from .service_account_token import ServiceAccountToken, not_mounted
from .session_cookie import SessionCookie

#: Where an address is corrected that only a variable names.
WHERE_NAMED = "KF_PIPELINES_ENDPOINT where Jupyter is started."
_NO_FILE = ("token-missing", "token-file-missing")


@dataclass(frozen=True)
class Attempt:
    """One way or host that was looked at.

    Attributes
    ----------
    way : str
        The `auth`.
    host : str or None
        The address, where one was asked.
    code : str
        ``ok``, or why not.
    reason : str
        The same in words.
    ms : int
        Milliseconds.
    remedy : Remedy or None
        What to do, where an address that was asked did not answer.
    """

    way: str
    host: str | None
    code: str
    reason: str
    ms: int = 0
    remedy: Remedy | None = None


@dataclass(frozen=True)
class Choice:
    """What local facts decide.

    Attributes
    ----------
    credential : Credential or None
        Ready to use; ``None`` where the answers at the host decide (``dex`` or ``none``).
    explicit : bool
        Whether somebody chose it: then it is used or fails, and never replaced.
    attempts : sequence of Attempt
        What was passed over, and why.
    """

    credential: Credential | None
    explicit: bool
    attempts: Sequence[Attempt] = ()


def choose(connection: Connection, given: Given, environment: Environment) -> Choice:
    """Choose the way in from the connection, what was given and the environment.

    Raises
    ------
    SignInNeeded
        A way was chosen that needs something which was not given.
    SignInFailed
        ``no-way-in``: a way that this version does not have.
    """
    way = _explicit_way(connection, given)
    if way is not None:
        return Choice(_explicit(way, connection, given, environment), explicit=True)
    attempts: list[Attempt] = []
    for find in (_from_variables, _from_token_file):
        credential, attempt = find(connection, environment)
        attempts.append(attempt)
        if credential is not None:
            return Choice(credential, explicit=False, attempts=attempts)
    return Choice(None, explicit=False, attempts=attempts)


def trusts_mounted_token(host: str, environment: Environment) -> bool:
    """Whether `auto` may send the mounted token to `host` (docs/architecture.md, rules of trust).

    That is the host of ``KF_PIPELINES_ENDPOINT``, and in a pod the services ``ml-pipeline`` and
    ``ml-pipeline-ui`` of the namespaces ``kubeflow`` and the pod's own.
    """
    if is_endpoint(host, environment):
        return True
    return environment.in_pod and service_of(host, environment) is not None


def endpoint_of(environment: Environment) -> str | None:
    """Return ``KF_PIPELINES_ENDPOINT`` as an address; a bare name gets ``http://``, as in kfp.

    Raises
    ------
    NotReachable
        Code ``bad-host``, naming the variable.
    """
    text = environment.endpoint
    if not text:
        return None
    try:
        return clean_host(with_scheme(text))
    except KfpConnectError as problem:
        what = problem.message.removeprefix("host: ")
        raise error("bad-host", f"KF_PIPELINES_ENDPOINT: {what}", remedy=problem.remedy) from None


def is_endpoint(host: str, environment: Environment) -> bool:
    """Whether `host` is at the origin that ``KF_PIPELINES_ENDPOINT`` names."""
    try:
        endpoint = endpoint_of(environment)
    except KfpConnectError:
        return False  # An endpoint that cannot be read is nobody's host.
    return endpoint is not None and same_origin(endpoint, host)


def _explicit_way(connection: Connection, given: Given) -> str | None:
    if connection.auth != "auto":
        return connection.auth
    # What was given now says more than what was stored before.
    if given.token:
        return "bearer-token"
    if given.cookies:
        return "session-cookie"
    if given.password:
        return "dex"
    return "bearer-token" if connection.token_file or connection.token_command else None


def _explicit(
    way: str, connection: Connection, given: Given, environment: Environment
) -> Credential | None:
    if way == "service-account-token":
        return ServiceAccountToken.of(environment, connection.token_file)
    if way == "bearer-token":
        return _bearer(connection, given)
    if way == "session-cookie":
        if not given.cookies:
            raise error(
                "sign-in-needed",
                "this connection signs in with a cookie, and none was given",
                remedy="Copy the session cookie from a browser that is signed in.",
            )
        return SessionCookie(given.cookies, connection.host)
    if way == "none":
        return NoCredential()
    if way == "oidc-device":
        raise error("no-way-in", "this version cannot sign in with a browser code (oidc-device)")
    return None


def _bearer(connection: Connection, given: Given) -> Credential:
    if given.token:
        return TokenValue(given.token)
    if connection.token_file:
        return TokenFile(connection.token_file)
    if connection.token_command:
        return TokenCommand(connection.token_command, connection.timeout or DEFAULT_TIMEOUT)
    raise error(
        "sign-in-needed",
        "this connection signs in with a token, and none was given",
        remedy="Give a token, a token_file or a token_command.",
    )


def _from_variables(
    connection: Connection, environment: Environment
) -> tuple[Credential | None, Attempt]:
    if not environment.token and not environment.cookies:
        reason = "neither KF_PIPELINES_TOKEN nor KF_PIPELINES_COOKIES is set"
        return None, Attempt("bearer-token", None, "sign-in-needed", reason)
    way = "bearer-token" if environment.token else "session-cookie"
    if not is_endpoint(connection.host, environment):
        reason = "KF_PIPELINES_TOKEN and _COOKIES belong to the host of KF_PIPELINES_ENDPOINT only"
        return None, Attempt(way, connection.host, "token-not-for-this-host", reason)
    credential: Credential = (
        TokenValue(Secret(environment.token))
        if environment.token
        else _cookie_of_variable(Secret(environment.cookies or ""), connection.host)
    )
    return credential, Attempt(way, connection.host, "ok", "from the environment")


def _cookie_of_variable(cookies: Secret, host: str) -> SessionCookie:
    try:
        return SessionCookie(cookies, host)
    except KfpConnectError as problem:
        problem.message = f"KF_PIPELINES_COOKIES: {problem.message}"
        raise


def _from_token_file(
    connection: Connection, environment: Environment
) -> tuple[Credential | None, Attempt]:
    way, host = ServiceAccountToken.way, connection.host
    token = ServiceAccountToken.of(environment, None)
    problem = token.problem
    if problem is not None and problem.code in _NO_FILE:
        return None, Attempt(way, None, problem.code, problem.message)
    if not trusts_mounted_token(host, environment):
        reason = "a mounted token is sent by itself only to this cluster's KFP"
        return None, Attempt(way, host, "token-not-for-this-host", reason)
    if problem is not None:  # chosen all the same: the kubelet may be about to fill it
        return token, Attempt(way, host, problem.code, problem.message)
    return token, Attempt(way, host, "ok", "mounted")


def token_problem(attempts: Sequence[Attempt], environment: Environment) -> KfpConnectError | None:
    """Return the rung 2 error for a mounted token that would be needed and is not used."""
    for attempt in attempts:
        if attempt.way != ServiceAccountToken.way:
            continue
        if attempt.code == "token-missing" and environment.in_pod:
            return not_mounted(attempt.reason, environment.namespace)
        if attempt.code == "token-file-missing":
            problem = ServiceAccountToken.of(environment, None).problem
            return problem or error(attempt.code, attempt.reason)
        if attempt.code == "token-not-for-this-host":
            return error(attempt.code, attempt.reason)
    return None
