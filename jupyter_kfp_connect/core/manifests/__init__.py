"""The manifests of Kubeflow's guide, filled in and ready to apply.

Pod and PodDefault mount a token for Kubeflow Pipelines ("ServiceAccount Token Volume"), the
RoleBinding lets ServiceAccounts work in a namespace ("RBAC Authorization").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Literal, get_args

from ..environment import AUDIENCE, DEFAULT_TOKEN_FILE
from ..errors import error
from ..fields import NAMESPACE, check_namespace

Kind = Literal["pod-default", "pod", "role-binding"]
KINDS: tuple[str, ...] = get_args(Kind)

#: Kubeflow's notebooks run as this ServiceAccount of their namespace.
DEFAULT_SERVICE_ACCOUNT = "default-editor"


@dataclass(frozen=True)
class ServiceAccount:
    """A ServiceAccount of a namespace."""

    namespace: str
    name: str = DEFAULT_SERVICE_ACCOUNT

    @classmethod
    def parse(cls, text: str) -> ServiceAccount:
        """Return the account that ``NAMESPACE/NAME`` names.

        Raises
        ------
        RequestError
            ``bad-request``.
        """
        namespace, slash, name = text.partition("/")
        labels = name.split(".")
        if not slash or not all(NAMESPACE.fullmatch(part) for part in (namespace, *labels)):
            raise error(
                "bad-request",
                f"service account: “{text}” is none",
                remedy="Give NAMESPACE/NAME, such as team-a/default-editor.",
            )
        return cls(namespace, name)


@dataclass(frozen=True)
class Manifest:
    """A manifest and the name of a file for it."""

    filename: str
    text: str


def manifest(
    kind: str, namespace: str, service_accounts: Sequence[ServiceAccount] = ()
) -> Manifest:
    """Return a manifest, filled in.

    Parameters
    ----------
    kind : {"pod-default", "pod", "role-binding"}
        Which one.
    namespace : str
        Where it is applied.
    service_accounts : sequence of ServiceAccount, optional
        For ``role-binding``: who may work in `namespace`; for ``pod`` the first is the one to run
        as. By default ``default-editor`` of `namespace`.

    Raises
    ------
    RequestError
        ``bad-request``: no such kind, or no namespace.
    """
    if kind not in KINDS:
        raise error(
            "bad-request", f"kind: “{kind}” is none", remedy=f"Choose one of {', '.join(KINDS)}."
        )
    namespace = check_namespace("namespace", namespace)
    accounts = list(service_accounts) or [ServiceAccount(namespace)]
    name = {
        "pod-default": "access-ml-pipeline",
        "pod": "access-kfp",
        "role-binding": _binding_name(accounts),
    }[kind]
    template = files(__package__).joinpath(f"{kind}.yaml").read_text(encoding="utf-8")
    text = Template(template).substitute(
        name=name,
        namespace=namespace,
        audience=AUDIENCE,
        service_account=accounts[0].name,
        folder=DEFAULT_TOKEN_FILE.rpartition("/")[0],
        token_file=DEFAULT_TOKEN_FILE,
        subjects="\n".join(_subject(account) for account in accounts),
    )
    return Manifest(f"{name}.yaml", text)


def _binding_name(accounts: Sequence[ServiceAccount]) -> str:
    spaces = list(dict.fromkeys(account.namespace for account in accounts))
    who = spaces[0] if len(spaces) == 1 else f"{spaces[0]}-and-{len(spaces) - 1}-more"
    return f"allow-{who}-kubeflow-edit"


def _subject(account: ServiceAccount) -> str:
    return f"  - kind: ServiceAccount\n    name: {account.name}\n    namespace: {account.namespace}"
