"""Text that a host answered, as it may be shown to a person."""

from __future__ import annotations


def shown(text: str, limit: int = 200) -> str:
    """Return `text` on one line, cut, and without signs that steer a terminal or turn text around.

    Whatever a host says of itself ends in logs, terminals and pages, and is looked at by regular
    expressions, whose time grows faster than the text.

    Parameters
    ----------
    text : str
        As it was answered.
    limit : int, optional
        Characters to keep.
    """
    return " ".join(printable(text[: 4 * limit]).split())[:limit]


def printable(text: str, keep: str = "") -> str:
    """Return `text` with a space for each sign that steers a terminal or turns text around.

    Parameters
    ----------
    text : str
        Any.
    keep : str, optional
        Signs that stay, such as a line break.
    """
    return "".join(char if char.isprintable() or char in keep else " " for char in text)
