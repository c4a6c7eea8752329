"""What a name in a notebook holds: a client of ours, one of the user's, or something else."""

from __future__ import annotations

import sys
from typing import Any

from ..core.errors import KfpConnectError, NotInNotebook
from .adapted import beneath


def is_ours(value: object) -> bool:
    """Whether this is a client that this package made."""
    module = sys.modules.get("jupyter_kfp_connect.kernel.client")
    return module is not None and isinstance(value, module.KubeflowClient)


def is_client(value: object) -> bool:
    """Whether this is a ``kfp.Client``; without kfp nothing can be one."""
    client_class = getattr(sys.modules.get("kfp"), "Client", None)
    return client_class is not None and isinstance(value, client_class)


def source_beneath(client: Any) -> Any:
    """Return where a client of ours has its leases from in the end; ``None`` for no client."""
    source = getattr(client, "_source", None)
    return beneath(source) if source is not None else None


def chosen_namespace(client: Any) -> str | None:
    """Return the namespace that a client of ours was given, ``None`` for its connection's own."""
    source = source_beneath(client)
    chosen = getattr(client, "_own_namespace", None) or getattr(source, "namespace", None)
    return str(chosen) if chosen else None


def name_taken(name: str, value: object, line: str) -> NotInNotebook:
    """Return the error for a name that holds something of the user's.

    Parameters
    ----------
    name : str
        The name.
    value : object
        What it holds.
    line : str
        The magic's line that connects under another name.
    """
    return NotInNotebook(
        "name-taken",
        f"{name} holds something of yours, of the type {type(value).__name__}",
        remedy="It is left alone. Choose another name:",
        remedy_copy=line,
    )


def lost(client: Any) -> NotInNotebook | None:
    """Return why a client of ours cannot go on in this kernel, such as a disconnect."""
    try:
        client._source.lease()
    except NotInNotebook as problem:
        return problem
    except KfpConnectError:
        return None  # the connection's own rungs show it
    return None
