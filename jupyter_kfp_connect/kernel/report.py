"""A connection looked at closely: its ladder, each call, each way, and who has which version."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .. import __version__
from .display import ladder_bundle
from .standing import Standing

_CELL = "text-align: left; padding: 0 8px 0 0"

#: For people; the keys are those of ``doctor --json``.
_NAMES = {
    "jupyter_kfp_connect": "jupyter-kfp-connect",
    "kfp": "kfp",
    "kfp_server": "the KFP server",
    "python": "Python",
}


def report(standing: Standing) -> dict[str, Any]:
    """Return all that ``doctor --json`` tells; no secret is among it."""
    facts = standing.facts
    return {
        "connection": standing.connection,
        "host": facts.get("host"),
        "way": facts.get("way"),
        "signed_in_as": facts.get("signed_in_as"),
        "namespace": facts.get("namespace"),
        "versions": versions(facts.get("kfp_version")),
        "rungs": [*standing.rungs, *standing.in_notebooks],
        "probes": list(standing.probes),
        "attempts": list(standing.attempts),
        "warnings": [standing.warning] if standing.warning else [],
    }


def versions(kfp_server: str | None) -> dict[str, str | None]:
    """Return the versions of what takes part; ``None`` for what is not there or not known."""
    try:
        kfp: str | None = version("kfp")
    except PackageNotFoundError:
        kfp = None
    return {
        "jupyter_kfp_connect": __version__,
        "kfp": kfp,
        "kfp_server": kfp_server,
        "python": platform.python_version(),
    }


def report_bundle(standing: Standing, rungs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the same as what a cell shows.

    Parameters
    ----------
    standing : Standing
        The connection's.
    rungs : sequence of mappings
        RUNG objects, this kernel's among them.
    """
    ladder = ladder_bundle(standing.title, rungs)
    text = "\n".join([ladder["text/plain"], *report_lines(standing)])
    rows = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in cells) + "</tr>"
        for cells in map(_cells, standing.probes)
    )
    ways = "".join(f"<li>{escape(_way(attempt))}</li>" for attempt in standing.attempts)
    html = ladder["text/html"]
    html += f"<div>{escape(standing.warning)}</div>" if standing.warning else ""
    html += f"<div><b>Calls</b></div><table>{rows}</table>" if rows else ""
    html += f"<div><b>Ways looked at</b></div><ul>{ways}</ul>" if ways else ""
    html += f"<div>{escape(_versions(standing))}</div>"
    return {"text/plain": text, "text/html": html}


def report_lines(standing: Standing) -> list[str]:
    """Return what comes below the ladder, as lines of text."""
    lines = ["", standing.warning] if standing.warning else []
    if standing.probes:
        lines += ["", "Calls", *(f"  {line}" for line in _table(map(_cells, standing.probes)))]
    if standing.attempts:
        lines += ["", "Ways looked at", *(f"  {_way(attempt)}" for attempt in standing.attempts)]
    return [*lines, "", _versions(standing)]


def _cells(probe: Mapping[str, Any]) -> tuple[str, ...]:
    status = str(probe["status"]) if probe["status"] is not None else "no answer"
    return (f"{probe['ms']} ms", probe["what"], status, probe["type"] or "", probe["note"])


def _table(rows: Any) -> list[str]:
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for time, *rest in cells:
        padded = [cell.ljust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([time.rjust(widths[0]), *padded]).rstrip())
    return lines


def _way(attempt: Mapping[str, Any]) -> str:
    where = f" at {attempt['host']}" if attempt["host"] else ""
    code = "" if attempt["code"] == "ok" else f" [{attempt['code']}]"
    return f"{attempt['way']}{where}: {attempt['reason']}{code}"


def _versions(standing: Standing) -> str:
    found = versions(standing.facts.get("kfp_version"))
    told = (f"{_NAMES[key]} {value or 'unknown'}" for key, value in found.items())
    return f"Versions: {', '.join(told)}"
