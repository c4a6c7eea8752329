"""`make TARGET ARGS=…` ends up here: one function per target."""

import shutil
import subprocess
import sys
from collections.abc import Callable

from . import checks, demo, lock, setup
from .console import Console
from .layout import DEMO, LABEXTENSION, ROOT, STACK, VENV, tool_environment
from .parts import Part, run_parts
from .python_packages import PYTHON

Target = Callable[[Console, list[str]], int]


def help_(_console: Console, _arguments: list[str]) -> int:
    """Tell what there is"""
    for name, target in TARGETS.items():
        print(f"  make {name:8} {target.__doc__}")
    print("\nEach sets up by itself what it needs, in this folder. ARGS=… is passed on.")
    return 0


def setup_(console: Console, _arguments: list[str]) -> int:
    """Set this clone up: Python and front-end packages, build, install"""
    outcomes = run_parts(setup.SETUP, console)
    return 0 if all(outcome.good for outcome in outcomes) else 1


def demo_(console: Console, arguments: list[str]) -> int:
    """Open JupyterLab on a demo notebook, with a sandbox of Kubeflow beside it"""
    return setup_(console, []) or demo.run(console, arguments)


def test(console: Console, arguments: list[str]) -> int:
    """Run everything: linters, types, tests in TypeScript, Python and the browser"""
    return checks.test(console, arguments)


def lint(console: Console, _arguments: list[str]) -> int:
    """Run the linters and type checkers alone"""
    return checks.lint(console)


def format_(console: Console, _arguments: list[str]) -> int:
    """Let the linters put right what they can"""
    return checks.format_(console)


def check(console: Console, _arguments: list[str]) -> int:
    """See whether generated files are up to date"""
    return checks.check(console)


def lock_(console: Console, _arguments: list[str]) -> int:
    """Pin the newest Python packages anew"""
    parts = (setup.PYTHON, Part("Lock files", lock.lock, (setup.PYTHON.name,)))
    return 0 if all(outcome.good for outcome in run_parts(parts, console)) else 1


def bench(console: Console, arguments: list[str]) -> int:
    """Measure what the project is held to"""
    if not (ROOT / "benchmarks").is_dir():
        console.say("bench", "there is no folder `benchmarks`")
        return 1
    command = [str(PYTHON), "-m", "benchmarks", *arguments]
    return setup_(console, []) or subprocess.call(command, cwd=ROOT, env=tool_environment())


def clean(console: Console, arguments: list[str]) -> int:
    """Remove what was built; with ARGS=--all the environments and packages too"""
    programs = [STACK / "bin", STACK / "cluster" / "bin"]
    built = [LABEXTENSION, ROOT / "lib", *programs, DEMO, ROOT / "dist", ROOT / "coverage"]
    packages = [VENV, ROOT / "node_modules"] if "--all" in arguments else []
    for folder in filter(lambda folder: folder.exists(), built + packages):
        console.say("clean", f"removing {folder.relative_to(ROOT)}")
        shutil.rmtree(folder)
    return 0


TARGETS: dict[str, Target] = {
    "demo": demo_,
    "test": test,
    "setup": setup_,
    "lint": lint,
    "format": format_,
    "check": check,
    "lock": lock_,
    "bench": bench,
    "clean": clean,
    "help": help_,
}


def main(words: list[str]) -> int:
    """Run the target that the first word names, and return the exit status."""
    name, *arguments = words or ["help"]
    if name not in TARGETS:
        print(f"There is no {name!r}. `make help` tells what there is.", file=sys.stderr)
        return 2
    try:
        return TARGETS[name](Console(), arguments)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
