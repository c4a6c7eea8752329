"""The search: every byte of every place, for every way to write a secret."""

from __future__ import annotations

import base64
import html
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote


def spellings(secret: str) -> set[bytes]:
    """Return how `secret` may be written: as it is, escaped, encoded, cut off at its end."""
    texts = {secret, quote(secret), quote(secret, safe=""), html.escape(secret)}
    texts |= {json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    # Logs and tracebacks cut long texts off.
    texts |= {text[:40] for text in texts}
    raw = secret.encode()
    encoded = {raw.hex().encode()}
    for shift in range(3):  # base64 looks another way for each place in a group of three
        whole = base64.b64encode(b"\0" * shift + raw)
        encoded.add(whole[4 * bool(shift) : (len(raw) + shift) // 3 * 4])
    return {text.encode() for text in texts} | encoded


def holding(places: Mapping[str, bytes], secrets: Iterable[str]) -> list[str]:
    """Return the places in which one of `secrets` is found."""
    wanted = {each for secret in secrets for each in spellings(secret)}
    assert min(map(len, wanted)) >= 12, "a text this short would be found by chance"
    return [name for name, content in places.items() if any(each in content for each in wanted)]


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below `folder`; of databases also as SQL."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        found[str(path)] = path.read_bytes()
        if path.suffix == ".sqlite":  # a long text is cut up by its pages
            with closing(sqlite3.connect(path)) as connection:
                found[f"{path} as SQL"] = "\n".join(connection.iterdump()).encode()
    return found
