"""What a terminal shows: colours and symbols where it takes them, plain words everywhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from ..core.codes import to_do
from ..core.errors import KfpConnectError
from ..kernel.display import ladder_text
from ..kernel.standing import Standing
from .status import FAILS, HOLDS

#: Each state's colour (SGR) and symbol.
_LOOKS = {
    "ok": ("32", "✓"),
    "not-needed": ("32", "✓"),
    "failed": ("31", "✗"),
    "checking": ("33", "…"),
    "unknown": ("2", "○"),
}
_BOLD = "1"

#: What stands for a sign that a terminal's encoding does not have.
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "\N{RIGHT SINGLE QUOTATION MARK}": "'", "·": "|", "…": "..."}
)


@dataclass(frozen=True)
class Console:
    """A terminal, or what takes its place.

    Attributes
    ----------
    out, err : file
        Where answers go, and where complaints do.
    color : bool
        Whether `out` shows colours.
    symbols : bool
        Whether `out` shows symbols before the rungs.
    """

    out: TextIO
    err: TextIO
    color: bool = False
    symbols: bool = False

    @classmethod
    def of_process(cls, environ: Mapping[str, str] | None = None) -> Console:
        """Return this process's own.

        Colours need a terminal, and neither ``NO_COLOR`` (https://no-color.org) nor a dumb one.
        """
        environ = os.environ if environ is None else environ
        terminal = sys.stdout.isatty() and environ.get("TERM") != "dumb"
        signs = "".join(symbol for _, symbol in _LOOKS.values())
        return cls(
            sys.stdout,
            sys.stderr,
            color=terminal and not environ.get("NO_COLOR"),
            symbols=terminal and _takes(sys.stdout, signs),
        )

    def say(self, *lines: str) -> None:
        """Print lines, in signs that the terminal has."""
        for line in lines:
            print(_fitting(line, self.out), file=self.out, flush=True)

    def complain(self, *lines: str) -> None:
        """Print lines to where complaints go."""
        for line in lines:
            print(_fitting(line, self.err), file=self.err)

    def problem(self, problem: KfpConnectError) -> None:
        """Print an error: what is wrong, who acts, what to do, what to copy."""
        told = to_do(problem.actor, problem.remedy)
        self.complain(f"{problem.message} [{problem.code}]", told)
        if problem.remedy_copy:
            self.complain("", problem.remedy_copy)

    def ladder(self, standing: Standing) -> int:
        """Print a connection's ladder, and return the exit status that it means."""
        self.say(self.bold(standing.title))
        for rung in (*standing.rungs, *standing.in_notebooks):
            self.say(self._rung(rung))
        return HOLDS if standing.holds else FAILS

    def next_step(self, standing: Standing) -> None:
        """Print how to sign in to a connection of the server, where that is all it takes."""
        command = f"jupyter kfp-connect login {standing.connection}"
        if standing.untouched:
            self.say(f"Not connected: run `{command}`.")
        elif standing.asks:
            self.say(f"To sign in run `{command}`.")

    def bold(self, text: str) -> str:
        """Return `text` in bold, where that can be seen."""
        return self._painted(text, _BOLD)

    def _rung(self, rung: Mapping[str, Any]) -> str:
        _, _, text = ladder_text("", [rung]).partition("\n")
        first, more = _split(text)
        color, symbol = _LOOKS[rung["state"]]
        if self.symbols:
            first = f"  {symbol} {first.lstrip()}"
        label, colon, rest = first.partition(": ")
        state, comma, detail = rest.partition(",")
        return "\n".join([label + colon + self._painted(state, color) + comma + detail, *more])

    def _painted(self, text: str, sgr: str) -> str:
        return f"\x1b[{sgr}m{text}\x1b[0m" if self.color else text


def _split(text: str) -> tuple[str, Sequence[str]]:
    first, *more = text.split("\n")
    return first, more


def _takes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _fitting(text: str, stream: TextIO) -> str:
    if _takes(stream, text):
        return text
    encoding = stream.encoding or "ascii"
    return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
