"""A running stack as tests see it: its addresses, its user, and what it was asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.stack import dex
from tests.stack.cluster.real_cluster import AUDIENCE, RealCluster
from tests.stack.gateway import ACCESS_LOG, NAMESPACE, Access, read_accesses
from tests.stack.oauth2_proxy import COOKIE_NAME
from tests.stack.processes import Restartable, wait_until


@dataclass(frozen=True)
class StackOptions:
    """What differs between one stack and another.

    Attributes
    ----------
    approval : bool
        Dex shows its approval screen.
    second_connector : bool
        Dex offers a second connector with a password form.
    cookie_expire : str
        How long a session lasts, as Go writes durations.
    https : bool
        The gateway speaks https with a certificate of a private CA.
    unusual_password : bool
        The user has a password that can be searched for without finding anything else.
    directory : bool
        Dex offers a connector ``ldap`` that asks a real directory.
    passwordless : int
        Dex offers so many connectors that take no password, and has no users of its own.
    skip_button : bool
        oauth2-proxy starts the flow by itself, without a page before, for any call.
    prefix : str
        The path under which everything is, such as ``/kubeflow``.
    elsewhere : bool
        Dex is at an origin of its own.
    elsewhere_https : bool
        There it speaks https, by the same CA as an https gateway; else plain http.
    sign_in : bool
        Whether the gateway asks anybody who they are; without it KFP has one user.
    csrf_expire : str
        How long a visitor may take to sign in.
    cluster : RealCluster or None
        Whose ServiceAccounts' tokens pass the gateway, and who tells KFP what anybody may do.
    token_audience : str
        What those tokens have to be made for.
    """

    approval: bool = False
    second_connector: bool = False
    cookie_expire: str = "24h"
    https: bool = False
    unusual_password: bool = False
    directory: bool = False
    passwordless: int = 0
    skip_button: bool = False
    prefix: str = ""
    elsewhere: bool = False
    elsewhere_https: bool = False
    sign_in: bool = True
    csrf_expire: str = "15m"
    cluster: RealCluster | None = None
    token_audience: str = AUDIENCE


@dataclass
class Stack:
    """A running front door with a KFP API behind it.

    Attributes
    ----------
    gateway : str
        Address of the gateway, without a path.
    host : str
        What a user types: the gateway's address with ``/pipeline``.
    api_host : str
        The KFP API behind the gateway, as the inside of the cluster sees it.
    username, password, connector : str
        Kubeflow's default user at the connector ``local``.
    namespace : str
        A namespace that this user owns.
    dex_issuer : str
        Dex's own address.
    client_secret : str
        What Dex knows oauth2-proxy by.
    directory : Restartable or None
        The directory behind Dex, where there is one.
    ca_file : Path or None
        Certificate of the private CA, of an https gateway.
    logs : Path
        Folder of the parts' logs.
    """

    gateway: str
    api_host: str
    logs: Path
    options: StackOptions
    _dex: Restartable = field(repr=False)
    _proxy: Restartable = field(repr=False)
    dex_issuer: str
    client_secret: str = field(repr=False)
    directory: Restartable | None = None
    ca_file: Path | None = None
    namespace: str = NAMESPACE
    username: str = dex.USERNAME
    connector: str = "local"
    _marks: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @property
    def password(self) -> str:
        """The user's password."""
        return dex.UNUSUAL_PASSWORD if self.options.unusual_password else dex.PASSWORD

    @property
    def host(self) -> str:
        """Address of the KFP API as seen from outside the cluster."""
        return f"{self.gateway}{self.options.prefix}/pipeline"

    def session(self) -> requests.Session:
        """Return a plain HTTP session that trusts this gateway, and nothing of the machine's."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.ca_file) if self.ca_file else True
        return session

    def accesses(self) -> list[Access]:
        """Return every request answered by the gateway until now, oldest first."""
        # The gateway logs after it has answered: once a request of our own is in the log, so are
        # those before it.
        mark = f"{self.options.prefix}/dex/mark-{next(self._marks)}"
        with self.session() as session:
            session.get(self.gateway + mark, timeout=10)

        def logged() -> bool:
            return any(each.path == mark for each in self._read())

        wait_until(logged, f"{mark} in the gateway's log")
        return [each for each in self._read() if "/dex/mark-" not in each.path]

    def sign_in_count(self) -> int:
        """Return how many times a password was sent to Dex."""
        return sum(access.is_sign_in for access in self.accesses())

    def session_cookies(self) -> list[str]:
        """Return the values of all session cookies given out until now, oldest first."""
        return [value for access in self.accesses() for value in access.session_cookies()]

    def wait_for_session_end(self, deadline: float = 60) -> None:
        """Wait until the newest session given out is refused by the gateway itself."""
        newest = self.session_cookies()[-1]
        url = f"{self.host}/apis/v2beta1/healthz"

        def refused() -> bool:
            with self.session() as session:
                cookies = {COOKIE_NAME: newest}
                answer = session.get(url, cookies=cookies, timeout=10, allow_redirects=False)
                return answer.status_code in (401, 302)

        wait_until(refused, "the session's end", deadline)

    def end_sessions(self) -> None:
        """End every session, as an oauth2-proxy does that starts anew with another secret."""
        self._proxy.stop()
        self._proxy.start()

    def id_token(self) -> str:
        """Return a token that Dex gives the user for the front door, as to a program."""
        with self.session() as session:
            answer = session.post(
                f"{self.dex_issuer}/token",
                auth=(dex.CLIENT_ID, self.client_secret),
                data={
                    "grant_type": "password",
                    "scope": "openid email",
                    "username": self.username,
                    "password": self.password,
                },
                timeout=10,
            )
        answer.raise_for_status()
        return str(answer.json()["id_token"])

    def have_experiment(self, name: str) -> None:
        """See that the user's namespace has this experiment, at the API behind the gateway."""
        with self.session() as session:
            answer = session.post(
                f"{self.api_host}/apis/v2beta1/experiments",
                json={"display_name": name, "namespace": self.namespace},
                headers={"kubeflow-userid": self.username},
                timeout=10,
            )
        if answer.status_code != 409:  # it is there already
            answer.raise_for_status()

    @contextmanager
    def dex_on_hold(self) -> Iterator[None]:
        """Let Dex take requests and answer none of them until the block ends."""
        with self._dex.on_hold():
            yield

    def stop_dex(self) -> None:
        """Take Dex away, as when its pod is down."""
        self._dex.stop()

    def restart_dex(self) -> None:
        """Start Dex anew: its memory, and with it every half-done sign-in, is gone."""
        self._dex.stop()
        self._dex.start()

    def _read(self) -> list[Access]:
        return read_accesses(self.logs / ACCESS_LOG)
