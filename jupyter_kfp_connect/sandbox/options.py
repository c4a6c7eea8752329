"""What a sandbox is asked to be."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

USER = "user@example.com"
"""The one person of the sandbox; Kubeflow's own default."""

PASSWORD = "12341234"
"""That person's password; Kubeflow's own default, and public."""

USER_NAMESPACE = "kubeflow-user-example-com"
SHARED_NAMESPACE = "team-shared"
FOREIGN_NAMESPACE = "someone-elses"

Clock = Callable[[], float]
"""Seconds since the epoch, as `time.time`."""

_CONNECTOR = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


@dataclass(frozen=True)
class ApiServer:
    """Where an API server is, and what it knows the sandbox by.

    Parameters
    ----------
    url : str
        Its address, without a path.
    token_file : Path
        A token that may create TokenReviews and SubjectAccessReviews (the ClusterRole
        `system:auth-delegator`); read anew for every request.
    ca_file : Path or None
        What its certificate is checked with; None for the usual authorities.
    verify : bool
        Whether its certificate is checked at all.
    """

    url: str
    token_file: Path
    ca_file: Path | None = None
    verify: bool = True


@dataclass(frozen=True)
class SandboxOptions:
    """How a sandbox behaves. The defaults are a whole Kubeflow with one user.

    Parameters
    ----------
    port, api_port : int
        Where the front door and the bare KFP API listen; 0 means any free port. In the `api_only`
        and `single_user` modes there is one listener, at `port`.
    address : str
        A loopback address; anything else is refused.
    api_only : bool
        The bare API server alone, as `ml-pipeline:8888` is: no pages, no sign-in, identity from the
        `kubeflow-userid` header or from a ServiceAccount token.
    single_user : bool
        A standalone install: nobody signs in, and namespaces are ignored.
    session_seconds : float
        How long a session of the front door lasts.
    connectors : tuple of str
        The ids of Dex's password connectors.
    approval : bool
        Whether Dex asks to grant access after the password.
    directory_down : bool
        Whether Dex cannot reach the directory behind it (it then answers 500 to any password).
    pending_seconds, running_seconds : float
        How long a run stays PENDING and RUNNING.
    token_file : Path or None
        Where a fresh ServiceAccount token is kept, laid out as the kubelet does.
    token_seconds : float
        Life of the token in that file.
    kubernetes : ApiServer or None
        A real API server that knows the tokens and the rights instead of the sandbox.
    example : bool
        Whether the user's namespace has an experiment from the start, so that a first list shows
        something; with a front door only.
    allowed_hosts : tuple of str
        Names beside the loopback ones that a request's Host header may carry.
    clock : callable
        Seconds since the epoch.

    Raises
    ------
    ValueError
        For an address that is not loopback, a time that is not positive, a connector id that
        Dex would not take, or an API server for what has no tokens of one.
    """

    port: int = 0
    api_port: int = 0
    address: str = "127.0.0.1"
    api_only: bool = False
    single_user: bool = False
    session_seconds: float = 86_400.0
    connectors: tuple[str, ...] = ("local",)
    approval: bool = False
    directory_down: bool = False
    pending_seconds: float = 2.0
    running_seconds: float = 6.0
    token_file: Path | None = None
    token_seconds: float = 7_200.0
    kubernetes: ApiServer | None = None
    example: bool = False
    allowed_hosts: tuple[str, ...] = ()
    clock: Clock = time.time

    def __post_init__(self) -> None:
        if not ipaddress.ip_address(self.address).is_loopback:
            raise ValueError(f"a sandbox listens on loopback only, not on {self.address}")
        if not self.connectors:
            raise ValueError("a sandbox needs at least one connector")
        for connector in self.connectors:
            if not _CONNECTOR.fullmatch(connector):
                raise ValueError(f"{connector!r} is no connector id")
        if self.session_seconds <= 0 or self.token_seconds <= 0:
            raise ValueError("sessions and tokens last longer than nothing")
        if self.pending_seconds < 0 or self.running_seconds < 0:
            raise ValueError("a run cannot last less than nothing")

        if self.kubernetes is not None and (self.single_user or self.token_file is not None):
            raise ValueError("an API server knows its own tokens: no single user, no token file")

    @property
    def has_front_door(self) -> bool:
        """Whether there is a sign-in, and with it a second listener for the bare API."""
        return not (self.api_only or self.single_user)
