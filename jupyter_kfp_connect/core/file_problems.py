"""What cannot be used of the files of connections: told to the server's log, and to windows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .errors import KfpConnectError, error
from .shown import shown

_QUOTED = re.compile(r"“[^”]*”")
#: When, which file and how long: another one for whatever was done to a file.
FileMarks = tuple[tuple[int, int, int, int] | None, ...]


@dataclass(frozen=True)
class FileProblem:
    """One thing that cannot be used, and where it stands.

    Attributes
    ----------
    where : str
        A file's path, or ``jupyter_server_config``.
    error : KfpConnectError
        For the log and the terminal of who keeps the file; it may repeat what stands there.
    entry : str or None
        The name of the connection that it is about, ``None`` for a whole file.
    """

    where: str
    error: KfpConnectError
    entry: str | None = None

    @classmethod
    def of_entry(cls, where: str, entry: str, problem: KfpConnectError) -> FileProblem:
        """Return the problem of one connection; the others are not touched by it."""
        text = f"{where}, “{shown(entry, 63)}”: {problem.message}"
        return cls(where, error("file-unreadable", text, remedy=problem.remedy), entry)

    @property
    def told(self) -> KfpConnectError:
        """The error as everybody may see it: nothing that stands in the file."""
        wire = self.to_dict()
        return error(self.error.code, wire["message"], remedy=wire["remedy"])

    def to_dict(self) -> dict[str, str]:
        """Return the problem as the wire contract has it: nothing that stands in the file."""
        if self.entry is None:
            return {
                "where": self.where,
                "message": self.error.message,
                "remedy": self.error.remedy,
            }
        name = f"“{shown(self.entry, 63)}”"
        reason = self.error.message.partition(f"{name}: ")[2]
        return {
            "where": self.where,
            "message": f"{self.where}, {name}: {_QUOTED.sub('what stands there', reason)}",
            "remedy": f"Correct {name} there; until then that connection is left out.",
        }


def marks(paths: list[Path]) -> FileMarks:
    """Return what changes with any of these files; ``None`` stands for one that is not there."""

    def mark(path: Path) -> tuple[int, int, int, int] | None:
        try:
            seen = path.stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_size

    return tuple(map(mark, paths))
