"""`make test` tells truly which part failed, and a failure stops only what needs it."""

from __future__ import annotations

import threading

import pytest

from scripts.console import Console
from scripts.parts import Outcome, Part, State, run_parts, table
from scripts.shell import CommandFailed, Shell, Skipped


def fine(_shell: Shell) -> str:
    return "well"


def failing(shell: Shell) -> str:
    shell.run("sh", "-c", "echo the reason; exit 3")
    return "never"


def skipped(_shell: Shell) -> str:
    raise Skipped("there is no Go")


def states(outcomes: list[Outcome]) -> list[State]:
    return [outcome.state for outcome in outcomes]


def test_a_failure_stops_what_needs_it_and_nothing_else() -> None:
    parts = (
        Part("build", failing),
        Part("install", fine, ("build",)),
        Part("test", fine, ("install",)),
        Part("lint", fine),
    )
    outcomes = run_parts(parts, Console())
    assert states(outcomes) == [State.FAILED, State.NOT_RUN, State.NOT_RUN, State.DONE]
    assert [outcome.good for outcome in outcomes] == [False, False, False, True]


def test_what_a_failing_program_printed_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    run_parts((Part("build", failing),), Console())
    printed = capsys.readouterr().out
    assert "the reason" in printed
    assert "ended with 3" in printed


def test_what_is_missing_on_this_machine_stops_nothing() -> None:
    outcomes = run_parts((Part("Go", skipped), Part("tests", fine, ("Go",))), Console())
    assert states(outcomes) == [State.SKIPPED, State.DONE]
    assert "there is no Go" in table(outcomes)


def test_parts_that_do_not_need_each_other_run_side_by_side() -> None:
    meeting = threading.Barrier(2, timeout=60)

    def meets(_shell: Shell) -> None:
        meeting.wait()

    outcomes = run_parts((Part("one", meets), Part("other", meets)), Console())
    assert states(outcomes) == [State.DONE, State.DONE]


def test_a_need_that_nobody_meets_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="nobody does what lint needs"):
        run_parts((Part("lint", fine, ("packages",)),), Console())


def test_a_missing_program_is_named() -> None:
    with pytest.raises(CommandFailed, match="there is no program no-such-program"):
        Shell(Console(), "part").run("no-such-program")
