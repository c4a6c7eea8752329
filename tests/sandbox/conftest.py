"""Sandboxes for the tests of the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox import SandboxOptions

from .running import Clock, RunningSandbox

StartSandbox = Callable[..., RunningSandbox]


@pytest.fixture
def start_sandbox() -> Iterator[StartSandbox]:
    """Give a function that starts a sandbox with these options; all of them stop at the end."""
    with ExitStack() as stack:

        def start(**options: Any) -> RunningSandbox:
            return stack.enter_context(RunningSandbox(SandboxOptions(**options)))

        yield start


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()
