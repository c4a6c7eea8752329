"""Holds answers against the wire contract."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jsonschema import Draft202012Validator

import jupyter_kfp_connect.server as server

T = TypeVar("T")
CONTRACT = Path(server.__file__).parent / "contract.schema.json"


@cache
def _validator(definition: str) -> Draft202012Validator:
    schema = json.loads(CONTRACT.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert definition in schema["$defs"]
    whole = {"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]}
    return Draft202012Validator(whole)


def conforms(data: T, definition: str) -> T:
    """Return `data`, which has to be what the contract's `definition` says."""
    _validator(definition).validate(data)
    return data


def rung(connection: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one rung of a CONNECTION."""
    (found,) = [each for each in connection["rungs"] if each["rung"] == name]
    return dict(found)


def states(connection: dict[str, Any]) -> list[str]:
    """Return the states of the three rungs."""
    return [each["state"] for each in connection["rungs"]]
