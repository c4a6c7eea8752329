"""``kfp_connect.json``: where a user's connections are kept, and an administrator's are read.

The file holds no secret. It is read whole, changed and written whole: atomically, mode 0600, under
a lock that other processes of ours respect.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import error

try:
    import fcntl
except ImportError:  # Windows: the replacement of the file is atomic there too, only not locked.
    fcntl = None  # type: ignore[assignment]

NAME = "kfp_connect.json"
VERSION = 1
#: Seconds to wait for another writer, and between two looks.
_LOCKED_FOR, _PAUSE = 2.0, 0.005


@dataclass(frozen=True)
class Stored:
    """What a file holds.

    Attributes
    ----------
    connections : mapping of str to mapping
        Fields by the connection's name; an entry that is no object is kept as it is.
    default : str or None
        The default connection's name.
    beside : mapping of str to mapping
        ``namespace`` and ``username`` that the user set on an administrator's connection, by id.
    """

    connections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default: str | None = None
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read(path: Path) -> Stored:
    """Return what `path` holds; nothing where it is not there.

    Raises
    ------
    RequestError
        Code ``file-unreadable``: it is broken, of a newer version, or cannot be read.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Stored()
    except OSError as problem:
        raise error("file-unreadable", f"{path} cannot be read: {problem.strerror}") from None
    except (ValueError, RecursionError) as problem:
        raise error("file-unreadable", f"{path} is no JSON: {problem}") from None
    if not isinstance(data, dict) or not isinstance(data.get("connections", {}), dict):
        raise error("file-unreadable", f"{path} does not hold “connections” by name")
    version = data.get("version", VERSION)
    if not isinstance(version, int) or version > VERSION:
        raise error(
            "file-unreadable",
            f"{path} was written by a newer version (this one knows format {VERSION})",
            remedy="Update jupyter-kfp-connect, or move the file away.",
        )
    beside = data.get("beside", {})
    default = data.get("default")
    return Stored(
        data.get("connections", {}),
        default if isinstance(default, str) else None,
        beside if isinstance(beside, dict) else {},
    )


def change(path: Path, edit: Callable[[Stored], Stored]) -> Stored:
    """Read `path`, let `edit` change it, and write it back; others' changes are kept.

    Returns
    -------
    Stored
        What was written.

    Raises
    ------
    RequestError
        Code ``file-unreadable`` (nothing was written then), or ``file-unwritable``.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path.with_suffix(".lock")):
            stored = edit(read(path))
            _write(path, stored)
            return stored
    except OSError as problem:
        raise error("file-unwritable", f"{path} cannot be written: {problem.strerror}") from None


def _write(path: Path, stored: Stored) -> None:
    data = {
        "version": VERSION,
        "default": stored.default,
        "connections": dict(stored.connections),
        "beside": dict(stored.beside),
    }
    path = path.resolve()  # a link that somebody made goes on to lead there
    if path.exists() and not path.stat().st_mode & 0o200:
        raise OSError(0, "it is read-only")
    handle, temporary = tempfile.mkstemp(prefix=f".{NAME}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        deadline = time.monotonic() + _LOCKED_FOR
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:  # a writer takes milliseconds
                if time.monotonic() > deadline:
                    raise OSError(0, f"another program holds {path}") from None
                time.sleep(_PAUSE)
        yield
