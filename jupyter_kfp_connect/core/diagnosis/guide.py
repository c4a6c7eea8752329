"""``docs/troubleshooting.md``, written from the symptoms, the rules and the codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
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
_WAYS = {
    "service-account-token": "a mounted token",
    "bearer-token": "a token of your own",
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
    yield f"### {_text(symptom.title)}\n"
    yield f"**You see:** {_text(symptom.seen)}\n"
    yield f"**Why:** {_text(symptom.cause)}\n"
    if symptom.never:
        yield f"**Not with this client:** {_text(symptom.never)}\n"
    if symptom.advice:
        yield f"**What to do** (you): {_text(symptom.advice)}\n"
    told = symptom.told()
    for _, answers in groupby(told, lambda answer: (answer.actor, answer.remedy)):
        yield from _what_to_do(list(answers), told)
    if symptom.threads:
        links = ", ".join(_link(thread) for thread in symptom.threads)
        yield f"Others who met it: {links}.\n"


def _what_to_do(answers: Sequence[Answer], told: Sequence[Answer]) -> Iterator[str]:
    """Yield one remedy of all that are told, and what is to be copied."""
    first = answers[0]
    codes = " or ".join(dict.fromkeys(f"`{answer.code}`" for answer in answers))
    who = f"{_ACTORS[first.actor]}; {codes}"
    yield f"**What to do**{_when(first, told)} ({who}): {_text(first.remedy)}\n"
    for copied in dict.fromkeys(answer.remedy_copy for answer in answers):
        if copied:
            yield _to_copy(copied)


def _when(answer: Answer, told: Sequence[Answer]) -> str:
    """Return when a remedy is the one, where others of the symptom have the same code."""
    others = [each for each in told if each.code == answer.code and each.remedy != answer.remedy]
    if not others:
        return ""
    if answer.message not in {each.message for each in others}:
        return f" where it says “{_text(answer.message or '')}”"
    return f" with {_WAYS[answer.way]}" if answer.way else ""


def _to_copy(text: str) -> str:
    starts = {"apiVersion:": "yaml", "namespace=": "python", "http": "text"}
    language = next((starts[start] for start in starts if text.startswith(start)), "bash")
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
