"""Whether a cell names a variable, told before it runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

#: How IPython's transformer writes magics: ``get_ipython().run_cell_magic('time', '', 'body')``.
_MAGICS = frozenset({"run_cell_magic", "run_line_magic"})


def names_variable(cell: str, variable: str, transform: Callable[[str], str]) -> bool:
    """Whether running `cell` would look up `variable`.

    Parameters
    ----------
    cell : str
        The cell's text, magics and all.
    variable : str
        The name to look for. One that is only assigned to is not looked up.
    transform : callable
        IPython's ``transform_cell``: makes Python of magics and shell escapes.

    Notes
    -----
    A cell that uses the variable through a helper function only does not name it.
    """
    token = re.compile(rf"(?<![\w.]){re.escape(variable)}(?!\w)")
    if not token.search(cell):
        return False
    try:
        tree = ast.parse(transform(cell))
    except (SyntaxError, ValueError, RecursionError):
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == variable and isinstance(node.ctx, ast.Load):
            return True
        if any(names_variable(text, variable, transform) for text in _magic_texts(node)):
            return True
    return False


def _magic_texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts that a magic is given: Python for ``%%time``, anything for ``%%bash``."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", None) in _MAGICS:
        for argument in node.args[1:]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
