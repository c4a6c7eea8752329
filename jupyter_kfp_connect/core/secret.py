"""A text that shows itself to nobody who did not ask for it."""

from __future__ import annotations


class Secret:
    """A password, token or cookie. ``repr``, ``str`` and ``vars`` tell nothing; it does not pickle.

    Tracebacks show the ``repr`` of what a frame holds: wrapped, a secret stays out of them.
    """

    __slots__ = ("_Secret__reveal",)

    def __init__(self, value: str) -> None:
        # A closure instead of a plain attribute: a debugger that lists slots shows a function.
        self.__reveal = lambda: value

    def reveal(self) -> str:
        """Return the text itself, for the one line that sends it."""
        return self.__reveal()

    def __bool__(self) -> bool:
        return bool(self.__reveal())

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")
