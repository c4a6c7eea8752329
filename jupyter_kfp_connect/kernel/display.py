"""What a cell shows of a connection: one line, a small box, and the same as plain text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from ..core.codes import to_do
from ..core.diagnosis.unknown import ISSUES
from ..core.errors import KfpConnectError
from ..core.times import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..core.session import HeaderSource, Lease

_GOOD = "var(--jp-success-color1, #2e7d32)"
_BAD = "var(--jp-error-color1, #c62828)"
_PLAIN = "var(--jp-border-color1, #9e9e9e)"

_BOX = (
    "border-left: 3px solid {color}; padding: 2px 10px; line-height: 1.5;"
    " font-family: var(--jp-ui-font-family, sans-serif); font-size: var(--jp-ui-font-size1, 13px)"
)
_QUIET = "opacity: 0.75"
_LINK = "color: var(--jp-content-link-color, #1565c0)"
_CODE = "margin: 4px 0; white-space: pre-wrap; font-family: var(--jp-code-font-family, monospace)"

#: The ladder's words, as the panel has them.
RUNGS = {
    "reachable": "Reachable",
    "signed-in": "Signed in",
    "authorized": "Authorized",
    "in-notebook": "In the notebook",
}
STATES = {
    "ok": "ok",
    "failed": "failed",
    "checking": "checking",
    "unknown": "unknown",
    "not-needed": "not needed",
}


class Links(NamedTuple):
    """Addresses in the Pipelines UI, for people."""

    ui: str
    experiments: str
    runs: str

    @classmethod
    def of(cls, lease: Lease) -> Links | None:
        """Return the links that a lease allows, ``None`` where no UI is known."""
        parts = urlsplit(lease.ui_url or "")
        if parts.scheme not in ("http", "https"):
            return None

        def page(fragment: str) -> str:
            return urlunsplit((*parts[:4], fragment))

        return cls(urlunsplit(parts), page("/experiments"), page("/runs"))


def one_line(source: HeaderSource) -> str:
    """Return a client's ``repr``: which connection, which namespace, as whom."""
    try:
        return f"KubeflowClient: {summary(source.lease())}"
    except KfpConnectError as problem:
        return f"KubeflowClient: {problem.message} [{problem.code}]"


def summary(lease: Lease) -> str:
    """Return connection, namespace and person in a few words: ``prod · team-a · jane@…``."""
    sandbox = "a sandbox, no cluster" if lease.source == "sandbox" else None
    parts = (lease.connection, lease.namespace, lease.signed_in_as, sandbox)
    return " · ".join(filter(None, parts))


def client_bundle(
    source: HeaderSource, variable: str | None = None, note: str | None = None
) -> dict[str, str]:
    """Return what a cell shows of a client, as a MIME bundle.

    Parameters
    ----------
    source : HeaderSource
        The client's own.
    variable : str, optional
        The name under which it was just put.
    note : str, optional
        A sentence on how it came to be.
    """
    try:
        lease = source.lease()
    except KfpConnectError as problem:
        return problem_bundle(problem)
    version = f"KFP {lease.kfp_version}" if lease.kfp_version else None
    where = " · ".join(filter(None, (lease.host, version, _until(lease))))
    links = Links.of(lease)
    lead = variable or "KubeflowClient"
    lines = (f"{lead}: {summary(lease)}", where, links.ui if links else None, note)
    text = "\n".join(filter(None, lines))
    html = _box(
        _GOOD,
        f"<div><b>{escape(lead)}</b>: {escape(summary(lease))}</div>",
        _quiet(where),
        _anchors(links),
        _quiet(note or ""),
    )
    lacks = _lacking(lease) if variable else None
    if lacks is not None:
        more = problem_bundle(lacks)
        text, html = f"{text}\n{more['text/plain']}", html + more["text/html"]
    return {"text/plain": text, "text/html": html}


def _lacking(lease: Lease) -> KfpConnectError | None:
    """Return what the client's calls need that name no namespace, where none is chosen."""
    if lease.namespace or not lease.multi_user:
        return None
    from ..core.diagnosis.profiles import NOT_CHOSEN_FOR_CLIENT  # mostly, one is

    return NOT_CHOSEN_FOR_CLIENT.error(known="")


def note_bundle(text: str, more: str = "") -> dict[str, str]:
    """Return what a cell shows of something that it does or did: a sentence, and a quiet one."""
    html = _box(_PLAIN, f"<div>{escape(text)}</div>", _quiet(more))
    return {"text/plain": f"{text}\n{more}".strip(), "text/html": html}


def problem_bundle(problem: KfpConnectError) -> dict[str, str]:
    """Return what a cell shows of an error that nobody raised there."""
    copied = problem.remedy_copy
    html = _box(
        _BAD,
        f"<div><b>{escape(problem.message)}</b> <code>{escape(problem.code)}</code></div>",
        f"<div>{escape(to_do(problem.actor, problem.remedy))}</div>",
        _report(ISSUES if ISSUES in problem.remedy else None),
        f'<pre style="{_CODE}">{escape(copied)}</pre>' if copied else "",
    )
    return {"text/plain": problem_text(problem), "text/html": html}


def problem_text(problem: KfpConnectError) -> str:
    """Return an error as a few lines: what is wrong, who acts, what to do, what to copy."""
    lines = [
        f"{type(problem).__name__} [{problem.code}]: {problem.message}",
        to_do(problem.actor, problem.remedy),
    ]
    return "\n".join(lines) + (f"\n\n{problem.remedy_copy}" if problem.remedy_copy else "")


def ladder_bundle(title: str, rungs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the ladder of a connection and this kernel.

    Parameters
    ----------
    title : str
        Which connection, where, as whom.
    rungs : sequence of mappings
        RUNG objects of the REST contract, the fourth being this kernel's.
    """
    rows = [_Row.of(rung) for rung in rungs]
    failed = any(rung.get("state") == "failed" for rung in rungs)
    good = all(rung.get("state") in ("ok", "not-needed") for rung in rungs)
    color = _BAD if failed else _GOOD if good else _PLAIN
    html = _box(
        color,
        f"<div><b>{escape(title)}</b></div>",
        "<ol style='margin: 0; padding-left: 1.6em'>",
        *(row.html for row in rows),
        "</ol>",
    )
    return {"text/plain": ladder_text(title, rungs), "text/html": html}


def ladder_text(title: str, rungs: Sequence[Mapping[str, Any]]) -> str:
    """Return the same as plain text."""
    return "\n".join([title, *(_Row.of(rung).text for rung in rungs)])


class _Row(NamedTuple):
    text: str
    html: str

    @classmethod
    def of(cls, rung: Mapping[str, Any]) -> _Row:
        label = RUNGS.get(rung["rung"], rung["rung"])
        state = STATES.get(rung["state"], rung["state"])
        detail = rung.get("detail") or ""
        code = f" [{rung['code']}]" if rung["state"] == "failed" and rung.get("code") else ""
        remedy = rung.get("remedy") or {}
        text = f"  {label}: {state}{code}" + (f", {detail}" if detail else "")
        html = f"<li>{escape(label)}: <b>{escape(state)}</b>{escape(code)}"
        html += f" <span>{escape(detail)}</span>" if detail else ""
        if remedy.get("text"):
            told = to_do(rung.get("actor"), remedy["text"])
            text += f"\n    {told}"
            html += f"<div>{escape(told)}</div>{_report(remedy.get('link'))}"
        if remedy.get("copy"):
            text += "\n" + remedy["copy"]
            html += f'<pre style="{_CODE}">{escape(remedy["copy"])}</pre>'
        return cls(text, html + "</li>")


def _until(lease: Lease) -> str | None:
    if lease.watch is not None:
        return "its token is read anew at each call"
    if lease.lasting is not None:
        return lease.lasting
    if lease.expires_at is None:
        return None
    return f"signed in until {written(lease.expires_at)}"


def _anchors(links: Links | None) -> str:
    if links is None:
        return ""
    named: Iterable[tuple[str, str]] = (
        ("Pipelines", links.ui),
        ("Experiments", links.experiments),
        ("Runs", links.runs),
    )
    return f"<div>{' · '.join(_anchor(url, text) for text, url in named)}</div>"


def _report(link: str | None) -> str:
    """Return where an answer that no rule knows is reported."""
    return f"<div>{_anchor(link, 'Open an issue')}</div>" if link else ""


def _anchor(url: str, text: str) -> str:
    target = f'href="{escape(url, quote=True)}" target="_blank" rel="noopener"'
    return f'<a {target} style="{_LINK}">{text}</a>'


def _quiet(text: str) -> str:
    return f'<div style="{_QUIET}">{escape(text)}</div>' if text else ""


def _box(color: str, *parts: str) -> str:
    return f'<div style="{_BOX.format(color=color)}">{"".join(parts)}</div>'
