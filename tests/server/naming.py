"""What each surface says of one connection, against a host that answers as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_kfp_connect.cli import main
from jupyter_kfp_connect.core.diagnosis.symptoms import SYMPTOMS

from ..kernel.fake_kfp import Answer, Asked, FakeKfp, as_recorded
from .notebooks import Notebook

HEALTHZ, LIST = "/apis/v2beta1/healthz", "/apis/v2beta1/experiments"
CONNECT = """
import json
import jupyter_kfp_connect as kfc
try:
    kfc.connect("work")
except kfc.KfpConnectError as problem:
    print(json.dumps(problem.to_dict()))
"""


@dataclass(frozen=True)
class Case:
    """A host that answers so, and what is told of it.

    Attributes
    ----------
    symptom : str or None
        Which of the catalogue it is; ``None`` for an answer that no rule knows.
    code, actor : str
        What is told.
    copy : str or None
        What is to be copied has this in it.
    answers : mapping
        By the end of the path; anything else is as ``*``, or 404.
    strangers : mapping
        The same to calls without a credential; the same answers where there are none.
    fields : mapping
        Of the connection.
    """

    symptom: str | None
    code: str
    actor: str
    copy: str | None
    answers: Mapping[str, Answer]
    fields: Mapping[str, Any] = field(default_factory=lambda: {"auth": "bearer-token"})
    token: Mapping[str, Any] = field(default_factory=dict)
    strangers: Mapping[str, Answer] = field(default_factory=dict)


USERS = as_recorded("kfp-healthz-multi-user")
TEXT = {"Content-Type": "text/plain"}


class Told:
    """What each surface says of one connection that does not hold."""

    def __init__(self, failed: Mapping[str, Any]) -> None:
        self.rung = failed
        self.texts: dict[str, str] = {}
        self.exception: dict[str, Any] = {}

    async def ask(self, notebook: Notebook, capsys: Any) -> None:
        """Ask a cell and a terminal."""

        async def doctor(*words: str) -> str:
            capsys.readouterr()
            assert await asyncio.to_thread(main, words) == 1
            return str(capsys.readouterr().out)

        for line in ("%kfp_connect work --no-wait", "%kfp_connect work --diagnose"):
            await notebook.run(line)
            self.texts[line] = "\n".join(notebook.texts)
        await notebook.run(CONNECT)
        self.exception = json.loads("".join(notebook.texts))
        self.texts["doctor"] = await doctor("doctor", "work")
        told = json.loads(await doctor("doctor", "work", "--json"))
        (self.by_json,) = [each for each in told["rungs"] if each["state"] == "failed"]


def answer_as(
    host: FakeKfp, answers: Mapping[str, Answer], strangers: Mapping[str, Answer] | None = None
) -> None:
    """Let the host answer so, and to calls without a credential as `strangers` have it."""

    def respond(asked: Asked) -> Answer:
        told = answers if asked.credential else strangers or answers
        path = asked.path.partition("?")[0].removeprefix("/pipeline")
        return told.get(path) or told.get("*") or Answer(404, b"not found", TEXT)

    host.respond = respond


def expect(case: Case, told: Told) -> None:
    """Assert that each surface names it."""
    failed, remedy = told.rung, told.rung["remedy"]
    assert (failed["code"], failed["actor"]) == (case.code, case.actor)
    assert case.symptom is None or case.code in SYMPTOMS[case.symptom].codes
    assert (case.copy or "") in (remedy["copy"] or "")
    assert (case.copy is None) is (remedy["copy"] is None)
    assert bool(remedy["link"]) is (case.symptom is None)
    for text in (failed["detail"], remedy["text"], remedy["copy"] or ""):
        assert text.replace("\n", "").isprintable()
        for surface, shown in told.texts.items():
            assert text.rstrip("\n") in shown, f"{surface} leaves out “{text}”:\n{shown}"
    for surface, shown in told.texts.items():
        assert f"[{case.code}]" in shown, surface
        who = {"you": "You", "administrator": "dministrator", "namespace owner": "wner"}
        assert who[case.actor] in shown, surface
    same = ("code", "detail", "remedy", "actor")
    assert {key: told.by_json[key] for key in same} == {key: failed[key] for key in same}
    exception = told.exception
    assert (exception["code"], exception["actor"]) == (case.code, case.actor)
    assert exception["message"] == failed["detail"]
    assert exception["remedy"].startswith(remedy["text"])
    assert exception["remedy_copy"] == remedy["copy"]
