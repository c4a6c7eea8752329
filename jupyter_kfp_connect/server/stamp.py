"""The stamp file beside the socket: kernels look at it before each call, and ask if it changed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class Stamp:
    """A small file that is replaced at every renewal, disconnect and edit.

    Parameters
    ----------
    path : Path
        Where it lies, in a folder of our own.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0
        self.change()

    def change(self) -> None:
        """Make kernels ask again: a new inode, so that equal times cannot hide it.

        Where the folder has gone, they ask anyway.
        """
        self._count += 1
        fresh = self.path.with_suffix(".new")
        with suppress(FileNotFoundError):
            fresh.unlink(missing_ok=True)
            # Never through a link that somebody else laid there.
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(f"{self._count}\n")
            os.replace(fresh, self.path)
