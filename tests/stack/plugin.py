"""Pytest fixtures that give a test the real front door of a Kubeflow platform.

``stack`` is the usual one, shared by the whole run. ``stack_with(cookie_expire="15s", ...)`` gives
one of another kind (see `StackOptions`), also shared; nothing starts before a test asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.stack.stack import Stack, StackOptions
from tests.stack.start import running_stack
from tests.stack.tools import Tools, built_tools

StackFactory = Callable[..., Stack]

OUTER_ENVIRON = pytest.StashKey[Mapping[str, str]]()
LOG_FOLDERS = pytest.StashKey[list[Path]]()
LOG_TAIL = 10  # lines per log


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; keep the environment as it was before any test isolated itself."""
    config.addinivalue_line("markers", "stack: runs on the real Dex, oauth2-proxy and gateway")
    config.stash[OUTER_ENVIRON] = dict(os.environ)
    config.stash[LOG_FOLDERS] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a stack, so that ``-m "not stack"`` leaves exactly that out."""
    for item in items:
        if {"stack", "stack_with"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.stack)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the ends of the parts' logs to the report of a failure that used them."""
    report = yield
    if report.failed and item.get_closest_marker("stack"):
        for folder in item.config.stash[LOG_FOLDERS]:
            for log in sorted(folder.glob("*.log")):
                tail = log.read_text(errors="replace").splitlines()[-LOG_TAIL:]
                report.sections.append((f"{folder.name}/{log.name}", "\n".join(tail)))
    return report


def teller(config: pytest.Config, who: str) -> Callable[[str], None]:
    """Return a function that prints a sentence of `who` amid the run, where there is a terminal.

    Parameters
    ----------
    config : pytest.Config
        The run's; in a worker of pytest-xdist it has no terminal.
    who : str
        What stands before each sentence.
    """
    capture = config.pluginmanager.getplugin("capturemanager")
    reporter = config.pluginmanager.getplugin("terminalreporter")

    def say(sentence: str) -> None:
        if reporter is not None:
            with capture.global_and_fixture_disabled():
                reporter.write_line(f"{who}: {sentence}")

    return say


@pytest.fixture(scope="session")
def outer_environ(pytestconfig: pytest.Config) -> Mapping[str, str]:
    """Return the environment that pytest was started with."""
    return pytestconfig.stash[OUTER_ENVIRON]


@pytest.fixture(scope="session")
def stack_tools(pytestconfig: pytest.Config, outer_environ: Mapping[str, str]) -> Tools:
    """Return the built programs; builds them, saying so, where needed."""
    return built_tools(outer_environ, teller(pytestconfig, "tests/stack"))


@pytest.fixture(scope="session")
def stack_with(
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
    stack_tools: Tools,
    outer_environ: Mapping[str, str],
) -> Iterator[StackFactory]:
    """Return a function from `StackOptions`' fields to a running stack."""
    running: dict[StackOptions, Stack] = {}
    environ = {name: outer_environ[name] for name in ("PATH", "LANG") if name in outer_environ}
    with ExitStack() as to_stop:

        def make(**options: bool | str) -> Stack:
            wanted = StackOptions(**options)  # type: ignore[arg-type]
            if wanted not in running:
                folder = tmp_path_factory.mktemp("stack")
                pytestconfig.stash[LOG_FOLDERS].append(folder)
                home = {**environ, "HOME": str(folder)}
                context = running_stack(stack_tools, folder, wanted, home)
                running[wanted] = to_stop.enter_context(context)
            return running[wanted]

        yield make


@pytest.fixture(scope="session")
def stack(stack_with: StackFactory) -> Stack:
    """Return a stack as Kubeflow ships it: one connector, no approval screen, sessions of a day."""
    return stack_with()
