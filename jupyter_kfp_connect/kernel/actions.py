"""What the magic does: connect, show, refresh, disconnect."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..core.errors import NotInNotebook, SignInNeeded
from ..core.fields import check_namespace
from ..core.session import Session
from .broker_client import Broker
from .broker_source import BrokerSource, Holder
from .cell_output import CellOutput
from .connecting import (
    alone,
    at_host,
    check_host_allowed,
    connect_in_process,
    find_connection,
    source_for,
)
from .display import client_bundle, ladder_bundle, note_bundle
from .held import chosen_namespace, is_ours
from .identity import kernel_id
from .in_notebook import InNotebook
from .line import connect_line
from .options import Options, usage
from .prompts import ask_password
from .report import report_bundle
from .reserved import Arming
from .sdk import check_sdk
from .sign_in import wait_for_sign_in
from .standing import Standing

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..core.connection import Connection
    from ..core.session import HeaderSource


class Actions:
    """One call of the magic.

    Parameters
    ----------
    shell : InteractiveShell
        The kernel's.
    arming : Arming
        Its reserved names.
    """

    def __init__(self, shell: InteractiveShell, arming: Arming) -> None:
        self._shell = shell
        self._arming = arming

    def connect(self, options: Options) -> Any:
        """Make the client, put it under its name, show it and return it."""
        holder = self._holder(options)
        self._arming.check_name(holder, options.host)
        check_sdk()
        output = CellOutput()
        source = self._source(options, holder, output)
        client = self._arming.put(holder, source)
        note = None
        if isinstance(source, Session) and options.host is None:
            note = alone(source.connection.name, os.environ)
        output.show(client_bundle(source, options.variable, note))
        return client

    def help(self, _: Options) -> None:
        """Show what the magic takes."""
        print(usage())

    def status(self, options: Options) -> Any:
        """Show the ladder; return the client if there is one."""
        self._show_ladder(options, self._standing("/status", options))
        return self._client(options)

    def diagnose(self, options: Options) -> Any:
        """Look at every rung anew, and show each call that was made for it."""
        standing = self._standing("/diagnose", options)
        CellOutput().show(report_bundle(standing, self._rungs(options, standing)))
        return self._client(options)

    def refresh(self, options: Options) -> Any:
        """Sign in anew where that takes no person, and show the ladder."""
        source = self._own_session(options)
        if source is not None:
            lease = source.lease()
            if lease.way == "dex":
                source.refused(lease.generation)
        self._show_ladder(options, self._standing("/refresh", options))
        return self._client(options)

    def disconnect(self, options: Options) -> Any:
        """Forget the session: the server's and every kernel's, or this process's own."""
        source = self._own_session(options)
        broker = Broker.find(os.environ)
        if source is not None:
            source.close()
            CellOutput().show(note_bundle(f"{options.variable} is disconnected."))
        elif broker is not None:
            told = broker.post("/disconnect", {"connection": self._meant(options)})
            CellOutput().show(note_bundle(f"“{told['name']}” is disconnected, in every notebook."))
        else:
            raise NotInNotebook("disconnected", "nothing is connected here")

    def _holder(self, options: Options) -> Holder:
        return Holder(options.connection, options.namespace, kernel_id(), options.variable)

    def _source(self, options: Options, holder: Holder, output: CellOutput) -> HeaderSource:
        if options.host:
            return self._source_at(options.host, options)
        try:
            return self._source_of_connection(holder)
        except SignInNeeded:
            if options.no_wait:
                raise
            broker = Broker.find(os.environ)
            if broker is None:
                connection = find_connection(options.connection)
                given = ask_password(connection)
                if given is None:
                    raise
        if broker is None:
            return connect_in_process(connection, options.namespace, given)
        wait_for_sign_in(broker, holder, output)
        return source_for(holder, prove=True)

    @staticmethod
    def _source_of_connection(holder: Holder) -> HeaderSource:
        """Return the connection's source; whoever types the magic takes a disconnect back."""
        try:
            return source_for(holder, prove=True)
        except NotInNotebook as problem:
            broker = Broker.find(os.environ)
            if problem.code != "disconnected" or broker is None:
                raise
        broker.post("/connect", {"connection": holder.connection})
        return source_for(holder, prove=True)

    def _source_at(self, host: str, options: Options) -> HeaderSource:
        """Connect to an address of the notebook's choosing: no form, no stored credential."""
        return connect_in_process(self._connection_at(host, options), options.namespace)

    @staticmethod
    def _connection_at(host: str, options: Options) -> Connection:
        from ..core.connection import Connection
        from ..core.hosts import name_for

        broker = Broker.find(os.environ)
        check_host_allowed(broker, "%kfp_connect NAME")
        if options.connection:
            return at_host(find_connection(options.connection, broker), host)
        return Connection.from_dict({"name": name_for(host), "host": host})

    def _standing(self, path: str, options: Options) -> Standing:
        """Ask the server how the connection stands, or try it in this process."""
        namespace = self._namespace_meant(options)
        if options.host:
            return Standing.tried(self._connection_at(options.host, options), namespace)
        source = self._own_session(options)
        if source is not None:
            return Standing.of_session(source, namespace)
        broker = Broker.find(os.environ)
        if broker is None:
            return Standing.tried(find_connection(options.connection), namespace)
        return Standing.asked(broker, path, self._meant(options), namespace)

    def _namespace_meant(self, options: Options) -> str | None:
        """Return the namespace named, else the one that the client under the name was given."""
        if options.namespace is not None:
            return check_namespace("namespace", options.namespace)
        client = self._client(options)
        return None if options.connection or options.host else chosen_namespace(client)

    def _meant(self, options: Options) -> str | None:
        """Return the connection named, else that of the client under the name."""
        source = self._source_of_client(options)
        if options.connection or source is None:
            return options.connection
        return source.connection if isinstance(source, BrokerSource) else None

    def _own_session(self, options: Options) -> Session | None:
        """Return the session that the client under the name has in this process, if it has one."""
        if options.connection or options.host:
            return None
        source = self._source_of_client(options)
        return source if isinstance(source, Session) else None

    def _client(self, options: Options) -> Any:
        client = self._shell.user_ns.get(options.variable)
        return client if is_ours(client) else None

    def _source_of_client(self, options: Options) -> HeaderSource | None:
        return getattr(self._client(options), "_source", None)

    def _show_ladder(self, options: Options, standing: Standing) -> None:
        CellOutput().show(ladder_bundle(standing.title, self._rungs(options, standing)))

    def _rungs(self, options: Options, standing: Standing) -> list[Mapping[str, Any]]:
        """Return the connection's three rungs, and this kernel's."""
        held = self._shell.user_ns.get(options.variable)
        rungs = list(standing.rungs)
        if standing.asks and not options.host:
            rungs = [_with_line(rung, connect_line(standing.connection)) for rung in rungs]
        return [*rungs, InNotebook(self._arming, options, held).rung(standing)]


def _with_line(rung: Mapping[str, Any], line: str) -> Mapping[str, Any]:
    """Return RUNG with the line that signs in, where it is the one that failed."""
    remedy = rung["remedy"]
    if rung["state"] != "failed" or not remedy or remedy.get("copy"):
        return rung
    return {**rung, "remedy": {**remedy, "copy": line}}
