"""The list parameters of KFP's API: `page_size`, `page_token`, `sort_by` and `filter`."""

from __future__ import annotations

import base64
import binascii
import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from .faults import invalid, not_in_sandbox
from .resources import Json

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 200

_OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "EQUALS": operator.eq,
    "NOT_EQUALS": operator.ne,
    "GREATER_THAN": operator.gt,
    "GREATER_THAN_EQUALS": operator.ge,
    "LESS_THAN": operator.lt,
    "LESS_THAN_EQUALS": operator.le,
    "IN": lambda have, wanted: have in wanted,
    "IS_SUBSTRING": lambda have, wanted: str(wanted).lower() in str(have).lower(),
}

# The numbers of backend/api/v2beta1/filter.proto, which the SDK sends.
_NUMBERS = {
    1: "EQUALS",
    2: "NOT_EQUALS",
    3: "GREATER_THAN",
    5: "GREATER_THAN_EQUALS",
    6: "LESS_THAN",
    7: "LESS_THAN_EQUALS",
    8: "IN",
    9: "IS_SUBSTRING",
}

_VALUES = ("string_value", "int_value", "long_value", "timestamp_value")
_LISTS = ("string_values", "int_values", "long_values")


@dataclass(frozen=True)
class Row:
    """A thing in a list: its wire form, and the serial that breaks ties."""

    serial: int
    body: Json

    def value(self, key: str) -> Any:
        """Return a field by its name on the wire or one of KFP's short names for it.

        Raises
        ------
        KfpFault
            400 for a field that things of this kind cannot be listed by.
        """
        if key == "id":
            key = next(name for name in self.body if name.endswith("_id"))
        elif key in ("name", "status") and key not in self.body:
            key = {"name": "display_name", "status": "state"}[key]
        value = self.body.get(key, "")
        if not isinstance(value, str):
            raise invalid(f"Invalid field: {key}")
        return value


@dataclass(frozen=True)
class Predicate:
    """One condition of a filter."""

    key: str
    holds: Callable[[Any, Any], bool]
    wanted: Any

    def accepts(self, row: Row) -> bool:
        """Return whether a row meets the condition."""
        return bool(self.holds(row.value(self.key), self.wanted))


@dataclass(frozen=True)
class ListOptions:
    """How a list is asked for."""

    page_size: int = DEFAULT_PAGE_SIZE
    sort_key: str = "created_at"
    descending: bool = False
    after: tuple[str, int] | None = None
    predicates: tuple[Predicate, ...] = ()

    @classmethod
    def parse(cls, query: Callable[[str], str]) -> ListOptions:
        """Read the options from a query.

        Parameters
        ----------
        query : callable
            Gives a query argument's value, or an empty text.

        Raises
        ------
        KfpFault
            400 for what cannot be read, 501 for an operation the sandbox lacks.
        """
        sort_key, descending = _parse_sort(query("sort_by"))
        return cls(
            _parse_size(query("page_size")),
            sort_key,
            descending,
            _parse_token(query("page_token")),
            tuple(_parse_filter(query("filter"))),
        )

    def page(self, rows: Iterable[Row], key: str) -> Json:
        """Return the wire form of the page asked for, its things under `key`."""
        chosen = [row for row in rows if all(each.accepts(row) for each in self.predicates)]
        chosen.sort(key=self._position, reverse=self.descending)
        rest = [row for row in chosen if self._is_ahead(row)]
        page = rest[: self.page_size]
        body: Json = {}
        if page:
            body[key] = [row.body for row in page]
        if chosen:
            body["total_size"] = len(chosen)
        if len(rest) > len(page):
            token = json.dumps(self._position(page[-1])).encode()
            body["next_page_token"] = base64.urlsafe_b64encode(token).decode()
        return body

    def _position(self, row: Row) -> tuple[str, int]:
        return row.value(self.sort_key), row.serial

    def _is_ahead(self, row: Row) -> bool:
        if self.after is None:
            return True
        here = self._position(row)
        return here < self.after if self.descending else here > self.after


def _parse_size(text: str) -> int:
    try:
        size = int(text or 0)
    except ValueError:
        raise invalid(f"The page size {text} is no number") from None
    if size < 0:
        raise invalid(f"The page size should be greater than 0. Got {size}")
    return min(size or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


def _parse_sort(text: str) -> tuple[str, bool]:
    words = text.split() or ["created_at"]
    if len(words) > 2 or words[1:] not in ([], ["asc"], ["desc"]):
        raise invalid(f"Received invalid sort by format {text!r}")
    return words[0], words[1:] == ["desc"]


def _parse_token(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    try:
        value, serial = json.loads(base64.urlsafe_b64decode(text))
        return str(value), int(serial)
    except (binascii.Error, ValueError, TypeError):
        raise invalid("Invalid package token") from None


def _parse_filter(text: str) -> Iterable[Predicate]:
    if not text:
        return
    try:
        # The documentation wants the JSON URL-encoded once more; the SDK does not do so.
        filter_ = json.loads(text if text.lstrip().startswith("{") else unquote_plus(text))
        predicates = filter_.get("predicates", [])
    except (ValueError, AttributeError):
        raise invalid("Failed to parse filter: it is no JSON object") from None
    for predicate in predicates:
        yield _parse_predicate(predicate)


def _parse_predicate(predicate: Json) -> Predicate:
    operation = predicate.get("operation")
    name = _NUMBERS.get(operation, "") if isinstance(operation, int) else str(operation)
    if name not in _OPERATIONS:
        raise not_in_sandbox(f"the filter operation {operation!r}")
    # protobuf's JSON takes both spellings of a name.
    plain = {key.replace("Value", "_value"): value for key, value in predicate.items()}
    if name == "IN":
        wanted = next((plain[key]["values"] for key in _LISTS if key in plain), None)
    else:
        wanted = next((plain[key] for key in _VALUES if key in plain), None)
    if wanted is None or "key" not in predicate:
        raise invalid("A predicate of a filter needs a key and a value")
    return Predicate(str(predicate["key"]), _OPERATIONS[name], wanted)
