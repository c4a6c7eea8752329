"""Climbing the ladder: from a connection and what was given to a session, rung by rung."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic

from .access import Access, Sent
from .answers import HEALTHZ, Meaning, classify, reported_message
from .auth.base import Credential, Given, drive, lasting
from .auth.chain import WHERE_NAMED, Attempt, choose, token_problem
from .auth.dex import Asked, Login, SignIn
from .auth.dex_session import DexSession
from .auth.none import NoCredential
from .auth.session_cookie import SessionCookie
from .connection import Connection
from .cookies import Cookies
from .detection import is_of_variable
from .diagnosis.reasons import is_over
from .diagnosis.repeated import without_secrets
from .environment import Environment
from .errors import KfpConnectError, error
from .http import Answer, Transport, closing
from .in_cluster import by_whole_name, settings_here
from .ladder import Ladder
from .place import ANSWERS, FRONT_DOOR, place, version_of, with_warning
from .proof import Identity, Prover, astray, not_here, refusal, ui_url, usual_namespace
from .secret import HiddenHeaders
from .session import Facts, Session
from .wanted import SignInWanted, first_wanted

#: What another try with the form at hand may mend.
_ASKS_AGAIN = ("connector-unknown", "wrong-password", "directory-down", "no-way-in")


@dataclass
class Climb:
    """One attempt to connect.

    Attributes
    ----------
    connection : Connection
        What to connect to.
    given : Given
        What was given for this attempt.
    environment : Environment
        Facts of this process.
    ladder : Ladder
        Shows each rung as it is found.
    new_transport : callable
        Makes a transport.
    source : str
        Told in the lease.
    generation : int
        The session's first one.
    attempts : list of Attempt
        Every way that was looked at, and why it was passed over.
    sign_in : SignInWanted or None
        Set where a person has to act.
    has_credential : bool
        Whether there was one to send before the host was asked.
    """

    connection: Connection
    given: Given
    environment: Environment
    ladder: Ladder
    new_transport: Callable[[], Transport]
    source: str = "here"
    generation: int = 1
    attempts: list[Attempt] = field(default_factory=list)
    sign_in: SignInWanted | None = None
    has_credential: bool = False

    def run(self) -> Session:
        """Climb.

        Returns
        -------
        Session
            Rungs 1 and 2 hold. Rung 3 may not: `ladder` tells, and the session serves the
            namespaces that it may use.

        Raises
        ------
        KfpConnectError
            Rung 1 or 2 does not hold; `ladder` shows it already.
        """
        try:
            with closing(self.new_transport()) as transport:
                return self._run(transport)
        except KfpConnectError as problem:
            self._settle(problem)
            raise

    def _run(self, transport: Transport) -> Session:
        self.ladder.reset()
        self.ladder.put(self.ladder["reachable"].checking(self.connection.host))
        try:
            choice = choose(self.connection, self.given, self.environment)
        except KfpConnectError:
            # Nothing to sign in with, but whether the host answers is worth knowing as well.
            self._look(Prover(self.connection, transport))
            raise
        self.attempts.extend(choice.attempts)
        self.has_credential = choice.credential is not None
        if choice.credential is not None and not choice.explicit:
            self.connection = by_whole_name(self.connection, self.environment)
        prover = Prover(self.connection, transport)
        if choice.credential is None:
            credential, healthz = self._by_answers(prover, transport)
        else:
            credential, healthz = self._with(choice.credential, prover)
        return self._prove(credential, healthz, prover)

    # Rungs 1 and 2, where the credential is known before the host is asked.

    def _with(self, credential: Credential, prover: Prover) -> tuple[Credential, Answer]:
        try:
            headers = credential.headers().values
        except KfpConnectError:
            self._look(prover)
            raise
        answer = prover.healthz(headers)
        meaning = classify(answer)
        if meaning not in ANSWERS or astray(answer):
            raise not_here(prover, answer, headers)
        self._reachable(answer, ANSWERS[meaning])
        if meaning is Meaning.KFP:
            return credential, answer
        over = meaning is Meaning.SIGNED_OUT
        if isinstance(credential, SessionCookie):
            over = over and is_over(answer.status, reported_message(answer))
        if over and isinstance(credential, (SessionCookie, NoCredential)):
            raise credential.refused(self.connection.host)
        raise refusal(answer, headers, credential.way)

    def _look(self, prover: Prover) -> None:
        """Prove rung 1 alone, where the second cannot hold."""
        answer = prover.healthz()
        if classify(answer) not in ANSWERS:
            raise not_here(prover, answer, None) from None
        self._reachable(answer, ANSWERS[classify(answer)])

    # Rungs 1 and 2, where the answers at the host decide.

    def _by_answers(self, prover: Prover, transport: Transport) -> tuple[Credential, Answer]:
        first = (prover.flow_start() if self.given.password else None) or prover.healthz()
        meaning = classify(first)
        if meaning is Meaning.KFP:
            self._reachable(first, None)
            return NoCredential(), first
        if meaning not in (Meaning.SIGNED_OUT, Meaning.JWT, Meaning.MESH) or astray(first):
            raise not_here(prover, first, None)
        self._reachable(first, ANSWERS[meaning])
        if meaning is not Meaning.SIGNED_OUT and not self.given.password:
            problem = token_problem(self.attempts, self.environment)
            if problem is not None or meaning is Meaning.MESH:
                raise problem or refusal(first, {}, "none")
        self.ladder.put(self.ladder["signed-in"].checking())
        return self._sign_in(first, transport, prover)

    def _sign_in(
        self, first: Answer, transport: Transport, prover: Prover
    ) -> tuple[Credential, Answer]:
        login = self._login()
        started = monotonic()
        walk = SignIn(self.connection, login)
        try:
            ended = drive(walk.walk(first), transport)
        except KfpConnectError as problem:
            if walk.offered and problem.code in _ASKS_AGAIN:
                self.sign_in = SignInWanted("password", walk.offered)
            elif problem.code == "no-password-form" and walk.others:
                self.sign_in = SignInWanted("password", walk.others)
                names = ", ".join(each.id for each in walk.others)
                problem.remedy = f"Choose another way to sign in: {names}. {problem.remedy}"
            elif problem.code == "no-way-in" and classify(first) is Meaning.MESH:
                raise refusal(first, {}, "none") from None
            raise
        if isinstance(ended, Asked):
            self.sign_in = SignInWanted("password", ended.connectors)
            self._reachable(first, f"{FRONT_DOOR}: oauth2-proxy and Dex")
            if login is not None:
                offered = ", ".join(connector.id for connector in ended.connectors)
                raise error("connector-unknown", f"choose one of the connectors: {offered}")
            raise error("sign-in-needed", "nobody is signed in")
        meaning = classify(ended.healthz)
        if meaning is not Meaning.KFP:
            headers = _cookie_headers(ended.cookies, self.connection.host + HEALTHZ)
            told = without_secrets(ended.healthz, [login.password.reveal()] if login else [])
            if meaning in (Meaning.MESH, Meaning.DENIED):
                raise refusal(told, headers, "dex")
            raise not_here(prover, told, headers)
        chosen = ended.connector
        if login is not None and login.connector is None and chosen is not None:
            login = replace(login, connector=chosen.id)
            self.attempts.append(
                Attempt("dex", self.connection.host, "ok", f"through the connector {chosen.id}")
            )
        spent = round((monotonic() - started) * 1000)
        session = DexSession(self.connection, ended, login)
        if not self.given.remember:
            session.forget_password()
        return session, replace(ended.healthz, ms=spent)

    def _login(self) -> Login | None:
        password = self.given.password
        if not password:
            return None
        username = self.given.username or self.connection.username
        if not username:
            raise error("sign-in-needed", "the user name is missing")
        return Login(username, password, self.given.connector or self.connection.connector)

    def _prove(self, credential: Credential, healthz: Answer, prover: Prover) -> Session:
        headers = credential.headers()
        version, multi_user = version_of(healthz)
        identity = self._identity(credential, headers.values, prover)
        subject = identity.user or headers.subject
        # Who is asked who we are, and names no namespace, may be the Kubeflow of another cluster.
        at_home = identity.namespaces or credential.way in ("none", "service-account-token")
        pod = self.environment.namespace if at_home and multi_user is not False else None
        usual = usual_namespace(subject, identity.namespaces, pod)
        namespace = self.connection.namespace or usual
        behind = isinstance(credential, DexSession) and bool(headers.values)
        self._reachable(healthz, place(healthz, self.connection, behind=behind))
        sent = Sent(credential.way, headers.values, lasting(credential, headers))
        access = Access(self.ladder, prover, sent)
        if credential.way == "none":
            access.of_nobody(
                namespace,
                multi_user=bool(multi_user),
                otherwise=token_problem(self.attempts, self.environment),
            )
        elif multi_user is False:
            access.signed_in(subject, healthz.ms)
            self.ladder.put(self.ladder["authorized"].not_needed("one user, no namespaces"))
        elif credential.way == "dex":
            access.signed_in(subject, healthz.ms)
            access.to(namespace, identity)
        else:
            access.by_token(subject, namespace, identity)
        facts = Facts(
            signed_in_as=subject,
            namespace=namespace,
            usual_namespace=usual,
            namespaces=tuple(identity.namespaces),
            kfp_version=version,
            multi_user=multi_user,
            ui_url=ui_url(self.connection, self.environment, namespace),
            source=self.source,
        )
        return Session(
            self.connection,
            credential,
            facts,
            settings=settings_here(self.connection, self.environment),
            new_transport=self.new_transport,
            generation=self.generation,
        )

    # Small facts.

    def _identity(
        self, credential: Credential, headers: Mapping[str, str], prover: Prover
    ) -> Identity:
        """Ask who we are, behind a front door only: a bare KFP API would not know."""
        if credential.way in ("none", "service-account-token"):
            return Identity()
        return prover.identity(headers)

    def _reachable(self, answer: Answer, detail: str | None) -> None:
        known = self.ladder["reachable"]
        text = detail or place(answer, self.connection, behind=False)
        told = with_warning(text, self.connection)
        self.ladder.put(known.ok(told, known.ms if known.holds else answer.ms))

    def _settle(self, problem: KfpConnectError) -> None:
        if problem.rung == "reachable" and is_of_variable(self.connection, self.environment):
            problem.remedy = f"{problem.remedy} If the address is wrong, correct {WHERE_NAMED}"
        if problem.code == "other-login-host":
            self.sign_in = SignInWanted("login-host", host=problem.remedy_copy)
        elif self.sign_in is None:
            self.sign_in = first_wanted(problem, self.connection.auth)
        self.ladder.fail(problem)


def _cookie_headers(cookies: Cookies, url: str) -> HiddenHeaders:
    cookie = cookies.header(url)
    return HiddenHeaders({"Cookie": cookie} if cookie else {})
