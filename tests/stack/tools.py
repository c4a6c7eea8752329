"""Builds Dex, oauth2-proxy and Caddy from the Go module beside this file, once."""

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

MODULE = Path(__file__).parent
BIN = MODULE / "bin"
NAMES = ("dex", "oauth2-proxy", "caddy")


@dataclass(frozen=True)
class Tools:
    """Paths of the built programs."""

    dex: Path
    oauth2_proxy: Path
    caddy: Path


def built_tools(environ: Mapping[str, str], say: Callable[[str], None]) -> Tools:
    """Return the programs, building them first where that is needed.

    Parameters
    ----------
    environ : mapping
        Environment for Go; the caller's own, so that Go finds its caches and its proxy.
    say : callable
        Told in a sentence what goes on, since the first build takes minutes.

    Returns
    -------
    Tools

    Notes
    -----
    Test runs beside each other wait for one build instead of each doing their own. A missing Go
    skips the test, or fails it under ``CI=true``.
    """
    BIN.mkdir(exist_ok=True)
    with _only_one_at_a_time(BIN / ".lock"):
        stamp = BIN / ".built-from"
        wanted = _fingerprint()
        complete = all((BIN / name).is_file() for name in NAMES)
        if not complete or not stamp.is_file() or stamp.read_text() != wanted:
            _build(environ, say)
            stamp.write_text(wanted)
    return Tools(*(BIN / name for name in NAMES))


def _build(environ: Mapping[str, str], say: Callable[[str], None]) -> None:
    go = shutil.which("go", path=environ.get("PATH"))
    if go is None:
        missing("the stack tests build Dex, oauth2-proxy and Caddy with Go, which is not installed")
    say(f"building {', '.join(NAMES)} with Go (about three minutes the first time) ...")
    done = subprocess.run(
        [go, "build", "-o", "bin/", "tool"],
        cwd=MODULE,
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(
            f"Go could not build the stack's programs:\n{done.stdout[-2000:]}", pytrace=False
        )
    say("built.")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((MODULE / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def _only_one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
