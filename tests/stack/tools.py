"""Builds the programs of a Go module for the tests, once: those of the front door, and others."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.parts import missing


@dataclass(frozen=True)
class GoModule:
    """A Go module whose `tool` directives are programs for tests.

    Parameters
    ----------
    folder : Path
        Where its `go.mod` is; what is built goes to `bin` in there.
    names : tuple of str
        The programs' names, as Go gives them.
    title : str
        What messages call them.
    minutes : int
        How long the first build takes on two cores, about.
    """

    folder: Path
    names: tuple[str, ...]
    title: str
    minutes: int

    @property
    def bin(self) -> Path:
        """Return the folder of the built programs."""
        return self.folder / "bin"


@dataclass(frozen=True)
class Tools:
    """Paths of the built programs."""

    dex: Path
    oauth2_proxy: Path
    caddy: Path


SIGN_IN = GoModule(
    Path(__file__).parent, ("dex", "oauth2-proxy", "caddy"), "Dex, oauth2-proxy and Caddy", 3
)


def built_tools(environ: Mapping[str, str], say: Callable[[str], None]) -> Tools:
    """Return what the front door is made of; see `built`."""
    return Tools(*built(SIGN_IN, environ, say))


def built(
    module: GoModule, environ: Mapping[str, str], say: Callable[[str], None]
) -> tuple[Path, ...]:
    """Return a module's programs, building them first where that is needed.

    Parameters
    ----------
    module : GoModule
        The module.
    environ : mapping
        Environment for Go; the caller's own, so that Go finds its caches and its proxy.
    say : callable
        Told in a sentence what goes on, since the first build takes minutes.

    Returns
    -------
    tuple of Path
        In the order of the module's names.

    Notes
    -----
    Test runs beside each other wait for one build instead of each doing their own. A missing Go
    skips the test, or fails it under ``CI=true``.
    """
    module.bin.mkdir(exist_ok=True)
    programs = tuple(module.bin / name for name in module.names)
    with _only_one_at_a_time(module.bin / ".lock"):
        stamp = module.bin / ".built-from"
        wanted = _fingerprint(module)
        complete = all(program.is_file() for program in programs)
        if not complete or not stamp.is_file() or stamp.read_text() != wanted:
            _build(module, environ, say)
            stamp.write_text(wanted)
    return programs


def _build(module: GoModule, environ: Mapping[str, str], say: Callable[[str], None]) -> None:
    go = shutil.which("go", path=environ.get("PATH"))
    if go is None:
        missing(f"these tests build {module.title} with Go, which is not installed")
    say(f"building {module.title} with Go (about {module.minutes} minutes the first time) ...")
    done = subprocess.run(
        [go, "build", "-o", "bin/", "tool"],
        cwd=module.folder,
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"Go could not build {module.title}:\n{done.stdout[-2000:]}", pytrace=False)
    say("built.")


def _fingerprint(module: GoModule) -> str:
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((module.folder / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def _only_one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
