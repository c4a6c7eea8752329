"""What a client's user reads where it cannot go on: the own lines, and where to sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..core.errors import KfpConnectError, SignInNeeded
from ..core.lease import HeaderSource
from .brief import briefly
from .broker_source import BrokerSource

#: A remedy with one of these says where already.
_TOLD = ("%kfp_connect", " panel", "terminal")
#: What takes more than a user name and a password, which is all that a terminal asks for.
_NOT_TYPED = frozenset({"cookie-refused", "no-password-form", "other-login-host"})


@contextmanager
def told_to_users(source: HeaderSource) -> Iterator[None]:
    """Let an error that comes of the block say where to sign in, and show no way through kfp.

    Parameters
    ----------
    source : HeaderSource
        Whose leases the block uses.
    """
    try:
        yield
    except KfpConnectError as problem:
        if isinstance(problem, SignInNeeded):
            say_where(problem, source)
        briefly(problem)
        raise


def say_where(problem: SignInNeeded, source: HeaderSource) -> None:
    """Add to the remedy where to sign in, unless it says so already."""
    places = ["with %kfp_connect in a cell", "with jupyter_kfp_connect.connect(…) in a program"]
    if isinstance(source, BrokerSource):
        named = f" {source.name}" if source.name else ""
        places = [
            "in the Kubeflow Pipelines panel at the left of JupyterLab",
            f"with %kfp_connect{named} in a cell",
        ]
        if problem.code not in _NOT_TYPED:
            places.append(f"with `jupyter kfp-connect login{named}` in a terminal there")
    if not any(words in problem.remedy for words in _TOLD):
        problem.remedy += f" Do it {', '.join(places[:-1])}, or {places[-1]}."
