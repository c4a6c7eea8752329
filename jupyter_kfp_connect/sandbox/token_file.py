"""Keeps a fresh token in a file, laid out as the kubelet lays out a projected volume.

The file is a symbolic link through `..data` to a dated folder, and a rotation swaps `..data` in
one step: a reader sees the old token or the new one, never half of one, and the file's own inode
does not change. That is what a reader of the real volume has to cope with.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from tornado.ioloop import IOLoop

ROTATE_AFTER = 0.8
"""The part of a token's life after which the kubelet replaces it."""


class TokenFile:
    """Writes a token to a file and replaces it before it expires.

    Parameters
    ----------
    path : Path
        Where the token is read. Its folder becomes the volume.
    issue : callable
        Returns a fresh token.
    seconds : float
        Life of a token.
    """

    def __init__(self, path: Path, issue: Callable[[], str], seconds: float) -> None:
        self.path = path
        self._issue = issue
        self._seconds = seconds
        self._timer: object | None = None
        self._folder: Path | None = None

    def start(self) -> None:
        """Write the first token and go on replacing it; needs a running loop."""
        self.rotate()
        delay = self._seconds * ROTATE_AFTER
        self._timer = IOLoop.current().call_later(delay, self.start)

    def stop(self) -> None:
        """Stop replacing the token, and take the volume away."""
        if self._timer is not None:
            IOLoop.current().remove_timeout(self._timer)
            self._timer = None
        for leftover in (self.path, self.path.parent / "..data"):
            leftover.unlink(missing_ok=True)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def rotate(self) -> None:
        """Replace the token in one step.

        Raises
        ------
        OSError
            Where the folder cannot be written, or has a plain file in the token's place.
        """
        volume = self.path.parent
        volume.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="..sandbox_", dir=volume))
        with open(os.open(folder / self.path.name, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(self._issue())
        _point(volume / "..data", folder.name)
        link = f"..data/{self.path.name}"
        if not self.path.is_symlink():
            if self.path.exists():
                raise FileExistsError(f"{self.path} is a file of someone else's")
            self.path.symlink_to(link)
        previous, self._folder = self._folder, folder
        if previous is not None:
            shutil.rmtree(previous, ignore_errors=True)


def _point(link: Path, target: str) -> None:
    fresh = link.with_name("..data_tmp")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
