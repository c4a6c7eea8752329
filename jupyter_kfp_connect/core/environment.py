"""Facts of this process that decide the way in: variables, token file, pod and namespace."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Where the guide mounts the token ("ServiceAccount Token Volume").
DEFAULT_TOKEN_FILE = "/var/run/secrets/kubeflow/pipelines/token"
#: The audience that KFP's API server asks for (``TOKEN_REVIEW_AUDIENCE``; same section).
AUDIENCE = "pipelines.kubeflow.org"
_SERVICE_ACCOUNT = "var/run/secrets/kubernetes.io/serviceaccount"


@dataclass(frozen=True)
class Environment:
    """What is known of this process without asking the network.

    Attributes
    ----------
    endpoint, ui_endpoint : str or None
        ``KF_PIPELINES_ENDPOINT`` and ``KF_PIPELINES_UI_ENDPOINT``.
    token_file : str
        ``KF_PIPELINES_SA_TOKEN_PATH``, else the guide's path.
    token_file_named : bool
        Whether the variable names it.
    in_pod : bool
        Whether this runs in a pod of a Kubernetes cluster.
    namespace : str or None
        The pod's namespace.
    cluster_domain : str
        Such as ``cluster.local``.
    token, cookies : str or None
        ``KF_PIPELINES_TOKEN`` and ``KF_PIPELINES_COOKIES``; never in ``repr``.
    variables : mapping
        The whole environment, for proxy and certificates.
    """

    endpoint: str | None = None
    ui_endpoint: str | None = None
    token_file: str = DEFAULT_TOKEN_FILE
    token_file_named: bool = False
    in_pod: bool = False
    namespace: str | None = None
    cluster_domain: str = "cluster.local"
    token: str | None = field(default=None, repr=False)
    cookies: str | None = field(default=None, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of_process(
        cls, environ: Mapping[str, str] | None = None, root: Path = Path("/")
    ) -> Environment:
        """Read the environment and the pod's files.

        Parameters
        ----------
        environ : mapping, optional
            By default this process's.
        root : Path, optional
            Where the pod's files are looked for; tests give a folder of their own.
        """
        variables = dict(os.environ if environ is None else environ)
        account = root / _SERVICE_ACCOUNT
        named = variables.get("KF_PIPELINES_SA_TOKEN_PATH")
        default = root / DEFAULT_TOKEN_FILE.lstrip("/")
        namespace = _first_line(account / "namespace")
        return cls(
            endpoint=variables.get("KF_PIPELINES_ENDPOINT") or None,
            ui_endpoint=variables.get("KF_PIPELINES_UI_ENDPOINT") or None,
            token_file=named or str(default),
            token_file_named=bool(named),
            in_pod=namespace is not None or "KUBERNETES_SERVICE_HOST" in variables,
            namespace=namespace,
            cluster_domain=_cluster_domain(root / "etc/resolv.conf"),
            token=variables.get("KF_PIPELINES_TOKEN") or None,
            cookies=variables.get("KF_PIPELINES_COOKIES") or None,
            variables=variables,
        )

    @property
    def has_token_file(self) -> bool:
        """Whether the file is there now; it may come and go."""
        # Not `Path.exists`, which raises where a folder on the way may not be entered.
        return os.path.exists(self.token_file)


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _cluster_domain(resolv: Path) -> str:
    """Return the cluster's DNS suffix, as the kubelet writes it into the search list."""
    try:
        words = resolv.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        words = []
    services = [word.rstrip(".") for word in words if word.startswith("svc.")]
    return services[0].removeprefix("svc.") if services else "cluster.local"
