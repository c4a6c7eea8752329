"""A text that shows itself to nobody who did not ask for it."""

from __future__ import annotations

from collections.abc import Callable


class Secret:
    """A password, token or cookie. ``repr``, ``str`` and ``vars`` tell nothing; it does not pickle.

    Tracebacks show the ``repr`` of what a frame holds: wrapped, a secret stays out of them.
    """

    __slots__ = ("_read",)

    def __init__(self, value: str) -> None:
        # A closure instead of a plain attribute: a debugger that lists slots shows a function.
        self._read: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """Return the text itself, for the one line that sends it."""
        return self._read()

    def __bool__(self) -> bool:
        return bool(self._read())

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


class HiddenHeaders(dict[str, str]):
    """Headers of which a traceback with the values of variables shows nothing."""

    def __repr__(self) -> str:
        return "<headers>"

    def __reduce__(self) -> str:
        raise TypeError("headers with a credential are not written anywhere")
