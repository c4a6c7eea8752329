"""The words of ``%kfp_connect``."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser

from .line import DEFAULT_VARIABLE

_EXCLUSIVE = ("help", "status", "diagnose", "refresh", "disconnect")

#: What is done to a session that there is; an address has none.
_OF_A_SESSION = ("refresh", "disconnect")

#: For Tab.
OPTIONS = (
    "--as",
    "--diagnose",
    "--disconnect",
    "--help",
    "--host",
    "--namespace",
    "--no-wait",
    "--refresh",
    "--status",
)


@dataclass(frozen=True)
class Options:
    """One line of the magic, read.

    Attributes
    ----------
    connection : str or None
        A connection's name.
    host : str or None
        An address, connected to from this kernel alone.
    namespace : str or None
        The namespace of calls that name none.
    variable : str
        The client's name in the notebook.
    help, status, diagnose, refresh, disconnect : bool
        What to do instead of connecting; at most one of them.
    no_wait : bool
        Ask nobody anything.
    """

    connection: str | None = None
    host: str | None = None
    namespace: str | None = None
    variable: str = DEFAULT_VARIABLE
    help: bool = False
    status: bool = False
    diagnose: bool = False
    refresh: bool = False
    disconnect: bool = False
    no_wait: bool = False

    @property
    def action(self) -> str:
        """``connect``, ``help``, ``status``, ``diagnose``, ``refresh`` or ``disconnect``."""
        return next((name for name in _EXCLUSIVE if getattr(self, name)), "connect")


def read_options(line: str) -> Options:
    """Read a line of the magic.

    Raises
    ------
    IPython.core.error.UsageError
        It cannot be read; IPython shows its one sentence.
    """
    try:
        words = shlex.split(line)
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    options = Options(**vars(parser().parse_args(words)))
    chosen = [f"--{name}" for name in _EXCLUSIVE if getattr(options, name)]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} do not go together")
    if options.host and options.action in _OF_A_SESSION:
        raise UsageError(f"--host and {chosen[0]} do not go together: name the client with --as")
    return options


def parser() -> MagicArgumentParser:
    """Return the parser; its help is the magic's docstring."""
    made = MagicArgumentParser("kfp_connect", description=_DESCRIPTION)
    add = made.add_argument
    add("connection", nargs="?", help="a connection's name; the default one if left out")
    add("--host", metavar="URL", help="an address, connected to from this kernel alone")
    add(
        "-n",
        "--namespace",
        metavar="NAMESPACE",
        help="the namespace of calls that name none; the connection's own if left out",
    )
    add(
        "--as",
        dest="variable",
        metavar="NAME",
        default=DEFAULT_VARIABLE,
        help=f"the client's name here; {DEFAULT_VARIABLE} if left out",
    )
    add("-h", "--help", action="store_true", help="show this")
    add("--status", action="store_true", help="show which of the four rungs hold")
    add("--diagnose", action="store_true", help="look at every rung anew, and show each call")
    add("--refresh", action="store_true", help="sign in anew, then show the status")
    add("--disconnect", action="store_true", help="forget the session, here and everywhere")
    add("--no-wait", action="store_true", help="fail where a sign-in is needed; wait for none")
    return made


def usage() -> str:
    """Return the parser's help as plain text: IPython's own is made for its docstrings."""
    first, _, rest = parser().format_help().removeprefix("::").strip().partition("\n\n")
    aligned = first.replace("\n" + 19 * " ", "\n" + 13 * " ")
    return f"{aligned}\n\n{rest}"


_DESCRIPTION = """\
Put a signed-in kfp.Client into this notebook.

Shows as whom, where and in which namespace. Assigned, it also returns the client:
c = %kfp_connect prod. It never takes a password: the Kubeflow Pipelines panel does.
"""
