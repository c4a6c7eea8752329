"""The manifests of Kubeflow's guide, filled in and ready to apply.

Pod and PodDefault mount a token for Kubeflow Pipelines ("ServiceAccount Token Volume"), the
RoleBinding lets ServiceAccounts work in a namespace ("RBAC Authorization"). What is filled in
stands in quotes: a namespace may be called 123 or null, which are no texts in YAML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Literal, get_args

from ..environment import AUDIENCE, DEFAULT_TOKEN_FILE
from ..errors import KfpConnectError, error
from ..fields import NAMESPACE, check_namespace
from ..shown import shown

Kind = Literal["pod-default", "pod", "role-binding"]
KINDS: tuple[str, ...] = get_args(Kind)

#: Kubeflow's notebooks run as this ServiceAccount of their namespace.
DEFAULT_SERVICE_ACCOUNT = "default-editor"
#: Kubernetes takes longer names for nothing that stands in here.
_LONGEST_NAME = 253
#: A name or an address, nothing that YAML or a shell would read otherwise.
_AUDIENCE = re.compile(r"[a-z0-9][\w.:/@-]{0,199}", re.ASCII | re.IGNORECASE)


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
        namespace, _, name = text.strip().partition("/")
        labels = (namespace, *name.split("."))
        if not all(NAMESPACE.fullmatch(label) for label in labels) or len(name) > _LONGEST_NAME:
            raise _bad_account(
                f"“{shown(text, 80)}” is none",
                "Give NAMESPACE/NAME, such as team-a/default-editor.",
            )
        return cls(namespace, name)


@dataclass(frozen=True)
class Manifest:
    """A manifest and the name of a file for it."""

    filename: str
    text: str


def manifest(
    kind: str,
    namespace: str,
    service_accounts: Sequence[ServiceAccount] = (),
    audience: str | None = None,
) -> Manifest:
    """Return a manifest, filled in.

    Parameters
    ----------
    kind : {"pod-default", "pod", "role-binding"}
        Which one.
    namespace : str
        Where it is applied.
    service_accounts : sequence of ServiceAccount, optional
        For ``role-binding``: who may work in `namespace`; for ``pod`` the one of `namespace` to run
        as. By default ``default-editor`` of `namespace`.
    audience : str, optional
        For ``pod-default`` and ``pod``: what the token is made for, as the API server of Kubeflow
        Pipelines asks for it; by default ``pipelines.kubeflow.org``.

    Raises
    ------
    RequestError
        ``bad-request``: no such kind, no namespace, accounts that do not fit, or no audience.
    """
    if kind not in KINDS:
        raise error(
            "bad-request",
            f"kind: “{shown(kind, 80)}” is none",
            remedy=f"Choose one of {', '.join(KINDS)}.",
        )
    namespace = check_namespace("namespace", namespace)
    accounts = list(dict.fromkeys(service_accounts))
    _check_accounts(kind, namespace, accounts)
    _check_audience(kind, audience)
    accounts = accounts or [ServiceAccount(namespace)]
    name = {
        "pod-default": "access-ml-pipeline",
        "pod": "access-kfp",
        "role-binding": _binding_name(accounts),
    }[kind]
    template = files(__package__).joinpath(f"{kind}.yaml").read_text(encoding="utf-8")
    text = Template(template).substitute(
        name=name,
        namespace=namespace,
        audience=AUDIENCE if audience is None else audience,
        service_account=accounts[0].name,
        folder=DEFAULT_TOKEN_FILE.rpartition("/")[0],
        token_file=DEFAULT_TOKEN_FILE,
        subjects="\n".join(_subject(account) for account in accounts),
    )
    return Manifest(f"{name}.yaml", text)


def _check_accounts(kind: str, namespace: str, accounts: Sequence[ServiceAccount]) -> None:
    if kind == "pod-default" and accounts:
        raise _bad_account("a PodDefault names none", "Leave it out.")
    fits = len(accounts) <= 1 and all(account.namespace == namespace for account in accounts)
    if kind == "pod" and not fits:
        raise _bad_account(
            f"a pod runs as one account, of its own namespace {namespace}",
            f"Give one, such as {namespace}/{DEFAULT_SERVICE_ACCOUNT}.",
        )


def _check_audience(kind: str, audience: str | None) -> None:
    if audience is None:
        return
    if kind == "role-binding":
        raise error("bad-request", "audience: a RoleBinding names none", remedy="Leave it out.")
    if not _AUDIENCE.fullmatch(audience):
        raise error(
            "bad-request",
            f"audience: “{shown(audience, 80)}” is none",
            remedy=f"Give the one that Kubeflow Pipelines asks for, such as {AUDIENCE}: letters, "
            "digits and “. _ : / @ -”, up to 200, a letter or digit first.",
        )


def _binding_name(accounts: Sequence[ServiceAccount]) -> str:
    """Return a name of its own for these accounts: applied, it must replace no other binding.

    For ``default-editor`` alone it is the guide's. Neither “_” nor “.” can be in a namespace.
    """
    name = f"allow-{'_'.join(_named(account) for account in accounts)}-kubeflow-edit"
    if len(name) > _LONGEST_NAME:
        raise _bad_account("those are too many for one RoleBinding", "Make one for each.")
    return name


def _named(account: ServiceAccount) -> str:
    usual = account.name == DEFAULT_SERVICE_ACCOUNT
    return account.namespace if usual else f"{account.namespace}.{account.name}"


def _subject(account: ServiceAccount) -> str:
    return (
        "  - kind: ServiceAccount\n"
        f'    name: "{account.name}"\n'
        f'    namespace: "{account.namespace}"'
    )


def _bad_account(what: str, remedy: str) -> KfpConnectError:
    return error("bad-request", f"service account: {what}", remedy=remedy)
