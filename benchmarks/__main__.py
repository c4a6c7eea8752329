"""``python -m benchmarks [NAME …]``: measure all, or those named, and print the table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from .bundle import bundle
from .calls import one_more_list
from .crowd import crowd
from .idle import idle
from .imports import arming_memory, import_time
from .looking_around import nothing_answers
from .server_start import server_start
from .sign_in import first_sign_in, second_kernel
from .surroundings import NotHere, Surroundings, say
from .table import Row, not_measured, render

MEASURES: dict[str, Callable[[Surroundings], list[Row]]] = {
    "sign-in": first_sign_in,
    "second-kernel": second_kernel,
    "calls": one_more_list,
    "imports": import_time,
    "server-start": server_start,
    "idle": idle,
    "crowd": crowd,
    "bundle": bundle,
    "memory": arming_memory,
    "nothing-answers": nothing_answers,
}


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, and return 0 whatever it shows."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    names = parser.parse_args(arguments).names or list(MEASURES)
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}")
    # kfp itself warns at every client of a change in a later version.
    warnings.filterwarnings("ignore", category=FutureWarning, module="kfp")
    with tempfile.TemporaryDirectory(prefix="kfp-connect-bench-") as folder, ExitStack() as running:
        around = Surroundings(Path(folder), running)
        os.environ.clear()
        os.environ.update(around.environ)
        rows = [row for name in names for row in _measure(name, around)]
    print(f"\n{render(rows)}\n")
    return 0


def _measure(name: str, around: Surroundings) -> list[Row]:
    say(f"measuring {name} …")
    started = time.monotonic()
    try:
        return MEASURES[name](around)
    except NotHere as missing:
        return [not_measured(name, str(missing))]
    finally:
        say(f"   {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
