"""All that a run wrote or answered, and the secrets that must not be in it."""

from __future__ import annotations

import base64
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]


def disguises(secret: str) -> set[bytes]:
    """Return the forms in which a secret may be written: as it is, UTF-16, hexadecimal, base64.

    Escapes of URLs, JSON and shells leave letters and digits alone: those of the secret that
    stand together are looked for. In base64 it depends on what stands before.
    """
    core = max(_words(secret), key=len)
    assert len(core) > 12, "too short to be told from chance"
    raw = core.encode()
    shifted = {base64.b64encode(bytes(shift) + raw)[4:-4] for shift in range(3)}
    return {raw, raw[::-1], core.encode("utf-16-le"), raw.hex().encode(), *shifted}


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).split()


class Evidence:
    """Keeps what was answered and shown, and knows where the rest was written.

    Parameters
    ----------
    folder : Path
        Everything below it is searched.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._said: list[tuple[str, bytes]] = []
        self._secrets: dict[str, str] = {}
        self._processes: set[int] = set()
        # Where a secret may be: the broker's own is in the file that describes the broker.
        self._homes: dict[str, Path] = {}
        self._told: set[str] = set()

    def secret(self, name: str, value: str, *, home: Path | None = None) -> str:
        """Look for `value` from now on, everywhere but in the file `home`; return it."""
        self._secrets[name] = value
        if home is not None:
            self._homes[name] = home
        return value

    def add(self, where: str, said: Any) -> None:
        """Keep something that was said."""
        if isinstance(said, (str, bytes)):
            data = said.encode() if isinstance(said, str) else said
        else:
            data = json.dumps(said, default=str).encode()
        self._said.append((where, data))

    def watch(self, pid: int) -> None:
        """Search the command line and the environment of a process and its children, too."""
        self._processes.add(pid)

    def holds(self, where: str, marker: str) -> bool:
        """Return whether a harmless text came to a place, to show that looking there works."""
        return any(marker.encode() in data for place, data in self._places() if where in place)

    def leaks(self) -> list[str]:
        """Return which secret is where; each once, so that only its own test fails."""
        wanted = {name: disguises(value) for name, value in self._secrets.items()}
        found = []
        for where, data in self._places():
            for name, forms in wanted.items():
                at_home = where == str(self._homes.get(name))
                if not at_home and any(form in data for form in forms):
                    leak = f"{name} in {where}{_around(data, forms)}"
                    if leak not in self._told:
                        found.append(leak)
        self._told.update(found)
        return found

    def _places(self) -> list[tuple[str, bytes]]:
        return [*self._said, *self._written(), *self._of_processes()]

    def _written(self) -> list[tuple[str, bytes]]:
        found = []
        # A folder may be gone by the time that it is looked into; os.walk() goes on then.
        files = (Path(place, name) for place, _, names in os.walk(self._folder) for name in names)
        for path in sorted(files):
            with suppress(FileNotFoundError):  # it has just been removed
                if path.is_file():
                    found.append((str(path), path.read_bytes()))
        return found

    def _of_processes(self) -> list[tuple[str, bytes]]:
        found = []
        for pid in self._processes:
            with suppress(psutil.NoSuchProcess):  # it ended before
                first = psutil.Process(pid)
                for process in (first, *first.children(recursive=True)):
                    with suppress(psutil.Error):  # it has just ended
                        seen = json.dumps([process.cmdline(), process.environ()])
                        found.append((f"process {process.name()}", seen.encode()))
        return found


def _around(data: bytes, forms: set[bytes]) -> str:
    start = next(data.find(form) for form in forms if form in data)
    return f": …{data[max(0, start - 200) : start].decode(errors='replace')}▮"
