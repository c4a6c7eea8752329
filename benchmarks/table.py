"""One line per figure, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .measuring import Pair, Spread

HEADINGS = ("what", "ours", "other", "ratio (quartiles)", "held to", "within")


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes
    ----------
    what : str
        What was measured, against what.
    ours, other : str
        Both sides, with their units.
    ratio : str
        The first over the second, with its quartiles.
    held_to : str
        What it is held to.
    within : bool or None
        Whether it is; ``None`` where nothing is promised.
    """

    what: str
    ours: str
    other: str = ""
    ratio: str = ""
    held_to: str = ""
    within: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """What the table shows."""
        within = {True: "yes", False: "NO", None: ""}[self.within]
        return (self.what, self.ours, self.other, self.ratio, self.held_to, within)


def ratio_row(what: str, pair: Pair, limit: float | None) -> Row:
    """Return the row of a pair of times, whose ratio is held to `limit`."""
    return Row(
        what,
        seconds(pair.ours.median),
        seconds(pair.other.median),
        spread(pair.ratio),
        "" if limit is None else f"{limit:g}",
        None if limit is None else pair.ratio.median <= limit,
    )


def count_row(what: str, count: int, limit: int) -> Row:
    """Return the row of something counted, at most `limit`."""
    return Row(what, str(count), held_to=str(limit), within=count <= limit)


def not_measured(what: str, why: str) -> Row:
    """Return the row of what could not be measured here."""
    return Row(what, f"not measured: {why}")


def seconds(value: float) -> str:
    """Return a time in a unit that fits."""
    if value < 0.001:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.2f} s"


def spread(ratio: Spread) -> str:
    """Return ``median (low to high)``."""
    return f"{ratio.median:.3g} ({ratio.low:.3g} to {ratio.high:.3g})"


def render(rows: Sequence[Row]) -> str:
    """Return the table."""
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    text = [_line(line, widths) for line in lines]
    return "\n".join([text[0], "  ".join("-" * width for width in widths), *text[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
