"""``%kfp_connect``: the client in one line, with or without JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics

from ..core.errors import KfpConnectError
from .actions import Actions
from .assignment import is_assigned
from .brief import alone
from .broker_client import BrokerGone
from .broker_source import server_gone
from .completion import Completions
from .connecting import source_for
from .options import parser, read_options
from .reserved import Arming

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_NAME = "kfp_connect"


class KfpConnectMagics(Magics):
    """The magic, and what of it a shell keeps: the names that are reserved in it.

    Parameters
    ----------
    shell : InteractiveShell
        The kernel's.
    """

    # What IPython's decorators would fill in; they are not typed.
    magics = {"line": {_NAME: _NAME}, "cell": {}}  # noqa: RUF012
    registered = True

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.arming = Arming(shell, source_for)
        self.completions = Completions(shell, self.arming)
        self._actions = Actions(shell, self.arming)
        self._user_ns = shell.user_ns

    def kfp_connect(self, line: str) -> Any:
        options = read_options(line)
        try:
            result = getattr(self._actions, options.action)(options)
        except KfpConnectError as problem:
            raise alone(problem) from None
        except BrokerGone:
            raise alone(server_gone()) from None
        return result if is_assigned(self._user_ns) else None

    kfp_connect.__doc__ = parser().format_help()


def load(shell: InteractiveShell) -> None:
    """Add the magic to `shell`; a second time changes nothing."""
    if KfpConnectMagics.__name__ in shell.magics_manager.registry:
        return
    magics = KfpConnectMagics(shell)
    shell.register_magics(magics)
    magics.completions.install()


def unload(shell: InteractiveShell) -> None:
    """Take the magic and the reserved names away again; clients already made stay."""
    magics = shell.magics_manager.registry.pop(KfpConnectMagics.__name__, None)
    if magics is None:
        return
    magics.arming.disarm_all()
    magics.completions.remove()
    shell.magics_manager.magics["line"].pop(_NAME, None)


def arming_of(shell: InteractiveShell) -> Arming:
    """Return the names reserved in `shell`, in which the extension is loaded."""
    magics: KfpConnectMagics = shell.magics_manager.registry[KfpConnectMagics.__name__]
    return magics.arming
