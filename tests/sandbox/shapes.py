"""Compares answers with recordings: keys and JSON types, not the values that differ each time."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parents[1] / "recordings"


@cache
def _text(name: str) -> str:
    return (RECORDINGS / f"{name}.json").read_text(encoding="utf-8")


def recording(name: str) -> Any:
    """Return a recording by name."""
    return json.loads(_text(name))


def names() -> list[str]:
    """Return the names of all recordings."""
    return sorted(path.stem for path in RECORDINGS.glob("*.json"))


def shape(value: Any) -> Any:
    """Return a JSON value's keys and types; times and ids are types of their own."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, str):
        if len(value) == 20 and value[10] == "T" and value.endswith("Z"):
            return "time"
        if len(value) == 36 and value.count("-") == 4:
            return "uuid"
    return type(value).__name__


def cookie_words(set_cookie: str) -> tuple[str, bool, frozenset[str]]:
    """Return a Set-Cookie header's name, whether it has a value, and its attributes."""
    pair, *attributes = (word.strip() for word in set_cookie.split(";"))
    name, _, value = pair.partition("=")
    return name, bool(value), frozenset(attributes)
