"""An authenticated ``kfp.Client`` in every notebook, with one click."""

from __future__ import annotations

from ._version import __version__

#: Importing `typing` would take ten times as long as all the rest of this file.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell

    from .api import KFPClientManager, connect
    from .core.errors import (
        KfpConnectError,
        NotAuthorized,
        NotInNotebook,
        NotReachable,
        RequestError,
        SignInFailed,
        SignInNeeded,
    )
    from .kernel.client import KubeflowClient

__all__ = [
    "KFPClientManager",
    "KfpConnectError",
    "KubeflowClient",
    "NotAuthorized",
    "NotInNotebook",
    "NotReachable",
    "RequestError",
    "SignInFailed",
    "SignInNeeded",
    "__version__",
    "connect",
]

#: Where each public name lives. Nothing is imported before it is asked for: a kernel or a server
#: that merely loads this package pays for none of it.
_HOMES = {
    "KFPClientManager": ".api",
    "connect": ".api",
    "KubeflowClient": ".kernel.client",
} | dict.fromkeys(
    (
        "KfpConnectError",
        "NotAuthorized",
        "NotInNotebook",
        "NotReachable",
        "RequestError",
        "SignInFailed",
        "SignInNeeded",
    ),
    ".core.errors",
)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-kfp-connect"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.app import KfpConnect

    return [{"module": "jupyter_kfp_connect", "app": KfpConnect}]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add ``%kfp_connect`` to a kernel (``%load_ext jupyter_kfp_connect``)."""
    from .kernel.magic import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take ``%kfp_connect`` away again; clients already made stay."""
    from .kernel.magic import unload

    unload(shell)
