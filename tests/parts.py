"""Parts of the machine that some tests need: a missing one skips, or fails where all must run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import NoReturn

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def missing(reason: str) -> NoReturn:
    """Skip the test that needs the missing part; under ``CI=true`` fail it.

    Parameters
    ----------
    reason : str
        What is missing and how to get it.
    """
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (CI=true: a missing part is a failure)", pytrace=False)
    pytest.skip(reason)


def find_chromium(environ: Mapping[str, str]) -> str:
    """Return the path of a Chromium to test with.

    Parameters
    ----------
    environ : mapping
        Environment to search: ``CHROMIUM`` names one outright, else ``PATH`` is searched.
    """
    named = environ.get("CHROMIUM")
    if named:
        return named
    for name in CHROMIUM_NAMES:
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            return found
    missing("the browser tests need Chromium (Debian: apt install chromium, or set CHROMIUM)")
