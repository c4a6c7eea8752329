"""An error of ours in a notebook: the user's own lines and what is wrong, not the way through kfp.

IPython asks an exception for ``_render_traceback_`` before it formats one by itself. ``%debug``
still goes all the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TypeVar

from ..core.errors import KfpConnectError

Problem = TypeVar("Problem", bound=KfpConnectError)

#: Where these begin, the lines are nobody's who reads the notebook.
_NOT_THE_USERS = frozenset({"jupyter_kfp_connect", "kfp", "kfp_server_api"})


def briefly(problem: Problem) -> Problem:
    """Return `problem`, which a notebook now shows with the lines of the user's code alone."""
    problem.__dict__["_render_traceback_"] = lambda: rendered(problem)
    return problem


def alone(problem: Problem) -> Problem:
    """Return `problem`, which a notebook now shows without any lines of code."""
    from .display import problem_text  # costs nothing where nothing goes wrong

    problem.__dict__["_render_traceback_"] = problem_text(problem).splitlines
    return problem


def rendered(problem: BaseException) -> list[str]:
    """Return the lines that a notebook shows of `problem`: the user's own, and what is wrong."""
    from IPython import get_ipython  # IPython itself is asking

    frames: TracebackType | None = None
    for link in reversed(list(_of_the_user(problem.__traceback__))):
        frames = TracebackType(frames, link.tb_frame, link.tb_lasti, link.tb_lineno)
    lines = get_ipython().InteractiveTB.structured_traceback(type(problem), problem, frames)
    return list(lines)


def _of_the_user(link: TracebackType | None) -> Iterator[TracebackType]:
    while link is not None:
        if link.tb_frame.f_globals.get("__name__", "").partition(".")[0] in _NOT_THE_USERS:
            return
        yield link
        link = link.tb_next
