"""A part that is missing never goes unnoticed where everything has to run."""

from __future__ import annotations

import pytest

from tests.parts import find_chromium, missing


def test_a_missing_part_skips_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Go is not installed"):
        missing("Go is not installed")


def test_a_missing_part_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Go is not installed"):
        missing("Go is not installed")


def test_chromium_can_be_named() -> None:
    assert find_chromium({"CHROMIUM": "/opt/chromium"}) == "/opt/chromium"
