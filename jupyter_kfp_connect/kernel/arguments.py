"""Sources for what `jupyter_kfp_connect.connect` was given beside, or instead of, a name.

Apart from `connect`, so that a kernel whose server has the session loads none of this.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core.auth.base import Given
from ..core.connection import Connection
from ..core.diagnosis.clear_text import clear_text_warning
from ..core.environment import Environment
from ..core.errors import RequestError
from ..core.hosts import name_for
from ..core.proof import ui_url
from .adapted import AdaptedSource
from .broker_client import Broker
from .broker_source import Holder
from .connecting import at_host, connect_in_process, find_connection, source_for
from .identity import kernel_id

if TYPE_CHECKING:
    from ..core.secret import Secret
    from ..core.session import HeaderSource

#: What each credential means for ``auth``.
_WAYS = {
    "password": "dex",
    "token": "bearer-token",
    "token_file": "bearer-token",
    "token_command": "bearer-token",
    "cookies": "session-cookie",
}

#: These change nothing that a credential is bound to, so that the server's own session serves.
_LENIENT = frozenset({"namespace", "timeout", "ui_host"})


def source_of(
    connection: str | None,
    host: str | None,
    changes: Mapping[str, Any],
    secrets: Mapping[str, Secret | None],
) -> HeaderSource:
    """Return the source that `connect`'s arguments mean.

    Parameters
    ----------
    connection, host : str or None
        As given to `connect`.
    changes : mapping
        Fields of a connection, as given to `connect`.
    secrets : mapping
        ``password``, ``token`` and ``cookies``.

    Raises
    ------
    KfpConnectError
        What keeps it from having a lease; `RequestError` for arguments that cannot be.
    """
    given = _given(secrets, changes)
    if host is None and given == Given() and changes.keys() <= _LENIENT:
        return _of_connection(connection, changes)
    return _of_arguments(connection, host, changes, given)


def _of_connection(connection: str | None, changes: Mapping[str, Any]) -> HeaderSource:
    """Return the source for a connection as it is: the server's own session where there is one."""
    probe = Connection(name="probe", host="http://localhost").changed(changes)
    source = source_for(Holder(connection, probe.namespace, kernel_id()), prove=True)
    adapted: dict[str, Any] = {}
    if probe.timeout is not None:
        adapted["timeout"] = probe.timeout
    if probe.ui_host is not None:
        lease = source.lease()
        shown = replace(probe, host=lease.host)
        adapted["ui_url"] = ui_url(shown, Environment.of_process(), lease.namespace)
    return AdaptedSource(source, **adapted) if adapted else source


def _of_arguments(
    connection: str | None, host: str | None, changes: Mapping[str, Any], given: Given
) -> HeaderSource:
    """Return a source of this process, for what no connection says as it is."""
    if connection is None and host is not None:
        base = Connection.from_dict({"name": name_for(host), "host": host})
    else:
        base = find_connection(connection, Broker.find(os.environ))
        if host is not None:
            base = at_host(base, host)
    made = base.changed(changes)
    if given.password and not made.username:
        raise _bad("username: it is missing", "Give the user name that belongs to the password.")
    warning = clear_text_warning(made.host, made.login_hosts) if given.password else None
    if warning is not None:
        warnings.warn(warning, stacklevel=4)  # the line that calls `connect`
    return connect_in_process(made, given=given)


def _given(secrets: Mapping[str, Secret | None], changes: Mapping[str, Any]) -> Given:
    chosen = [key for key in _WAYS if secrets.get(key) or changes.get(key)]
    if len(chosen) > 1:
        raise _bad(f"{' and '.join(chosen)}: only one of them can be used", "Give one of them.")
    auth = changes.get("auth")
    if chosen and auth not in (None, "auto", _WAYS[chosen[0]]) and not _reads_file(chosen, auth):
        raise _bad(f"auth: “{auth}” takes no {chosen[0]}", "Leave auth out, or correct it.")
    return Given(password=secrets["password"], token=secrets["token"], cookies=secrets["cookies"])


def _reads_file(chosen: Sequence[str], auth: object) -> bool:
    return list(chosen) == ["token_file"] and auth == "service-account-token"


def _bad(message: str, remedy: str) -> RequestError:
    return RequestError("bad-request", message, remedy=remedy)
