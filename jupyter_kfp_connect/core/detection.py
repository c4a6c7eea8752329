"""Looking around: what answers at the usual addresses. No probe carries a credential."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic
from typing import NamedTuple

from .answers import HEALTHZ, Meaning, classify
from .auth.chain import WHERE_NAMED, Attempt, endpoint_of, is_endpoint
from .auth.front_door import is_dashboard, is_flow_start, start_form
from .auth.service_account_token import ServiceAccountToken
from .connection import Connection, stable_id
from .environment import Environment
from .errors import KfpConnectError
from .http import Answer, NetworkSettings, Request, Transport, closing, network_settings
from .ladder import Remedy
from .transport import RequestsTransport
from .workers import in_background

#: Seconds that all probes together may take.
TIME_LIMIT = 1.2
#: What the connection is called that the environment names.
ENDPOINT = "environment"
#: What connections that are found are called.
NAMES = frozenset({ENDPOINT, "in-cluster", "local-8080", "local-3000"})
#: Where Kubeflow's own front door leads, of Dex and of oauth2-proxy; Spring has an /oauth2 too.
_KUBEFLOWS = re.compile(r".*/(?:dex/auth|oauth2/(?:start|sign_in))(?:/.*)?")
_VARIABLE = "KF_PIPELINES_ENDPOINT"
#: What shows that a service of the cluster is there, or would be but for a proxy.
_THERE = frozenset({"proxy-failed", "connection-refused", "timed-out", "server-error"})


@dataclass(frozen=True)
class Candidate:
    """An address worth asking.

    Attributes
    ----------
    name, title : str
        Of the connection that it would become.
    host : str
        The address.
    telling : frozenset of str
        The codes that say why nothing was found, if they are met here; without one, this was no
        more than a guess.
    """

    name: str
    title: str
    host: str
    telling: frozenset[str] = frozenset()

    @property
    def connection(self) -> Connection:
        """What it becomes."""
        made = stable_id("detected", self.name)
        return Connection(name=self.name, host=self.host, id=made, title=self.title)


class Look(NamedTuple):
    """What one candidate gave.

    Attributes
    ----------
    candidate : Candidate
        What was asked.
    attempt : Attempt
        What came of it.
    certain : bool
        Whether that can only be KFP, or a front door as Kubeflow has it. Others ask for a sign-in,
        too.
    """

    candidate: Candidate
    attempt: Attempt
    certain: bool = False


@dataclass(frozen=True)
class Detected:
    """What looking around gave.

    Attributes
    ----------
    looks : sequence of Look
        In the order of the candidates.
    token : Attempt or None
        The mounted token.
    """

    looks: Sequence[Look] = ()
    token: Attempt | None = None

    @property
    def found(self) -> list[Connection]:
        """Of each name the first that answers; what is certain before what may be anything."""
        answering = [look for look in self.looks if look.attempt.code == "ok"]
        found: dict[str, Connection] = {}
        for look in sorted(answering, key=lambda look: not look.certain):
            found.setdefault(look.candidate.name, look.candidate.connection)
        return list(found.values())

    @property
    def attempts(self) -> list[Attempt]:
        """All that was tried."""
        return [*([self.token] if self.token else []), *(look.attempt for look in self.looks)]

    @property
    def offered(self) -> list[Connection]:
        """What was found, and what ``KF_PIPELINES_ENDPOINT`` names.

        That is meant whether or not it answers in time: connecting to it tells what is wrong.
        """
        found = {each.name: each for each in self.found}
        named = (look.candidate for look in self.looks if look.candidate.name == ENDPOINT)
        meant = {each.name: each.connection for each in named if each.host}
        return list((found | meant).values())


def candidates(environment: Environment) -> list[Candidate]:
    """Return the addresses to ask: the endpoint named, else the guide's and the SDK's.

    Raises
    ------
    NotReachable
        Code ``bad-host``: the endpoint is none.
    """
    endpoint = endpoint_of(environment)
    if endpoint is not None:
        return [Candidate(ENDPOINT, _VARIABLE, endpoint)]
    if environment.in_pod:
        spaces = list(dict.fromkeys(("kubeflow", environment.namespace or "kubeflow")))
        domain = environment.cluster_domain
        hosts = [
            f"http://{service}.{space}.svc.{domain}{port}"
            for service, port in (("ml-pipeline-ui", ""), ("ml-pipeline", ":8888"))
            for space in spaces
        ]
        return [Candidate("in-cluster", "In this cluster", host, _THERE) for host in hosts]
    return [
        Candidate("local-8080", "localhost:8080", "http://localhost:8080/pipeline"),
        Candidate("local-3000", "localhost:3000", "http://localhost:3000"),
    ]


def is_of_variable(connection: Connection, environment: Environment) -> bool:
    """Whether ``KF_PIPELINES_ENDPOINT``, and nobody else, says where `connection` is."""
    detected = connection.id == stable_id("detected", ENDPOINT)
    return detected and is_endpoint(connection.host, environment)


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
    """
    token = _token_attempt(environment)
    try:
        asked = candidates(environment)
    except KfpConnectError as problem:
        # Without the address itself: a password may be what is wrong with it.
        unread = Candidate(ENDPOINT, _VARIABLE, "", frozenset({problem.code}))
        attempt = Attempt(
            "auto", None, problem.code, problem.message, remedy=Remedy(f"Correct {WHERE_NAMED}")
        )
        return Detected([Look(unread, attempt)], token)
    outcomes: SimpleQueue[tuple[int, _Seen | BaseException]] = SimpleQueue()
    for index, candidate in enumerate(asked):
        _ask(index, candidate, environment, (new_transport, time_limit, outcomes))
    looks: dict[int, Look] = {}
    deadline = monotonic() + time_limit
    while len(looks) < len(asked):
        try:
            index, outcome = outcomes.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            break
        looks[index] = _look(asked[index], outcome)
    late = round(time_limit * 1000)
    for index, candidate in enumerate(asked):
        slow = Attempt("auto", candidate.host, "timed-out", "no answer in time", late)
        looks.setdefault(index, Look(candidate, slow))
    return Detected([looks[index] for index in range(len(asked))], token)


class _Seen(NamedTuple):
    """An answer to healthz, and what else was asked to see what it means."""

    answer: Answer
    page: str = ""
    is_kubeflows: bool = False


def _ask(
    index: int,
    candidate: Candidate,
    environment: Environment,
    how: tuple[
        Callable[[NetworkSettings], Transport],
        float,
        SimpleQueue[tuple[int, _Seen | BaseException]],
    ],
) -> None:
    new_transport, time_limit, outcomes = how
    probe = Connection(name=candidate.name, host=candidate.host, timeout=time_limit)
    settings = network_settings(probe, environment.variables)

    def work() -> _Seen:
        with closing(new_transport(settings)) as transport:
            answer = transport.send(
                Request("GET", candidate.host + HEALTHZ, {"Accept": "application/json"})
            )
            if classify(answer) is not Meaning.SIGNED_OUT:
                return _Seen(answer)
            return _front_door(answer, transport, candidate.host)

    in_background(work, lambda outcome: outcomes.put((index, outcome)))


def _front_door(answer: Answer, transport: Transport, host: str) -> _Seen:
    """Ask for the page: oauth2-proxy's is Kubeflow's, and so is a way to it or to Dex."""
    there = (answer.location or "").partition("?")[0]
    leads_there = is_flow_start(answer) or _KUBEFLOWS.fullmatch(there) is not None
    try:
        page = transport.send(Request("GET", host, {"Accept": "text/html"}))
    except KfpConnectError:
        return _Seen(answer, "a sign-in is asked for", leads_there)
    if start_form(page) is not None:
        return _Seen(answer, "oauth2-proxy's sign-in page", True)
    return _Seen(answer, "a sign-in page", leads_there)


def _look(candidate: Candidate, outcome: _Seen | BaseException) -> Look:
    host = candidate.host
    if isinstance(outcome, KfpConnectError):
        # What mends no more than a guess is nothing to run.
        is_guess = candidate.telling and outcome.code not in candidate.telling
        remedy = Remedy(outcome.remedy, None if is_guess else outcome.remedy_copy)
        attempt = Attempt("auto", host, outcome.code, outcome.message, remedy=remedy)
        return Look(candidate, attempt)
    if isinstance(outcome, BaseException):
        return Look(candidate, Attempt("auto", host, "bad-answer", type(outcome).__name__))
    answer = outcome.answer
    meaning = classify(answer)
    if meaning is Meaning.KFP:
        return Look(candidate, Attempt("auto", host, "ok", "KFP answers", answer.ms), certain=True)
    asks = meaning in (Meaning.SIGNED_OUT, Meaning.MESH, Meaning.JWT)
    if asks and not is_dashboard(answer):
        words = outcome.page or meaning.value
        return Look(candidate, Attempt("auto", host, "ok", words, answer.ms), outcome.is_kubeflows)
    code = "server-error" if meaning is Meaning.BROKEN else "not-kfp"
    reason = f"something else answers ({answer.status})"
    return Look(candidate, Attempt("auto", host, code, reason, answer.ms))


def _token_attempt(environment: Environment) -> Attempt:
    problem = ServiceAccountToken.of(environment, None).problem
    if problem is not None:
        return Attempt(ServiceAccountToken.way, None, problem.code, problem.message)
    reason = f"a token is mounted at {environment.token_file}"
    return Attempt(ServiceAccountToken.way, None, "ok", reason)
