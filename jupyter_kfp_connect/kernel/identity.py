"""Which kernel this process is, as the Jupyter server names it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_CONNECTION_FILE = re.compile(r"kernel-(?P<id>.+)\.json")


def kernel_id() -> str | None:
    """Return the kernel's id, ``None`` in a process that is no kernel of a Jupyter server.

    jupyter_client names a kernel's connection file after the kernel's id.
    """
    kernelapp = sys.modules.get("ipykernel.kernelapp")
    if kernelapp is None or not kernelapp.IPKernelApp.initialized():
        return None
    name = Path(kernelapp.IPKernelApp.instance().connection_file).name
    found = _CONNECTION_FILE.fullmatch(name)
    return found["id"] if found else None
