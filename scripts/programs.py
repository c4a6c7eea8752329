"""Programs that run beside this one until it is done with them."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0  # seconds for a program to come up
GRACE = 10.0  # seconds for a program to end by itself


class ProgramFailed(Exception):
    """A program did not come up, or ended by itself."""


@dataclass(frozen=True)
class Program:
    """A running program and the file that has what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once the program is ready.

        Raises
        ------
        ProgramFailed
            When it ends instead, or is not ready within a minute.
        """
        deadline = time.monotonic() + PATIENCE
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ProgramFailed(f"{self.name} is not up after {PATIENCE:.0f} s{self._tail()}")
            time.sleep(0.1)

    def check(self) -> None:
        """Raise `ProgramFailed` if the program has ended."""
        status = self.process.poll()
        if status is not None:
            raise ProgramFailed(f"{self.name} ended by itself with {status}{self._tail()}")

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-10:]
        return "\n".join([f"; the end of {self.log}:", *lines])


@contextmanager
def running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[Program]:
    """Run a program out of Ctrl-C's reach, its output in a log named after it; end it at the end.

    Parameters
    ----------
    command
        The program and its arguments.
    environment
        All of its environment.
    log
        The file for what it prints; its stem is what the program is called.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Program(log.stem, process, log)
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
