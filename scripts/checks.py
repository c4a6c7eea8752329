"""Linters, types and tests of the whole project."""

import subprocess

from . import real_parts, setup
from .console import Console
from .layout import ROOT, VENV_BIN, tool_environment
from .parts import Outcome, Part, State, run_parts, table
from .python_packages import PYTHON
from .shell import Shell

JLPM = VENV_BIN / "jlpm"
MYPY = VENV_BIN / "mypy"
RUFF = VENV_BIN / "ruff"
PYTEST = (PYTHON, "-m", "pytest", "-rs", "--durations=10")
#: A whole run takes two processes: a test in the browser waits for one core most of its time. Each
#: takes file after file, those in the browser last: Playwright leaves a loop in its process.
SIDE_BY_SIDE = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder")
WHOLE = ("tests", "ui-tests")


def _ruff(shell: Shell) -> None:
    shell.run(RUFF, "check", ".")
    shell.run(RUFF, "format", "--check", ".")


def _format(shell: Shell) -> None:
    shell.run(RUFF, "check", "--fix-only", ".")
    shell.run(RUFF, "format", ".")
    shell.run(JLPM, "lint")


def _mypy(shell: Shell) -> None:
    shell.run(MYPY)
    browser_tests = ("--config-file", ROOT / "pyproject.toml", "--explicit-package-bases", ".")
    shell.run(MYPY, *browser_tests, cwd=ROOT / "ui-tests", MYPYPATH=str(ROOT))


def _front_end_lint(shell: Shell) -> None:
    for script in ("eslint:check", "prettier:check", "stylelint:check"):
        shell.run(JLPM, script)


def _typescript(shell: Shell) -> None:
    shell.run(JLPM, "tsc", "--project", "tsconfig.test.json")


def _contract(shell: Shell) -> None:
    shell.run(JLPM, "check")


def _jest(shell: Shell) -> str:
    printed = shell.run(JLPM, "test")
    lines = (line.strip() for line in printed.splitlines())
    return next((line for line in lines if line.startswith("Tests:")), "")


CONTRACT = Part("Generated types", _contract, (setup.FRONT_END_PACKAGES.name,))
LINT = (
    Part("ruff", _ruff, (setup.PYTHON.name,)),
    Part("eslint, prettier, stylelint", _front_end_lint, (setup.FRONT_END_PACKAGES.name,)),
    Part("TypeScript", _typescript, (setup.FRONT_END_PACKAGES.name,)),
    CONTRACT,
    Part("mypy", _mypy, (setup.PROJECT.name,)),
)
FORMAT = Part("Formatters", _format, (setup.FRONT_END_PACKAGES.name,))
JEST = Part("jest", _jest, (setup.FRONT_END_PACKAGES.name,))
BROWSER = Part("Chromium", real_parts.find_browser)
# After the browser: apt-get is one at a time.
DIRECTORY = Part("OpenLDAP", real_parts.find_directory, (BROWSER.name,))
STACK = Part("Real sign-in parts", real_parts.build_stack, (setup.PYTHON.name,))
# One Go build keeps every core busy; two at once only take more memory.
CLUSTER = Part("Real Kubernetes API server", real_parts.build_cluster, (STACK.name,))


def lint(console: Console) -> int:
    """Run every linter and type checker; return the exit status."""
    return _close(run_parts((*setup.SETUP, *LINT), console))


def check(console: Console) -> int:
    """Compare generated files with what they are generated from; return the exit status."""
    return _close(run_parts((*setup.SETUP, CONTRACT), console))


def format_(console: Console) -> int:
    """Let every linter put right what it can; return the exit status."""
    return _close(run_parts((*setup.SETUP, FORMAT), console))


def test(console: Console, arguments: list[str]) -> int:
    """Run everything: linters and types, TypeScript's tests, then Python's and the browser's.

    Parameters
    ----------
    console
        Where to tell what is being done.
    arguments
        Passed on to pytest; paths among them replace the whole, and run in one process.

    Returns
    -------
    The exit status: 0 where every part and every test is good. pytest comes last, so that its
    closing line is the last one printed.
    """
    python, *others = setup.SETUP
    parts = (python, BROWSER, DIRECTORY, STACK, CLUSTER, *others, *LINT, JEST)
    outcomes = run_parts(parts, console)
    status = _close(outcomes)
    if any(outcome.name == setup.PROJECT.name and not outcome.good for outcome in outcomes):
        console.say("pytest", f"{State.NOT_RUN.value}, the project is not installed")
        return 1
    chosen = any(not word.startswith("-") for word in arguments)
    words = arguments if chosen else [*SIDE_BY_SIDE, *arguments, *WHOLE]
    console.say("pytest", "running the tests in Python, on the real parts and in the browser")
    done = subprocess.run([*PYTEST, *words], cwd=ROOT, env=tool_environment(), check=False)
    return status or done.returncode


def _close(outcomes: list[Outcome]) -> int:
    print(f"\n{table(outcomes)}")
    bad = [outcome.name for outcome in outcomes if not outcome.good]
    print(f"\nNot good: {'; '.join(bad)}\n" if bad else "\nAll of these are good.\n", flush=True)
    return 1 if bad else 0
