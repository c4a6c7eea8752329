"""Tab in a shell, where argcomplete is installed (``jupyter-kfp-connect[completion]``).

``eval "$(register-python-argcomplete jupyter)"`` is what a shell needs of it, once.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from ..core.errors import KfpConnectError
from ..kernel.broker_client import Broker, BrokerGone
from ..kernel.connecting import connection_names

#: Set by the shell that asks.
_ASKED = "_ARGCOMPLETE"


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what may come next, and end the process; else do nothing."""
    if _ASKED not in os.environ:
        return
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(parser)


def names(**_: Any) -> list[str]:
    """Return the names of the connections: the server's, else those of files."""
    try:
        return connection_names(Broker.find(os.environ))
    except (BrokerGone, KfpConnectError):
        return []
