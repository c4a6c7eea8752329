"""What the extension adds to the start of a Jupyter server."""

from __future__ import annotations

from .jupyter import seconds_to_start
from .measuring import alternate
from .surroundings import Surroundings, own_environment
from .table import Row, ratio_row

_ROUNDS = 7


def server_start(around: Surroundings) -> list[Row]:
    """A server with no other extension, which makes this one's part as large as it can be."""
    environ = own_environment(around.environ, around.folder / "starting")
    pair = alternate(
        lambda: seconds_to_start(environ, extension=True),
        lambda: seconds_to_start(environ, extension=False),
        _ROUNDS,
    )
    return [ratio_row("Jupyter server's start, against one without the extension", pair, 1.05)]
