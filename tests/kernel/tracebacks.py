"""What ``%xmode Verbose`` shows of an error."""

from __future__ import annotations

from typing import Any

import IPython
from IPython.core.ultratb import VerboseTB


def verbose(problem: BaseException, *, skip: int = 0) -> str:
    """Return the traceback with the values of variables, without colours.

    Parameters
    ----------
    problem : BaseException
        The error.
    skip : int
        How many of the outermost frames to leave out: those of a test that holds the secret.
    """
    frames: Any = problem.__traceback__
    for _ in range(skip):
        frames = frames.tb_next
    plain = (
        {"theme_name": "nocolor"} if IPython.version_info[0] > 8 else {"color_scheme": "NoColor"}
    )
    make: Any = VerboseTB
    shown: str = make(**plain).text(type(problem), problem, frames)
    return shown
