"""Facts of this process that decide the way in: variables, token file, pod and namespace."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .errors import KfpConnectError
from .hosts import clean_host

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
    endpoint : str or None
        ``KF_PIPELINES_ENDPOINT`` as it was typed.
    ui_endpoint : str or None
        ``KF_PIPELINES_UI_ENDPOINT`` as an address; ``None`` too where it is none, since it only
        makes links.
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

        def named(name: str) -> str | None:
            return variables.get(name, "").strip() or None

        account = root / _SERVICE_ACCOUNT
        token_file = named("KF_PIPELINES_SA_TOKEN_PATH")
        default = root / DEFAULT_TOKEN_FILE.lstrip("/")
        namespace = _first_line(account / "namespace")
        return cls(
            endpoint=named("KF_PIPELINES_ENDPOINT"),
            ui_endpoint=_address(named("KF_PIPELINES_UI_ENDPOINT")),
            token_file=token_file or str(default),
            token_file_named=token_file is not None,
            in_pod=namespace is not None or "KUBERNETES_SERVICE_HOST" in variables,
            namespace=namespace,
            cluster_domain=_cluster_domain(root / "etc/resolv.conf"),
            token=named("KF_PIPELINES_TOKEN"),
            cookies=named("KF_PIPELINES_COOKIES"),
            variables=variables,
        )


def with_scheme(text: str) -> str:
    """Return the address that a variable holds; a bare name gets ``http://``, as in kfp."""
    return text if "://" in text else f"http://{text}"


def _address(text: str | None) -> str | None:
    try:
        return text and clean_host(with_scheme(text))
    except KfpConnectError:
        return None


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
