"""Do the parts of a piece of work side by side, each after those that it needs."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import Enum

from .console import Console
from .shell import CommandFailed, Shell, Skipped


@dataclass(frozen=True)
class Part:
    """Something to do.

    Parameters
    ----------
    name
        What it is called on the console.
    work
        Does it, with the shell that it is given, and may return a word about the result.
        Raises `CommandFailed` where it cannot, `Skipped` where this machine lacks something.
    needs
        Names of parts that have to be done first. A skipped one counts as done.
    """

    name: str
    work: Callable[[Shell], str | None]
    needs: tuple[str, ...] = ()


class State(Enum):
    """How a part ended."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "FAILED"
    NOT_RUN = "NOT RUN"


@dataclass(frozen=True)
class Outcome:
    """How a part ended, after how many seconds, with a word on the result or the reason."""

    name: str
    state: State
    seconds: float = 0.0
    note: str = ""

    @property
    def good(self) -> bool:
        """Whether the whole may still be called a success."""
        return self.state in {State.DONE, State.SKIPPED}


def run_parts(parts: Sequence[Part], console: Console, *, workers: int = 2) -> list[Outcome]:
    """Run every part whose needs hold, a few at a time, and return how each ended.

    A part that fails stops only those that need it; what it printed is shown at once.
    """
    waiting = list(parts)
    outcomes: dict[str, Outcome] = {}
    running: set[Future[Outcome]] = set()
    with ThreadPoolExecutor(workers) as pool:
        while waiting or running:
            for part in [part for part in waiting if outcomes.keys() >= set(part.needs)]:
                waiting.remove(part)
                missed = [name for name in part.needs if not outcomes[name].good]
                if missed:
                    note = f"needs {', '.join(missed)}"
                    outcomes[part.name] = Outcome(part.name, State.NOT_RUN, note=note)
                    console.say(part.name, f"{State.NOT_RUN.value}, {note}")
                else:
                    running.add(pool.submit(_run_part, part, console))
            if running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                outcomes.update((outcome.name, outcome) for outcome in (f.result() for f in done))
            elif waiting and not any(outcomes.keys() >= set(part.needs) for part in waiting):
                raise ValueError(f"nobody does what {waiting[0].name} needs")
    return [outcomes[part.name] for part in parts]


def _run_part(part: Part, console: Console) -> Outcome:
    shell = Shell(console, part.name)
    started = time.monotonic()
    try:
        note, state = part.work(shell) or "", State.DONE
    except Skipped as reason:
        note, state = str(reason), State.SKIPPED
    except CommandFailed as reason:
        note, state = str(reason), State.FAILED
    seconds = time.monotonic() - started
    told = f"{state.value}{f', {note}' if note else ''} ({seconds:.1f} s)"
    if state is State.FAILED:
        told += f"\n{shell.transcript()}\n"
    console.say(part.name, told)
    return Outcome(part.name, state, seconds, note)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as lines of text: state, seconds, name, note."""
    return "\n".join(
        f"  {outcome.state.value:8}{outcome.seconds:7.1f} s  {outcome.name}"
        + (f": {outcome.note}" if outcome.note else "")
        for outcome in outcomes
    )
