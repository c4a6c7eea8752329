"""``list`` and ``status``: what there is, and how it stands."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from ..core.catalogue import Catalogue
from ..kernel.broker_client import Broker
from ..kernel.connecting import catalogue, find_connection
from ..kernel.standing import Standing
from .console import Console
from .doctor import say_json
from .status import HOLDS

#: Where a connection comes from that no file holds.
_ELSEWHERE = {
    "admin": "the administrator's, from jupyter_server_config",
    "user": "your own",
    "detected": "found by looking around",
    "sandbox": "this server's sandbox",
}


def show_list(arguments: argparse.Namespace, broker: Broker | None, console: Console) -> int:
    """List the connections, the default one marked, each with where it comes from."""
    files = catalogue()
    if broker is not None:
        overview = broker.get("/connections")
        entries, default = overview["connections"], overview["default"]
    else:
        entries = [entry.connection.to_dict() | {"source": entry.source} for entry in files]
        default = files.default
    for problem in files.problems:
        console.problem(problem)
    if not entries:
        console.say(
            "No connection is set up. Add one in the Kubeflow Pipelines panel of JupyterLab."
            if broker is not None
            else "No connection is set up in your own configuration. A running JupyterLab may have "
            "more: ask in a terminal of its own, or add one in its Kubeflow Pipelines panel."
        )
    for entry in entries:
        mark = "*" if entry["name"] == default else " "
        facts = (entry["host"], entry["namespace"], entry.get("signed_in_as"))
        console.say(
            f"{mark} {console.bold(entry['name'])}: {' · '.join(filter(None, facts))}",
            f"    {_origin(entry, files)}",
        )
    return HOLDS


def show_status(arguments: argparse.Namespace, broker: Broker | None, console: Console) -> int:
    """Show the ladder of one connection."""
    if broker is None:
        standing = Standing.tried(find_connection(arguments.name), arguments.namespace)
        return say_json(standing, console) if arguments.json else console.ladder(standing)
    standing = Standing.asked(broker, "/status", arguments.name, arguments.namespace)
    if arguments.json:
        return say_json(standing, console)
    status = console.ladder(standing)
    console.next_step(standing)
    return status


def _origin(entry: Mapping[str, Any], files: Catalogue) -> str:
    """Return in words where a connection comes from; the server does not tell its files."""
    known = files.get(entry["name"])
    source = entry["source"]
    if known is None or (known.source, known.connection.id) != (source, entry["id"]):
        return _ELSEWHERE[source]
    whose = "the administrator's" if known.locked else "your own"
    return f"{whose}, from {known.origin}"
