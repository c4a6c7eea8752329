"""Exit statuses."""

from __future__ import annotations

#: Rungs 1 to 3 hold; one does not; wrong usage.
HOLDS, FAILS, WRONG_USAGE = 0, 1, 2
#: Nobody reads the output any more: what a shell says of a program that SIGPIPE ended.
CUT_OFF = 128 + 13
