"""``manifest``: the guide's manifests, filled in with what is known here."""

from __future__ import annotations

import argparse

from ..core.environment import Environment
from ..core.errors import KfpConnectError
from ..core.manifests import ServiceAccount, manifest
from ..core.own_account import usual_accounts
from ..kernel.broker_client import Broker
from .console import Console
from .status import HOLDS, WRONG_USAGE


def print_manifest(arguments: argparse.Namespace, broker: Broker | None, console: Console) -> int:
    """Print a manifest and nothing else, so that it can be piped into kubectl."""
    environment = Environment.of_process()
    namespace = arguments.namespace or environment.namespace
    if not namespace:
        console.complain("Name the namespace with -n NAMESPACE: outside a pod none is usual.")
        return WRONG_USAGE
    try:
        named = [ServiceAccount.parse(text) for text in arguments.service_accounts]
        accounts = named or usual_accounts(arguments.kind, namespace, environment)
        made = manifest(arguments.kind, namespace, accounts, arguments.audience)
    except KfpConnectError as problem:
        console.problem(problem)
        return WRONG_USAGE
    console.say(made.text.rstrip("\n"))
    return HOLDS
