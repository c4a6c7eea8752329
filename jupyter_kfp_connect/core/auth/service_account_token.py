"""``service-account-token``: the projected volume that the kubelet keeps fresh."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from ..codes import CODES
from ..environment import Environment
from ..errors import KfpConnectError, error
from ..http import Transport
from ..manifests import manifest
from .base import Headers
from .tokens import bearer

_VARIABLE = "KF_PIPELINES_SA_TOKEN_PATH"
_CONNECTION = "the connection"


class ServiceAccountToken:
    """The token of a file, re-read at each use, so that rotation is the kubelet's business alone.

    Parameters
    ----------
    path : str
        The file.
    named_by : str, optional
        Who names it; by default it is the guide's, and its absence means that nothing was mounted.
    namespace : str, optional
        The pod's, for the PodDefault that mounts one.
    """

    way = "service-account-token"
    renews = True

    def __init__(
        self, path: str, *, named_by: str | None = None, namespace: str | None = None
    ) -> None:
        self.watch: str | None = path
        self._path = Path(path)
        self._named_by = named_by
        self._namespace = namespace
        self._last: Headers | None = None

    @classmethod
    def of(cls, environment: Environment, token_file: str | None) -> ServiceAccountToken:
        """Return the credential for a connection's file, else the environment's."""
        if token_file:
            return cls(token_file, named_by=_CONNECTION)
        named_by = _VARIABLE if environment.token_file_named else None
        return cls(environment.token_file, named_by=named_by, namespace=environment.namespace)

    @property
    def problem(self) -> KfpConnectError | None:
        """What is the matter with the file now; ``None`` where it has a token."""
        try:
            self.headers()
        except KfpConnectError as problem:
            return problem
        return None

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
        except (FileNotFoundError, NotADirectoryError):
            raise self._missing() from None
        except UnicodeDecodeError:
            raise error("token-malformed", f"the file {self._path} is no token") from None
        except OSError as problem:
            raise error(
                "token-file-missing",
                f"the file {self._path} cannot be read: {problem.strerror}",
                remedy="Make it a file that the user who runs the notebook server may read.",
            ) from None

    def _missing(self) -> KfpConnectError:
        if self._named_by is not None:
            wrong_path = "Correct the path in the connection. If it is right: "
            return error(
                "token-file-missing",
                f"no file at {self._path}, {self._named_by} names it",
                remedy=f"{wrong_path}{CODES['token-file-missing'].remedy}"
                if self._named_by == _CONNECTION
                else None,
            )
        return not_mounted(f"no file at {self._path}, {_VARIABLE} not set", self._namespace)


def not_mounted(what: str, namespace: str | None) -> KfpConnectError:
    """Return the error where no token is mounted, with the PodDefault that mounts one.

    Parameters
    ----------
    what : str
        Where none was found.
    namespace : str or None
        Where the PodDefault is applied: the pod's, where it is known.
    """
    pod_default = pod_default_of(namespace)
    remedy = CODES["token-missing"].remedy
    if pod_default is None:
        remedy += " `jupyter kfp-connect manifest pod-default -n NAMESPACE` prints the PodDefault."
    return error("token-missing", what, remedy=remedy, remedy_copy=pod_default)


def pod_default_of(namespace: str | None) -> str | None:
    """Return the PodDefault that mounts a token in the pods of `namespace`, where it is known."""
    try:
        return manifest("pod-default", namespace).text if namespace else None
    except KfpConnectError:
        return None  # No namespace is called so.


def _lasts(headers: Headers) -> bool:
    return headers.expires_at is not None and headers.expires_at > datetime.now(timezone.utc)
