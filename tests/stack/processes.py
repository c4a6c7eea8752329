"""Starts servers on loopback, waits until they answer, and stops them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psutil  # type: ignore[import-untyped]
import requests

T = TypeVar("T")
WATCHDOG = Path(__file__).with_name("watchdog.py")
DEADLINE = 30.0  # seconds a server may take to answer
PAUSE = 0.05  # seconds between two looks
KILLED = 256 - signal.SIGKILL  # the watchdog's exit status


class ProcessFailed(AssertionError):
    """A server ended by itself, or did not answer in time; the message has its log's tail."""


class Process:
    """A running server and its log.

    Parameters
    ----------
    name : str
        What messages call it.
    command : sequence of str
        Program and arguments.
    log : Path
        File that gets its output; appended to, so that a restart keeps the story.
    environ : mapping
        Its whole environment.
    """

    def __init__(
        self, name: str, command: Sequence[str], log: Path, environ: Mapping[str, str]
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self._watchdog = subprocess.Popen(
                [sys.executable, "-S", "-E", str(WATCHDOG), *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ),
                cwd=log.parent,
            )

    def wait_for(self, look: Callable[[], T | None], deadline: float = DEADLINE) -> T:
        """Return what `look` finds once that is not None.

        Raises
        ------
        ProcessFailed
            When the server ends first, or `deadline` seconds pass.
        """
        end = time.monotonic() + deadline
        while (found := look()) is None:
            if self._watchdog.poll() is not None:
                raise ProcessFailed(f"{self.name} ended by itself:\n{self.tail()}")
            if time.monotonic() > end:
                raise ProcessFailed(f"{self.name} not ready in {deadline} s:\n{self.tail()}")
            time.sleep(PAUSE)
        return found

    def tail(self, lines: int = 30) -> str:
        """Return the end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @contextmanager
    def on_hold(self) -> Iterator[None]:
        """Keep the server from running, as a machine under heavy load does."""
        (server,) = psutil.Process(self._watchdog.pid).children()
        server.suspend()
        try:
            # Each of its threads stops when it is next at work: until then it may answer.
            wait_until(lambda: _stands_still(server), f"{self.name} on hold")
            yield
        finally:
            server.resume()

    def stop(self) -> None:
        """End the server; does nothing when it has ended.

        Raises
        ------
        ProcessFailed
            It would not end by itself, and was killed.
        """
        assert self._watchdog.stdin is not None
        self._watchdog.stdin.close()
        status = self._watchdog.wait()
        if status == KILLED:
            raise ProcessFailed(f"{self.name} did not end when told to:\n{self.tail()}")


class Restartable:
    """A server that can be stopped and started again at the same address.

    Parameters
    ----------
    launch : callable
        Starts the server's process.
    ready : callable
        The look that says when it is up (see `Process.wait_for`).
    """

    def __init__(self, launch: Callable[[], Process], ready: Callable[[], bool | None]) -> None:
        self._launch = launch
        self._ready = ready
        self._process: Process | None = None

    def start(self) -> None:
        """Start the server and wait until it is up."""
        self._process = self._launch()
        self._process.wait_for(self._ready)

    @contextmanager
    def on_hold(self) -> Iterator[None]:
        """Keep the server from running; see `Process.on_hold`."""
        assert self._process is not None
        with self._process.on_hold():
            yield

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self._process is not None:
            self._process.stop()
            self._process = None


def _stands_still(process: psutil.Process) -> bool:
    threads = Path(f"/proc/{process.pid}/task")
    if not threads.is_dir():
        return bool(process.status() == psutil.STATUS_STOPPED)
    try:
        states = {psutil.Process(int(each.name)).status() for each in threads.iterdir()}
    except psutil.NoSuchProcess:  # a thread that just ended
        return False
    return states == {psutil.STATUS_STOPPED}


def answers(url: str, verify: str | bool = True) -> Callable[[], bool | None]:
    """Return a look for `Process.wait_for`: does `url` answer, with any status but 5xx?"""

    def look() -> bool | None:
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(url, timeout=5, allow_redirects=False, verify=verify)
        except requests.RequestException:
            return None
        return True if answer.status_code < 500 else None

    return look


def wait_until(look: Callable[[], bool], what: str, deadline: float = DEADLINE) -> None:
    """Wait until `look` is true; fail saying `what` was waited for after `deadline` seconds."""
    end = time.monotonic() + deadline
    while not look():
        assert time.monotonic() < end, f"waited {deadline} s in vain: {what}"
        time.sleep(PAUSE)
