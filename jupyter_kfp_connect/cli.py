"""``jupyter kfp-connect``: connections from a terminal.

In a terminal of a running Jupyter server it speaks for that server's kernels, else for itself.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .core.catalogue import Entry
from .core.connection import FIELDS, Connection
from .core.errors import KfpConnectError
from .kernel.broker_client import Broker, BrokerGone
from .kernel.connecting import catalogue, find_connection
from .kernel.display import ladder_text
from .kernel.prompts import ask_password
from .kernel.standing import Standing

#: Rungs 1 to 3 hold; one does not; wrong usage.
HOLDS, FAILS, WRONG_USAGE = 0, 1, 2


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
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["sandbox"]:
        return run_sandbox(words[1:])
    arguments = parser().parse_args(words)
    run: Callable[[argparse.Namespace, Broker | None], int] = arguments.run
    try:
        return run(arguments, Broker.find(os.environ))
    except KfpConnectError as problem:
        named = getattr(arguments, "name", None) is not None
        return _told(problem, WRONG_USAGE if named and _is_usage(problem) else FAILS)
    except BrokerGone:
        print("The Jupyter server of this terminal does not answer any more.", file=sys.stderr)
        return FAILS
    except KeyboardInterrupt:
        return FAILS


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="jupyter kfp-connect",
        description="Connections to Kubeflow Pipelines, for this Jupyter server's notebooks.",
    )
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command("list", show_list, "List the connections.")
    status = command("status", show_status, "Show how far a connection goes, rung by rung.")
    status.add_argument("name", nargs="?", help="a connection; the default one if left out")
    login = command("login", log_in, "Sign in, asking only for what is missing.")
    login.add_argument("name", nargs="?", help="a connection; the default one if left out")
    login.add_argument("--username", help="as on the sign-in form")
    login.add_argument("--connector", help="Dex's connector, such as local or ldap")
    logout = command("logout", log_out, "Forget a connection's session, in every notebook.")
    logout.add_argument("name", nargs="?", help="a connection; the default one if left out")
    # Only for the list of commands: `main` hands its words on.
    commands.add_parser("sandbox", help="Start a Kubeflow look-alike on this machine.")
    return made


def run_sandbox(words: Sequence[str]) -> int:
    """Run the look-alike until it is interrupted."""
    from .sandbox.__main__ import main as run

    if not {"-h", "--help"} & set(words):
        print(
            "Once it runs, give the host, user name and password below to the Kubeflow Pipelines"
            " panel of JupyterLab, or in Python:\n"
            "  jupyter_kfp_connect.connect(host=…, username=…, password=…)\n",
            flush=True,
        )
    return run(words)


def show_list(arguments: argparse.Namespace, broker: Broker | None) -> int:
    """List the connections, the default one marked."""
    if broker is not None:
        overview = broker.get("/connections")
        entries, default = overview["connections"], overview["default"]
    else:
        known = catalogue()
        entries, default = [_fields(entry) for entry in known], known.default
        for problem in known.problems:
            _told(problem, FAILS)
    if not entries:
        print("No connection is set up. Add one in the Kubeflow Pipelines panel of JupyterLab.")
    for entry in entries:
        mark = "*" if entry["name"] == default else " "
        parts = (entry["host"], entry["namespace"], entry.get("signed_in_as"), entry["source"])
        print(f"{mark} {entry['name']}: {' · '.join(part for part in parts if part)}")
    return HOLDS


def show_status(arguments: argparse.Namespace, broker: Broker | None) -> int:
    """Show the ladder of one connection."""
    if broker is not None:
        standing = Standing.of_server(broker.post("/status", {"connection": arguments.name}))
        status = _shown(standing)
        if all(rung["state"] == "unknown" for rung in standing.rungs):
            print("Not connected: run `jupyter kfp-connect login`.")
        return status
    return _shown(Standing.of_connection(find_connection(arguments.name)))


def log_in(arguments: argparse.Namespace, broker: Broker | None) -> int:
    """Sign in: for the server's kernels where there is a server, else only to see that it works."""
    if broker is None:
        return _log_in_here(arguments)
    told = broker.post("/connect", {"connection": arguments.name})
    wanted = told.get("sign_in") or {}
    if wanted.get("kind") == "password":
        connection = _connection(told)
        offered = [entry["id"] for entry in wanted["connectors"]]
        if _has_to_choose(offered, arguments.connector or connection.connector):
            print(f"Choose how to sign in: --connector {' | '.join(offered)}", file=sys.stderr)
            return WRONG_USAGE
        given = ask_password(connection, username=arguments.username)
        if given is None or given.password is None:
            return _shown(Standing.of_server(told))
        body = {
            "connection": told["id"],
            "username": given.username,
            "password": given.password.reveal(),
            "connector": arguments.connector,
        }
        told = broker.post("/connect", body)
    return _shown(Standing.of_server(told))


def log_out(arguments: argparse.Namespace, broker: Broker | None) -> int:
    """Forget a session of the server's."""
    if broker is None:
        print("There is no Jupyter server here, so there is no session to end.", file=sys.stderr)
        return FAILS
    told = broker.post("/disconnect", {"connection": arguments.name})
    print(f"“{told['name']}” is disconnected, in every notebook.")
    return HOLDS


def _has_to_choose(offered: Sequence[str], connector: str | None) -> bool:
    """Whether no connector follows by itself: the one named, the only one, else ``local``."""
    return connector is None and len(offered) > 1 and "local" not in offered


def _log_in_here(arguments: argparse.Namespace) -> int:
    connection = find_connection(arguments.name)
    if arguments.connector:
        connection = connection.changed({"connector": arguments.connector})
    standing = Standing.of_connection(connection)
    if not standing.holds and standing.code == "sign-in-needed":
        given = ask_password(connection, username=arguments.username)
        if given is not None:
            standing = Standing.of_connection(connection, given)
    status = _shown(standing)
    print("This terminal belongs to no Jupyter server: the session ends with this command.")
    return status


def _shown(standing: Standing) -> int:
    print(ladder_text(standing.title, standing.rungs))
    return HOLDS if standing.holds else FAILS


def _told(problem: KfpConnectError, status: int) -> int:
    print(f"{problem.message} [{problem.code}]\n{problem.remedy}", file=sys.stderr)
    if problem.remedy_copy:
        print(f"\n{problem.remedy_copy}", file=sys.stderr)
    return status


def _is_usage(problem: KfpConnectError) -> bool:
    return problem.code in ("unknown-connection", "bad-request")


def _fields(entry: Entry) -> dict[str, Any]:
    return entry.connection.to_dict() | {"source": entry.source}


def _connection(told: dict[str, Any]) -> Connection:
    return Connection.from_dict({key: told[key] for key in FIELDS if key in told})


if __name__ == "__main__":
    sys.exit(main())
