"""One output of a cell, changed in place while the cell runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.display import DisplayHandle


class CellOutput:
    """What one call of the magic shows.

    Each bundle takes the place of the one before. A front end that cannot do that, such as a
    terminal, shows one below the other.
    """

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def show(self, bundle: dict[str, str], *, last: bool = True) -> None:
        """Show `bundle`, for good unless `last` is false."""
        from IPython.display import display

        if self._handle is not None:
            self._handle.update(bundle, raw=True)
        elif last:
            display(bundle, raw=True)
        else:
            self._handle = display(bundle, raw=True, display_id=True)
