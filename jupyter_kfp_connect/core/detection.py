"""Looking around: what answers at the usual addresses. No probe carries a credential."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic

from .answers import HEALTHZ, Meaning, classify
from .auth.chain import Attempt, endpoint_of
from .auth.front_door import is_dashboard, start_form
from .auth.service_account_token import ServiceAccountToken
from .connection import Connection, stable_id
from .environment import Environment
from .errors import KfpConnectError, error
from .http import Answer, NetworkSettings, Request, Transport, closing, network_settings
from .network_errors import port_forward_to
from .transport import RequestsTransport
from .workers import in_background

#: Seconds that all probes together may take.
TIME_LIMIT = 1.2
#: What connections that are found are called.
NAMES = frozenset({"environment", "in-cluster", "local-8080", "local-3000"})
_CORRECT = "correct KF_PIPELINES_ENDPOINT where Jupyter is started"
_NAME_ONE = (
    "name the address: in the Kubeflow Pipelines panel, by %kfp_connect --host URL, or by "
    "connect(host=…)."
)


@dataclass(frozen=True)
class Candidate:
    """An address worth asking.

    Attributes
    ----------
    name, title : str
        Of the connection that it would become.
    host : str
        The address.
    """

    name: str
    title: str
    host: str


@dataclass(frozen=True)
class Detected:
    """What looking around gave."""

    found: Sequence[Connection]
    attempts: Sequence[Attempt]


def candidates(environment: Environment) -> list[Candidate]:
    """Return the addresses to ask: the endpoint named, else the guide's and the SDK's.

    Raises
    ------
    NotReachable
        Code ``bad-host``: the endpoint is none.
    """
    endpoint = endpoint_of(environment)
    if endpoint is not None:
        return [Candidate("environment", "KF_PIPELINES_ENDPOINT", endpoint)]
    if environment.in_pod:
        spaces = list(dict.fromkeys(("kubeflow", environment.namespace or "kubeflow")))
        domain = environment.cluster_domain
        hosts = [
            f"http://{service}.{space}.svc.{domain}{port}"
            for service, port in (("ml-pipeline-ui", ""), ("ml-pipeline", ":8888"))
            for space in spaces
        ]
        return [Candidate("in-cluster", "In this cluster", host) for host in hosts]
    return [
        Candidate("local-8080", "localhost:8080", "http://localhost:8080/pipeline"),
        Candidate("local-3000", "localhost:3000", "http://localhost:3000"),
    ]


def detect(
    environment: Environment,
    new_transport: Callable[[NetworkSettings], Transport] = RequestsTransport,
    time_limit: float = TIME_LIMIT,
) -> Detected:
    """Ask every candidate at once, each without a credential.

    Parameters
    ----------
    environment : Environment
        Facts of this process.
    new_transport : callable, optional
        Makes a transport; tests give a fake.
    time_limit : float, optional
        Seconds, for all together; one that hangs is left behind.

    Returns
    -------
    Detected
        Of each name the first candidate that answers, and an attempt for every one.
    """
    try:
        asked = candidates(environment)
    except KfpConnectError as problem:
        # Without the address itself: a password may be what is wrong with it.
        unread = Attempt("auto", None, problem.code, problem.message)
        return Detected([], [_token_attempt(environment), unread])
    outcomes: SimpleQueue[tuple[int, Answer | BaseException, str]] = SimpleQueue()
    for index, candidate in enumerate(asked):
        _ask(index, candidate, environment, (new_transport, time_limit, outcomes))
    answers: dict[int, Attempt] = {}
    deadline = monotonic() + time_limit
    while len(answers) < len(asked):
        try:
            index, outcome, what = outcomes.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            break
        answers[index] = _attempt(asked[index], outcome, what)
    late = round(time_limit * 1000)
    attempts = [_token_attempt(environment)]
    found: dict[str, Connection] = {}
    for index, candidate in enumerate(asked):
        attempt = answers.get(index) or Attempt(
            "auto", candidate.host, "timed-out", "no answer in time", late
        )
        attempts.append(attempt)
        if attempt.code == "ok" and candidate.name not in found:
            found[candidate.name] = Connection(
                name=candidate.name,
                host=candidate.host,
                id=stable_id("detected", candidate.name),
                title=candidate.title,
                namespace=None,
            )
    return Detected(list(found.values()), attempts)


def none_is_meant(names: Sequence[str]) -> KfpConnectError:
    """Return the error for a call that names no connection, where none is the default."""
    if len(names) > 1:
        return error(
            "unknown-connection",
            f"several connections are set up, and none is the default: {', '.join(names)}",
            remedy="Name one of them, or make one the default in the Kubeflow Pipelines panel.",
        )
    return error(
        "unknown-connection",
        "no connection is set up, and none was found",
        remedy="Give Kubeflow's address in the Kubeflow Pipelines panel.",
    )


def nothing_found(
    attempts: Sequence[Attempt], environment: Environment, name: str | None = None
) -> KfpConnectError:
    """Return the error for looking around in vain, with all that was tried.

    Parameters
    ----------
    attempts : sequence of Attempt
        What was tried.
    environment : Environment
        Facts of this process.
    name : str, optional
        Which of `NAMES` was looked for; by default any.

    Returns
    -------
    KfpConnectError
        ``unknown-connection``, with the guide's line for each port-forward that does not run; or
        ``bad-host``: what ``KF_PIPELINES_ENDPOINT`` names is no address.
    """
    refused = (attempt.host for attempt in attempts if attempt.code == "connection-refused")
    lines = [line for host in refused if host and (line := port_forward_to(host))]
    ways_out = [
        *(["start one of the port-forwards in a terminal"] if lines else []),
        *([_CORRECT] if environment.endpoint is not None else []),
        _NAME_ONE,
    ]
    remedy = ", or ".join(ways_out)
    remedy = remedy[0].upper() + remedy[1:]
    for attempt in attempts:
        if attempt.code == "bad-host":
            return error(attempt.code, attempt.reason, remedy=remedy)
    each = (f"{attempt.host or attempt.way}: {attempt.reason}" for attempt in attempts)
    tried = f" ({'; '.join(each)})" if attempts else ""
    what = "no connection is set up" if name is None else f"there is no connection “{name}”"
    return error(
        "unknown-connection",
        f"{what}, and looking around found none{tried}",
        remedy=remedy,
        remedy_copy="\n".join(lines) or None,
    )


def _ask(
    index: int,
    candidate: Candidate,
    environment: Environment,
    how: tuple[
        Callable[[NetworkSettings], Transport],
        float,
        SimpleQueue[tuple[int, Answer | BaseException, str]],
    ],
) -> None:
    new_transport, time_limit, outcomes = how
    probe = Connection(name=candidate.name, host=candidate.host, timeout=time_limit)
    settings = network_settings(probe, environment.variables)
    seen = [""]

    def work() -> Answer:
        with closing(new_transport(settings)) as transport:
            answer = transport.send(
                Request("GET", candidate.host + HEALTHZ, {"Accept": "application/json"})
            )
            if classify(answer) is Meaning.SIGNED_OUT:
                seen[0] = _front_door(transport, candidate.host)
            return answer

    in_background(work, lambda outcome: outcomes.put((index, outcome, seen[0])))


def _front_door(transport: Transport, host: str) -> str:
    try:
        page = transport.send(Request("GET", host, {"Accept": "text/html"}))
    except KfpConnectError:
        return "a sign-in is asked for"
    return "oauth2-proxy's sign-in page" if start_form(page) else "a sign-in page"


def _attempt(candidate: Candidate, outcome: Answer | BaseException, what: str) -> Attempt:
    if isinstance(outcome, KfpConnectError):
        return Attempt("auto", candidate.host, outcome.code, outcome.message)
    if isinstance(outcome, BaseException):
        return Attempt("auto", candidate.host, "bad-answer", type(outcome).__name__)
    meaning = classify(outcome)
    if meaning is Meaning.KFP:
        return Attempt("auto", candidate.host, "ok", "KFP answers", outcome.ms)
    asks = meaning in (Meaning.SIGNED_OUT, Meaning.MESH, Meaning.JWT)
    if asks and not is_dashboard(outcome):
        return Attempt("auto", candidate.host, "ok", what or meaning.value, outcome.ms)
    code = "server-error" if meaning is Meaning.BROKEN else "not-kfp"
    reason = f"something else answers ({outcome.status})"
    return Attempt("auto", candidate.host, code, reason, outcome.ms)


def _token_attempt(environment: Environment) -> Attempt:
    problem = ServiceAccountToken.of(environment, None).problem
    if problem is not None:
        return Attempt(ServiceAccountToken.way, None, problem.code, problem.message)
    reason = f"a token is mounted at {environment.token_file}"
    return Attempt(ServiceAccountToken.way, None, "ok", reason)
