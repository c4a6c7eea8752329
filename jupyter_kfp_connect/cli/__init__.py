"""``jupyter kfp-connect``: connections from a terminal.

In a terminal of a running Jupyter server it speaks for that server's kernels, else for itself.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from ..core.errors import KfpConnectError
from ..core.fields import check_namespace
from ..kernel.broker_client import Broker, BrokerGone
from .commands import COMMANDS
from .completion import complete
from .console import Console
from .parser import parser
from .status import CUT_OFF, FAILS, HOLDS, WRONG_USAGE

__all__ = ["CUT_OFF", "FAILS", "HOLDS", "WRONG_USAGE", "main"]

#: Where a name was given on the command line, these say that it was wrong.
_USAGE = frozenset({"unknown-connection", "bad-request", "bad-host"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments, by default the process's.

    Returns
    -------
    int
        0 where rungs 1 to 3 hold, 1 where one does not, 2 for wrong usage.
    """
    try:
        return _run(argv)
    except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough
        _close_output()
        return CUT_OFF


def _run(argv: Sequence[str] | None) -> int:
    made = parser()
    complete(made)
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["sandbox"]:
        from .sandbox import run_sandbox

        return run_sandbox(words[1:])
    if not words:
        made.print_help(sys.stderr)
        return WRONG_USAGE
    arguments = made.parse_args(words)
    console = Console.of_process()
    try:
        if getattr(arguments, "namespace", None):
            check_namespace("namespace", arguments.namespace)
    except KfpConnectError as problem:
        _tell(problem, arguments, console)
        return WRONG_USAGE
    try:
        return COMMANDS[arguments.command](arguments, Broker.find(os.environ), console)
    except KfpConnectError as problem:
        _tell(problem, arguments, console)
        named = getattr(arguments, "name", None) or getattr(arguments, "host", None)
        return WRONG_USAGE if named and problem.code in _USAGE else FAILS
    except BrokerGone:
        console.complain("The Jupyter server of this terminal does not answer any more.")
        return FAILS
    except KeyboardInterrupt:
        return FAILS


def _tell(problem: KfpConnectError, arguments: argparse.Namespace, console: Console) -> None:
    console.problem(problem)
    if getattr(arguments, "json", False):
        console.say(json.dumps({"error": problem.to_dict()}, indent=1))


def _close_output() -> None:
    """Keep Python from complaining once more, when it writes what is left as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
