"""Writes ``docs/troubleshooting.md`` anew: ``python -m jupyter_kfp_connect.core.diagnosis``."""

from __future__ import annotations

from pathlib import Path

from .guide import troubleshooting

#: Where the page stands in a clone of the repository.
PAGE = Path(__file__).parents[3] / "docs" / "troubleshooting.md"

if __name__ == "__main__":
    PAGE.write_text(troubleshooting(), encoding="utf-8")
