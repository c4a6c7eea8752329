"""``service-account-token``: the projected volume that the kubelet keeps fresh."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from ..environment import Environment
from ..errors import KfpConnectError, error
from ..http import Transport
from ..manifests import manifest
from .base import Headers
from .tokens import bearer


class ServiceAccountToken:
    """The token of a file, re-read at each use, so that rotation is the kubelet's business alone.

    Parameters
    ----------
    path : str
        The file.
    named : bool
        Whether somebody named it; else it is the guide's default, and its absence means that
        nothing was mounted.
    namespace : str, optional
        The pod's, for the PodDefault that mounts one.
    """

    way = "service-account-token"
    renews = True

    def __init__(self, path: str, *, named: bool, namespace: str | None = None) -> None:
        self.watch: str | None = path
        self._path = Path(path)
        self._named = named
        self._namespace = namespace
        self._last: Headers | None = None

    @classmethod
    def of(cls, environment: Environment, token_file: str | None) -> ServiceAccountToken:
        """Return the credential for a connection's file, else the environment's."""
        if token_file:
            return cls(token_file, named=True)
        named = environment.token_file_named
        return cls(environment.token_file, named=named, namespace=environment.namespace)

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        try:
            self._last = bearer(self._read(), f"the file {self._path}")
        except KfpConnectError:
            # The kubelet swaps a link: for a moment the file may be missing or empty. The token
            # that was read before still serves while it lasts.
            if self._last is None or not _lasts(self._last):
                raise
        return self._last

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Nothing to do: the kubelet renews, and `headers` reads the file each time."""

    def _read(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise self._missing() from None
        except UnicodeDecodeError:
            raise error("token-malformed", f"the file {self._path} is no token") from None
        except OSError as problem:
            raise error(
                "token-file-missing", f"the file {self._path} cannot be read: {problem.strerror}"
            ) from None

    def _missing(self) -> KfpConnectError:
        if self._named:
            return error(
                "token-file-missing",
                f"KF_PIPELINES_SA_TOKEN_PATH or the connection names {self._path}, but no file is "
                "there",
            )
        return error(
            "token-missing",
            f"no Pipelines token is mounted at {self._path}",
            remedy_copy=pod_default_of(self._namespace),
        )


def pod_default_of(namespace: str | None) -> str | None:
    """Return the PodDefault that mounts a token in the pods of `namespace`, where it is known."""
    try:
        return manifest("pod-default", namespace).text if namespace else None
    except KfpConnectError:
        return None  # No namespace is called so.


def _lasts(headers: Headers) -> bool:
    return headers.expires_at is not None and headers.expires_at > datetime.now(timezone.utc)
