"""``service-account-token``: the projected volume that the kubelet keeps fresh."""

from __future__ import annotations

from ..codes import CODES
from ..environment import Environment
from ..errors import KfpConnectError, error
from ..manifests import manifest
from .token_of_file import TokenOfFile

_VARIABLE = "KF_PIPELINES_SA_TOKEN_PATH"
_CONNECTION = "the connection"


class ServiceAccountToken(TokenOfFile):
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

    def __init__(
        self, path: str, *, named_by: str | None = None, namespace: str | None = None
    ) -> None:
        super().__init__(path)
        self._named_by = named_by
        self._namespace = namespace

    @classmethod
    def of(cls, environment: Environment, token_file: str | None) -> ServiceAccountToken:
        """Return the credential for a connection's file, else the environment's."""
        if token_file:
            return cls(token_file, named_by=_CONNECTION)
        named_by = _VARIABLE if environment.token_file_named else None
        return cls(environment.token_file, named_by=named_by, namespace=environment.namespace)

    def _missing(self) -> KfpConnectError:
        what = f"no file at {self._path}, "
        if self._named_by is None:
            return not_mounted(f"{what}{_VARIABLE} not set", self._namespace)
        remedy, pod_default = CODES["token-file-missing"].remedy, _pod_default_of(self._namespace)
        if self._named_by == _CONNECTION:
            remedy = f"Correct the path in the connection. If it is right: {remedy}"
        told = f"{what}{self._named_by} names it"
        return error("token-file-missing", told, remedy=remedy, remedy_copy=pod_default)


def not_mounted(what: str, namespace: str | None) -> KfpConnectError:
    """Return the error where no token is mounted, with the PodDefault that mounts one.

    Parameters
    ----------
    what : str
        Where none was found.
    namespace : str or None
        Where the PodDefault is applied: the pod's, where it is known.
    """
    pod_default = _pod_default_of(namespace)
    remedy = CODES["token-missing"].remedy
    if pod_default is None:
        remedy += " `jupyter kfp-connect manifest pod-default -n NAMESPACE` prints the PodDefault."
    return error("token-missing", what, remedy=remedy, remedy_copy=pod_default)


def _pod_default_of(namespace: str | None) -> str | None:
    try:
        return manifest("pod-default", namespace).text if namespace else None
    except KfpConnectError:
        return None  # No namespace is called so.
