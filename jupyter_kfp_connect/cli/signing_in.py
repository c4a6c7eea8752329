"""``login`` and ``logout``: for the server's kernels where there is a server."""

from __future__ import annotations

import argparse

from ..kernel.broker_client import Broker
from ..kernel.connecting import find_connection
from ..kernel.prompts import ask_login, ask_password, has_to_choose, login_body
from ..kernel.standing import Standing
from .console import Console
from .status import FAILS, HOLDS, WRONG_USAGE


def log_in(arguments: argparse.Namespace, broker: Broker | None, console: Console) -> int:
    """Sign in: for the server's kernels where there is a server, else only to see that it works."""
    if broker is None:
        return _log_in_here(arguments, console)
    told = broker.post("/connect", {"connection": arguments.name})
    wanted, given = told.get("sign_in") or {}, None
    if wanted.get("kind") == "password":
        given = ask_login(told, username=arguments.username, connector=arguments.connector)
        if given is None and has_to_choose(told, arguments.connector or told["connector"]):
            offered = " | ".join(entry["id"] for entry in wanted["connectors"])
            console.complain(f"Choose how to sign in: --connector {offered}")
            return WRONG_USAGE
        if given is not None:
            told = broker.post("/connect", login_body(told["id"], given))
    standing = Standing.of_server(told)
    status = console.ladder(standing)
    if standing.holds:
        console.say("", f"Every notebook can use it now: %kfp_connect {told['name']}")
    elif wanted.get("kind") == "password" and given is None:
        console.complain(
            "",
            "Nothing was typed: run this in a terminal, or use the Kubeflow "
            "Pipelines panel of JupyterLab.",
        )
    elif wanted.get("kind") in ("token", "cookie", "login-host"):
        console.complain("", "Go on in the Kubeflow Pipelines panel of JupyterLab.")
    return status


def log_out(arguments: argparse.Namespace, broker: Broker | None, console: Console) -> int:
    """Forget a session of the server's."""
    if broker is None:
        console.complain("There is no Jupyter server here, so there is no session to end.")
        return FAILS
    told = broker.post("/disconnect", {"connection": arguments.name})
    console.say(f"“{told['name']}” is disconnected, in every notebook.")
    return HOLDS


def _log_in_here(arguments: argparse.Namespace, console: Console) -> int:
    connection = find_connection(arguments.name)
    if arguments.connector:
        connection = connection.changed({"connector": arguments.connector})
    standing = Standing.of_connection(connection)
    if not standing.holds and standing.code == "sign-in-needed":
        given = ask_password(connection, username=arguments.username)
        if given is not None:
            standing = Standing.of_connection(connection, given)
    status = console.ladder(standing)
    console.say("This terminal belongs to no Jupyter server: the session ends with this command.")
    return status
