"""A ``kfp.Client`` that stays signed in."""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

import kfp
import kfp_server_api

from ..core.errors import KfpConnectError
from .adapted import beneath
from .rest import SignedInRest
from .where import told_to_users

if TYPE_CHECKING:
    from ..core.session import HeaderSource

#: What kfp takes for "no namespace was given".
_NOT_GIVEN = "kubeflow"


class KubeflowClient(kfp.Client):  # type: ignore[misc]
    """A `kfp.Client` whose calls carry a credential that renews itself.

    Made by `jupyter_kfp_connect.connect`, the magic or the panel. It reads none of the files and
    variables from which a plain `kfp.Client` takes credentials
    (``~/.config/kfp/context.json``, ``KF_PIPELINES_IAP_OAUTH2_CLIENT_ID``).

    Parameters
    ----------
    source : HeaderSource
        Where the credential, the host and the namespace come from.

    Raises
    ------
    KfpConnectError
        What `source` raises where it has no lease to give.

    Notes
    -----
    Overrides private names of kfp, so kfp is pinned to ``>=2.17,<3`` and
    ``tests/kernel/test_kfp_contract.py`` holds what is relied on.
    """

    def __init__(self, source: HeaderSource) -> None:
        self._source = source
        self._own_namespace: str | None = None
        lease = source.lease()
        self._base: str = lease.host
        if not lease.verify_ssl and urlsplit(lease.host).scheme == "https":
            warnings.warn(
                f"The certificate of {urlsplit(lease.host).netloc} is not verified: whoever sits"
                " on the way can read and change what is sent.",
                stacklevel=_callers_level(),
            )
        with warnings.catch_warnings():
            # kfp says at every construction that it wants KFP 2.
            warnings.filterwarnings("ignore", category=FutureWarning, module="kfp")
            super().__init__(host=lease.host, namespace=_NOT_GIVEN, cookies="")
        self._context_setting = {"namespace": lease.namespace or ""}
        api_client = self._run_api.api_client
        api_client.rest_client = SignedInRest(source, self._base)

    def __repr__(self) -> str:
        from .display import one_line  # a client is made without being shown

        return one_line(self._source)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from .display import client_bundle

        return client_bundle(self._source)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            "A KubeflowClient holds a signed-in session and cannot be pickled or copied; make one "
            "where it is needed: jupyter_kfp_connect.connect(…)"
        )

    def get_user_namespace(self) -> str:
        """Return the namespace of calls that name none.

        Returns
        -------
        str
            What `set_user_namespace` was given, else the connection's namespace as it is now,
            else ``""`` (standalone installs have none).
        """
        with told_to_users(beneath(self._source)):
            return self._own_namespace or self._source.lease().namespace or ""

    def set_user_namespace(self, namespace: str) -> None:
        """Use `namespace` in calls that name none, and keep it for other clients as kfp does.

        Writes ``~/.config/kfp/context.json``, as `kfp.Client` does; where it cannot be written, a
        warning says so, and `namespace` is this client's all the same.

        Parameters
        ----------
        namespace : str
            A Kubernetes namespace; ``""`` for the connection's own again.

        Raises
        ------
        KfpConnectError
            Code ``bad-request``: it is no namespace's name; the one before stays.
        """
        from ..core.fields import check_namespace

        with told_to_users(beneath(self._source)):
            namespace = namespace and check_namespace("namespace", namespace)
        self._own_namespace = namespace
        try:
            super()._load_context_setting_or_default()  # so that writing it back loses nothing
            super().set_user_namespace(namespace)
        except OSError as problem:
            warnings.warn(
                f"This client works in {namespace} from now on, and other clients do not hear of"
                f" it: {problem.filename} cannot be written ({problem.strerror}).",
                stacklevel=2,
            )
        self._context_setting = {"namespace": namespace}

    def _load_config(self, host: str, *_: Any) -> kfp_server_api.Configuration:
        """Return kfp's configuration: the host, and nothing from the environment."""
        return kfp_server_api.Configuration(host=host)

    def _load_context_setting_or_default(self) -> None:
        """Leave ``~/.config/kfp/context.json`` alone: it may hold a cookie of another host.

        The name is replaced once kfp's constructor is through; an empty one would make it ask
        healthz, five times if the server is down.
        """
        self._context_setting = {"namespace": _NOT_GIVEN}

    def _refresh_api_client_token(self) -> None:
        """Do nothing: the REST client renews by itself.

        kfp's own would replace the credential by a Google token and break the client for good.
        """

    def _get_url_prefix(self) -> str:
        """Return the address of the Pipelines UI that kfp puts before ``/#/…`` in links."""
        try:
            lease = self._source.lease()
        except KfpConnectError:
            return self._base
        parts = urlsplit(lease.ui_url or lease.host)
        return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def _callers_level() -> int:
    """Return the ``stacklevel`` of the line that asked for a client, beyond this package's own."""
    package = os.path.dirname(os.path.dirname(__file__)) + os.sep
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        frame, level = frame.f_back, level + 1
    return level
