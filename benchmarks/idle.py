"""What Kubeflow is asked while nobody asks for anything."""

from __future__ import annotations

import os
import time

import jupyter_kfp_connect

from .surroundings import CONNECTION, Surroundings
from .table import Row, count_row

_SECONDS = 5


def idle(around: Surroundings) -> list[Row]:
    """Requests at the gateway while a signed-in server and a live client stand by."""
    os.environ["KFP_CONNECT_BROKER"] = str(around.server.description)
    try:
        client = jupyter_kfp_connect.connect(CONNECTION)
    finally:
        del os.environ["KFP_CONNECT_BROKER"]
    client.list_experiments(namespace=around.stack.namespace)
    before = len(around.stack.accesses())
    time.sleep(_SECONDS)
    asked = len(around.stack.accesses()) - before
    return [count_row(f"requests in {_SECONDS} idle seconds, connected", asked, 0)]
