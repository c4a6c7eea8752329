"""The places where a secret must never turn up, read as text."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
from lab_server import Lab


def spellings(secret: str) -> set[str]:
    """Return how `secret` may be written: as it is, and in an address."""
    return {secret, quote(secret), quote(secret, safe="")}


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield path and content of every file below `folder`.

    A running server makes files and takes them away again meanwhile.
    """
    paths = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    for path in sorted(paths):
        try:
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        except FileNotFoundError:
            continue
        if content is not None:
            yield str(path), content.decode(errors="replace")


def history(lab: Lab) -> str:
    """Return the kernels' whole history database as SQL."""
    (database,) = lab.home.glob(".ipython/profile_*/history.sqlite")
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        return "\n".join(connection.iterdump())


def environments(lab: Lab) -> Iterator[tuple[str, str]]:
    """Yield command line and environment of the server and of its kernels."""
    for process in psutil.process_iter():
        try:
            variables = process.environ()
            command = process.cmdline()
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        if variables.get("HOME") == str(lab.home):
            yield " ".join(command), f"{command}\n{variables}"
