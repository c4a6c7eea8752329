"""Run programs, keeping what they print for the day that one fails."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .console import Console
from .layout import ROOT, tool_environment

LONGEST_TRANSCRIPT = 200  # lines


class CommandFailed(Exception):
    """A program ended with something other than 0."""


class Skipped(Exception):
    """A part cannot be done on this machine; the text says why and what would help."""


@dataclass
class Shell:
    """Runs programs in the clone's environment, one after another.

    Parameters
    ----------
    console
        Where to tell what is being done.
    part
        The part of the work that the programs belong to.
    """

    console: Console
    part: str
    _printed: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell what is being done."""
        self.console.say(self.part, text)

    def run(self, *command: str | Path, cwd: Path = ROOT, **variables: str) -> str:
        """Run a program to its end and return what it printed.

        Parameters
        ----------
        command
            The program and its arguments.
        cwd
            The folder to run it in.
        variables
            Environment variables on top of the clone's own.

        Raises
        ------
        CommandFailed
            When it is missing, or ends with another status than 0.
        """
        words = [str(word) for word in command]
        self._printed.append(f"$ {' '.join(words)}\n")
        try:
            done = subprocess.run(
                words,
                cwd=cwd,
                env=tool_environment() | variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except FileNotFoundError as error:
            raise CommandFailed(f"there is no program {words[0]}") from error
        self._printed.append(done.stdout)
        if done.returncode:
            raise CommandFailed(f"{Path(words[0]).name} ended with {done.returncode}")
        return done.stdout

    def transcript(self) -> str:
        """Return what was run and printed, without the beginning where it is very long."""
        lines = "".join(self._printed).splitlines()
        left_out = len(lines) - LONGEST_TRANSCRIPT
        if left_out > 0:
            lines = [f"(… {left_out} lines before)", *lines[left_out:]]
        return "\n".join(lines)
