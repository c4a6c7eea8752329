"""What a name in a notebook holds: a client of ours, one of the user's, or something else."""

from __future__ import annotations

import sys
from typing import Any

from ..core.errors import KfpConnectError, NotInNotebook


def is_ours(value: object) -> bool:
    """Whether this is a client that this package made."""
    module = sys.modules.get("jupyter_kfp_connect.kernel.client")
    return module is not None and isinstance(value, module.KubeflowClient)


def is_client(value: object) -> bool:
    """Whether this is a ``kfp.Client``; without kfp nothing can be one."""
    client_class = getattr(sys.modules.get("kfp"), "Client", None)
    return client_class is not None and isinstance(value, client_class)


def name_taken(name: str, value: object) -> NotInNotebook:
    """Return the error for a name that holds something of the user's."""
    return NotInNotebook(
        "name-taken",
        f"{name} holds something of yours, of the type {type(value).__name__}",
        remedy="It is left alone. Choose another name:",
        remedy_copy=f"%kfp_connect --as {name}_2",
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
