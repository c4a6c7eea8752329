"""What a browser loads of the front end."""

from __future__ import annotations

import gzip

from .surroundings import ROOT, NotHere, Surroundings
from .table import Row

_KILOBYTES = 35
_STATIC = ROOT / "jupyter_kfp_connect" / "labextension" / "static"


def bundle(_around: Surroundings) -> list[Row]:
    """All of the built extension's scripts and styles together, compressed."""
    if any(_STATIC.glob("*.map")):
        raise NotHere("this is a development build (jlpm build:prod)")
    files = [path for path in _STATIC.glob("*") if path.suffix in (".js", ".css")]
    if not files:
        raise NotHere("the front end is not built (make setup)")
    size = sum(len(gzip.compress(path.read_bytes())) for path in files) / 1024
    return [
        Row(
            "front-end bundle, gzip",
            f"{size:.1f} kB",
            f"{_KILOBYTES} kB",
            f"{size / _KILOBYTES:.2g}",
            f"{_KILOBYTES} kB",
            size <= _KILOBYTES,
        )
    ]
