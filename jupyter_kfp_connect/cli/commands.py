"""Which function runs which command."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ..kernel.broker_client import Broker
from .console import Console
from .doctor import doctor
from .listing import show_list, show_status
from .manifest import print_manifest
from .signing_in import log_in, log_out

#: Runs a command for the server there is, or for this process; returns the exit status.
Command = Callable[[argparse.Namespace, Broker | None, Console], int]

COMMANDS: Mapping[str, Command] = {
    "list": show_list,
    "status": show_status,
    "login": log_in,
    "logout": log_out,
    "doctor": doctor,
    "manifest": print_manifest,
}
