"""Which ServiceAccount this pod runs as, read from the tokens that are mounted in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .auth.tokens import claims_of
from .environment import Environment
from .errors import KfpConnectError
from .manifests import ServiceAccount

#: Where the kubelet mounts the token for Kubernetes itself.
_KUBERNETES_TOKEN = "var/run/secrets/kubernetes.io/serviceaccount/token"
_SUBJECT = "system:serviceaccount:"


def own_account(environment: Environment, root: Path = Path("/")) -> ServiceAccount | None:
    """Return this pod's ServiceAccount, ``None`` where no mounted token names one.

    Parameters
    ----------
    environment : Environment
        Names the file of the token for Kubeflow Pipelines.
    root : Path, optional
        Where the pod's files are looked for; tests give a folder of their own.
    """
    for path in (Path(environment.token_file), root / _KUBERNETES_TOKEN):
        account = _account_in(path)
        if account is not None:
            return account
    return None


def usual_accounts(kind: str, namespace: str, environment: Environment) -> Sequence[ServiceAccount]:
    """Return this pod's ServiceAccount where a manifest of `namespace` can name it.

    Parameters
    ----------
    kind : {"pod-default", "pod", "role-binding"}
        As `manifest` takes it.
    namespace : str
        Where it is applied.
    environment : Environment
        Facts of this process.
    """
    account = own_account(environment) if kind in ("pod", "role-binding") else None
    # A pod runs as an account of its own namespace; a RoleBinding may name any.
    fits = account is not None and (kind == "role-binding" or account.namespace == namespace)
    return [account] if account is not None and fits else []


def _account_in(path: Path) -> ServiceAccount | None:
    try:
        subject = claims_of(path.read_text(encoding="ascii").strip()).get("sub")
    except (OSError, ValueError):
        return None
    if not isinstance(subject, str) or not subject.startswith(_SUBJECT):
        return None
    try:
        return ServiceAccount.parse(subject.removeprefix(_SUBJECT).replace(":", "/", 1))
    except KfpConnectError:
        return None
