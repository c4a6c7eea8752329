"""Whether what a magic returns is used: ``c = %kfp_connect`` or ``%kfp_connect`` alone."""

from __future__ import annotations

import ast
import linecache
import sys
from types import FrameType
from typing import Any


def is_assigned(user_ns: dict[str, Any]) -> bool:
    """Whether the cell that called the magic does something with what it returns.

    IPython shows a cell's last value. A magic that shows something of its own would be shown
    twice, unless it returns nothing where its line stands alone.

    Parameters
    ----------
    user_ns : dict
        The shell's, by which the cell's frame is known. Calls from elsewhere count as used.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals is not user_ns:
        frame = frame.f_back
    if frame is None:
        return True
    try:
        tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except SyntaxError:
        return True
    line = frame.f_lineno
    return not any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "attr", None) == "run_line_magic"
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        for node in ast.walk(tree)
    )
