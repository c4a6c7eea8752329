"""Where a client's credential comes from: the Jupyter server, else this very process."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import KfpConnectError, SignInNeeded, error
from .broker_client import BROKER, Broker
from .broker_source import BrokerSource, Holder
from .identity import kernel_id
from .where import say_where

if TYPE_CHECKING:
    from ..core.auth.base import Given
    from ..core.catalogue import Catalogue
    from ..core.connection import Connection
    from ..core.session import HeaderSource, Session


def source_for(holder: Holder, *, prove: bool = False) -> HeaderSource:
    """Return the source for a connection of the server, or of this process where there is none.

    Parameters
    ----------
    holder : Holder
        ``connection`` is a name or an id; ``None`` is the default, else what is detected.
    prove : bool, optional
        Whether its namespace has to be one that may be used. A reserved name does without: its
        calls may name others.

    Raises
    ------
    KfpConnectError
        What keeps it from having a lease; `SignInNeeded` where a person has to sign in.
    """
    broker = Broker.find(os.environ)
    if broker is None:
        return _source_alone(holder)
    source = BrokerSource(broker, holder)
    try:
        if prove:
            source.prove()
        else:
            source.lease()
    except SignInNeeded as problem:
        say_where(problem, source)
        raise
    return source


def alone(connection: str | None, environ: Mapping[str, str]) -> str | None:
    """Return why a kernel cannot take over the session of a Jupyter server.

    Parameters
    ----------
    connection : str or None
        Whose session that would be.
    environ : mapping
        The environment.

    Returns
    -------
    str or None
        A sentence; ``None`` where no kernel is, so that nobody expects it.
    """
    from ..core.fields import NAME

    if not hasattr(socket, "AF_UNIX"):
        reason = "on this system a kernel cannot ask the Jupyter server"
    elif environ.get(BROKER):
        reason = (
            "the Jupyter server that started this kernel does not answer from here; it has ended,"
            " or runs on another machine"
        )
    elif kernel_id() is not None:
        reason = "this kernel was started by no Jupyter server here that has jupyter-kfp-connect"
    else:
        return None
    # What is no name may be an address with a password in it.
    named = connection is not None and NAME.fullmatch(connection)
    whose = f"the session of “{connection}”" if named else "a session"
    return (
        f"This kernel signs in by itself: it cannot take over {whose} from JupyterLab, as {reason}."
    )


def _source_alone(holder: Holder) -> HeaderSource:
    """Return a source of this process, saying of what fails why it is alone."""
    try:
        return connect_in_process(find_connection(holder.connection), holder.namespace)
    except KfpConnectError as problem:
        reason = alone(holder.connection, os.environ)
        if reason is not None and (problem.rung == "signed-in" or _is_unknown(problem)):
            problem.remedy = f"{problem.remedy} {reason}"
        raise


def _is_unknown(problem: KfpConnectError) -> bool:
    return problem.code == "unknown-connection"


def connect_in_process(
    connection: Connection, namespace: str | None = None, given: Given | None = None
) -> Session:
    """Connect without the server; proves rungs 1 and 2, and 3 where a namespace is known.

    Raises
    ------
    KfpConnectError
        The rung that does not hold.
    """
    from ..core.here import connect_here

    if namespace is not None:
        connection = connection.changed({"namespace": namespace})
    try:
        return connect_here(connection, given)
    except KfpConnectError as raised:
        problem = raised.with_traceback(None)
    # Raised anew: the way through the sign-in held headers and forms, which a verbose traceback
    # would show, and a notebook keep.
    problem.__context__ = problem.__cause__ = None
    raise problem


def find_connection(name: str | None, broker: Broker | None = None) -> Connection:
    """Return what to connect to.

    Parameters
    ----------
    name : str or None
        A connection's name or id; ``None`` is the default, else what is detected.
    broker : Broker, optional
        Asked where there is one, since the server may know connections that no file holds; the
        files serve otherwise.

    Raises
    ------
    RequestError
        ``unknown-connection``.
    """
    if broker is not None:
        return _told(broker.get("/connections"), name)
    known = catalogue()
    wanted = name or known.default
    if wanted is not None:
        return _in_files(known, wanted)
    return _none_named([entry.connection.name for entry in known])


def check_host_allowed(broker: Broker | None, instead: str) -> None:
    """Raise where the server's administrator wants no addresses of the user's choice.

    Parameters
    ----------
    broker : Broker or None
        Asked for the policy; without a server nobody sets one.
    instead : str
        How to name one of the connections that there are.

    Raises
    ------
    RequestError
        ``locked``.
    """
    if broker is not None and broker.get("/connections")["policy"]["locked"]:
        raise error(
            "locked",
            "the administrator allows only the connections that are there",
            remedy=f"Name one of those: {instead}.",
        )


def connection_names(broker: Broker | None) -> list[str]:
    """Return the names to choose from; detects nothing."""
    if broker is not None:
        return [entry["name"] for entry in broker.get("/connections")["connections"]]
    return [entry.connection.name for entry in catalogue()]


def catalogue() -> Catalogue:
    """Return the connections of Jupyter's configuration files."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_config_path

    from ..core.catalogue import Catalogue
    from ..core.connections_file import NAME

    mine = Path(jupyter_config_dir())
    others = [Path(folder) for folder in jupyter_config_path() if Path(folder) != mine]
    return Catalogue({}, [folder / NAME for folder in others], mine / NAME)


def _in_files(known: Catalogue, wanted: str) -> Connection:
    try:
        return known.find(wanted).connection
    except KfpConnectError as problem:
        # Of its own entry, or of a whole file that may hold it.
        of_it = [each for each in known.wrong if each.entry in (wanted, None)]
        if of_it:
            raise max(of_it, key=lambda each: each.entry is not None).error from None
        return _detected(wanted, otherwise=problem)


def _detected(name: str | None, otherwise: KfpConnectError | None = None) -> Connection:
    """Return what looking around finds; ``environment`` and the like are names, too."""
    from ..core.detection import NAMES, detect
    from ..core.environment import Environment
    from ..core.fields import no_connection
    from ..core.in_vain import nothing_found

    if name is not None and name not in NAMES:
        raise otherwise or no_connection(name, ())
    seen = detect(Environment.of_process())
    for connection in seen.offered:
        if name in (None, connection.name):
            return connection
    raise nothing_found(seen, name)


def _none_named(names: Sequence[str]) -> Connection:
    """Return what looking around finds, unless there are several to choose from."""
    from ..core.in_vain import none_is_meant

    if len(names) > 1:
        raise none_is_meant(names)
    return _detected(None)


def _told(overview: Mapping[str, Any], name: str | None) -> Connection:
    from ..core.connection import FIELDS, Connection
    from ..core.fields import no_connection

    wanted = name or overview["default"]
    entries = overview["connections"]
    for entry in entries:
        if wanted in (entry["name"], entry["id"]):
            return Connection.from_dict({key: entry[key] for key in FIELDS if key in entry})
    names = [entry["name"] for entry in entries]
    if wanted is None:
        return _none_named(names)
    unknown = no_connection(wanted, names)
    if overview["policy"]["locked"]:
        raise unknown
    return _detected(wanted, otherwise=unknown)


def at_host(connection: Connection, host: str) -> Connection:
    """Return `connection` at another host, without what was meant for its own.

    A host named by a notebook never gets a credential that was given for another: neither the
    session, which stays with the id, nor the token that a file or a command of it holds.
    """
    bare = replace(connection, id="", auth="auto", token_file=None, token_command=None)
    return replace(bare, port_forward=None).changed({"host": host})
