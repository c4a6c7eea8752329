"""Remember what a step was last done for, so that it is done again only when that changes.

The contents of files count, not their times: a checkout touches every file it writes.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


def digest(paths: Iterable[Path], *words: str) -> str:
    """Return a digest of some words and of the names and contents of files.

    Parameters
    ----------
    paths
        Files, and folders that stand for every file below them. Missing ones count as such.
    words
        Whatever else the step depends on, such as a version.
    """
    total = hashlib.sha256()
    for word in words:
        total.update(f"{word}\0".encode())
    for path in paths:
        for file in _files(path):
            total.update(f"{file.relative_to(path)}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
        total.update(b"\0")
    return total.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    return [path] if path.exists() else []


@dataclass(frozen=True)
class Stamp:
    """The mark that a step was done.

    Parameters
    ----------
    file
        Where the mark is kept.
    inputs
        A digest of what the step depends on.
    outputs
        What the step makes; without one of them it was not done, whatever the mark says.
    """

    file: Path
    inputs: str
    outputs: tuple[Path, ...] = ()

    def holds(self) -> bool:
        """Tell whether the step was done for just these inputs."""
        return (
            all(path.exists() for path in self.outputs)
            and self.file.is_file()
            and self.file.read_text() == self.inputs
        )

    def set(self) -> None:
        """Say that the step is done."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.inputs)
