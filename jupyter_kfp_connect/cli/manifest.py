"""``manifest``: the guide's manifests, filled in with what is known here."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..core.environment import Environment
from ..core.errors import KfpConnectError
from ..core.manifests import ServiceAccount, manifest
from ..core.own_account import own_account
from ..kernel.broker_client import Broker
from .console import Console
from .status import HOLDS, WRONG_USAGE


def print_manifest(arguments: argparse.Namespace, broker: Broker | None, console: Console) -> int:
    """Print a manifest and nothing else, so that it can be piped into kubectl."""
    environment = Environment.of_process()
    namespace = arguments.namespace or environment.namespace
    if not namespace:
        console.complain("Name the namespace with -n: this is no pod that has one.")
        return WRONG_USAGE
    try:
        named = [ServiceAccount.parse(text) for text in arguments.service_accounts]
        accounts = named or _own(arguments.kind, namespace, environment)
        made = manifest(arguments.kind, namespace, accounts)
    except KfpConnectError as problem:
        console.problem(problem)
        return WRONG_USAGE
    console.say(made.text.rstrip("\n"))
    return HOLDS


def _own(kind: str, namespace: str, environment: Environment) -> Sequence[ServiceAccount]:
    """Return this pod's ServiceAccount where the manifest can name it."""
    account = own_account(environment)
    # A pod runs as an account of its own namespace; a RoleBinding may name any.
    fits = account is not None and (kind == "role-binding" or account.namespace == namespace)
    return [account] if account is not None and fits else []
