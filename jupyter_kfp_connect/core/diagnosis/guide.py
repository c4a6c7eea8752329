"""``docs/troubleshooting.md``, written from the symptoms, the rules and the codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from ..codes import CODES, RungName
from .symptom import Answer, Symptom
from .symptoms import SYMPTOMS
from .unknown import ISSUES

#: The command that writes it, from the repository's root.
COMMAND = "python -m jupyter_kfp_connect.core.diagnosis"

_TITLES: dict[RungName | None, str] = {
    "reachable": "1. Reachable",
    "signed-in": "2. Signed in",
    "authorized": "3. Allowed in the namespace",
    "in-notebook": "4. In the notebook",
    None: "Requests and files",
}
_ACTORS = {
    "you": "you",
    "administrator": "an administrator of Kubeflow",
    "namespace owner": "an owner of the namespace",
}
_HEAD = f"""\
<!-- Written by `{COMMAND}`; edits belong into jupyter_kfp_connect/core/diagnosis. -->

# Troubleshooting

What people meet on the way to Kubeflow Pipelines, rung by rung: what you see, why, and what to do.

The same is said where it happens: in the panel, by `%kfp_connect --diagnose` in a notebook, by
`jupyter kfp-connect doctor` in a terminal, and by the error itself, which ends in a code such as
`[token-audience]`. [Every code](#every-code) stands at the end. What is to be copied is filled in
there with your own names; here the namespace is `team-a`.

An answer that no rule knows is shown as it is: its status, its type and how it starts, with secrets
masked. Please [open an issue]({ISSUES}) with it.
"""


def troubleshooting() -> str:
    """Return the whole page, in Markdown."""
    return "\n".join([_HEAD, *_rungs(), *_codes()]).rstrip() + "\n"


def _rungs() -> Iterator[str]:
    for rung in get_args(RungName):
        yield f"## {_TITLES[rung]}\n"
        for symptom in SYMPTOMS.values():
            if symptom.rung == rung:
                yield from _section(symptom)


def _section(symptom: Symptom) -> Iterator[str]:
    yield f"### {symptom.key.replace('-', ' ').capitalize()}\n"
    yield f"**You see:** {_text(symptom.seen)}\n"
    yield f"**Why:** {_text(symptom.cause)}\n"
    if symptom.never:
        yield f"**Not with this client:** {_text(symptom.never)}\n"
    shown = set()
    for answer in symptom.told():
        yield f"**What to do** ({_ACTORS[answer.actor]}; `{answer.code}`): {_text(answer.remedy)}\n"
        if answer.remedy_copy and answer.remedy_copy not in shown:
            shown.add(answer.remedy_copy)
            yield _to_copy(answer)
    if symptom.threads:
        links = ", ".join(_link(thread) for thread in symptom.threads)
        yield f"Others who met it: {links}.\n"


def _to_copy(answer: Answer) -> str:
    text = answer.remedy_copy or ""
    language = "yaml" if text.startswith("apiVersion:") else "text" if "://" in text else "bash"
    return f"```{language}\n{text.rstrip()}\n```\n"


def _link(thread: str) -> str:
    repository, _, number = thread.partition("#")
    return f"[{repository} #{number}](https://github.com/{repository}/issues/{number})"


def _codes() -> Iterator[str]:
    yield "## Every code\n"
    for rung, title in _TITLES.items():
        yield f"**{title}**\n"
        yield "| code | who acts | what to do |\n| --- | --- | --- |"
        for code, known in CODES.items():
            if known.rung == rung:
                yield f"| `{code}` | {_ACTORS[known.actor]} | {_text(known.remedy)} |"
        yield ""


def _text(text: str) -> str:
    """Return `text` so that Markdown shows it as it is; paths and addresses as code."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    return re.sub(r"(?<!`)(\b[A-Z]+(?:_[A-Z]+)+\b)(?!`)", r"`\1`", text)
