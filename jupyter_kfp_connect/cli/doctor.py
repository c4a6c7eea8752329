"""``doctor``: every rung looked at anew, each call told."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import Any

from ..core.errors import NotInNotebook
from ..core.ladder import Rung
from ..kernel.broker_client import Broker
from ..kernel.connecting import check_host_allowed, find_connection
from ..kernel.report import report, report_lines
from ..kernel.sdk import check_sdk
from ..kernel.standing import Standing
from .console import Console
from .status import FAILS, HOLDS, WRONG_USAGE


def doctor(arguments: argparse.Namespace, broker: Broker | None, console: Console) -> int:
    """Look closely at a connection, or at an address, and tell all that was seen."""
    if arguments.name and arguments.host:
        console.complain("Give a connection's name or --host, not both.")
        return WRONG_USAGE
    standing = _standing(arguments, broker)
    if broker is None:  # else only the server's kernels can tell
        standing = replace(standing, in_notebooks=_of_this_python())
    if arguments.json:
        return say_json(standing, console)
    status = console.ladder(standing)
    if broker is not None and not arguments.host:
        console.next_step(standing)
    console.say(*report_lines(standing))
    return status


def say_json(standing: Standing, console: Console) -> int:
    """Tell the same for machines, and return the exit status."""
    # ASCII, so that it passes through every pipe.
    console.say(json.dumps(report(standing), indent=1))
    return HOLDS if standing.holds else FAILS


def _of_this_python() -> list[dict[str, Any]]:
    """Return the fourth rung where a notebook of this very Python would find no client."""
    try:
        check_sdk()
    except NotInNotebook as problem:
        return [Rung("in-notebook").failed(problem).to_dict()]
    return []


def _standing(arguments: argparse.Namespace, broker: Broker | None) -> Standing:
    if arguments.host:
        check_host_allowed(broker, "jupyter kfp-connect doctor NAME")
        from ..core.connection import Connection
        from ..core.hosts import name_for

        fields = {"name": name_for(arguments.host), "host": arguments.host}
        return Standing.tried(Connection.from_dict(fields), arguments.namespace)
    if broker is not None:
        return Standing.asked(broker, "/diagnose", arguments.name, arguments.namespace)
    return Standing.tried(find_connection(arguments.name), arguments.namespace)
