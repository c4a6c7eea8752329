"""What goes wrong is named alike in the panel, in a cell, in a terminal and by the exception.

A real server, a real kernel and the real command; the host answers as the recordings have it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.cli import main
from jupyter_kfp_connect.core.diagnosis.symptoms import SYMPTOMS

from ..core.climbing import passwords
from ..core.fakes import jwt
from ..kernel.fake_kfp import Answer, Asked, FakeKfp, as_recorded, running_kfp
from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, USER, Rest
from .contract import rung, states
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
        By the end of the path; anything else is 404.
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


USERS = as_recorded("kfp-healthz-multi-user")
TEXT = {"Content-Type": "text/plain"}
DENIED_TOKEN = {"sub": "system:serviceaccount:namespace-2:default-editor"}
CASES = {
    "a missing RoleBinding": Case(
        "no-role-binding",
        "forbidden",
        "namespace owner",
        "kind: RoleBinding",
        {HEALTHZ: USERS, LIST: as_recorded("kfp-token-rbac-denied")},
        {"auth": "bearer-token", "namespace": "namespace-1"},
        DENIED_TOKEN,
    ),
    "a token for others": Case(
        "token-of-another-audience",
        "token-audience",
        "you",
        "kubectl create token default-editor --namespace team-a --audience pipelines.kubeflow.org",
        {HEALTHZ: USERS, LIST: as_recorded("kfp-token-wrong-audience")},
    ),
    "a gateway that asks for another audience": Case(
        "token-of-another-audience",
        "token-refused",
        "you",
        "kubectl create token default-editor --namespace team-a",
        {HEALTHZ: as_recorded("gateway-api-signed-out")},
    ),
    "an account that is gone": Case(
        "token-ended",
        "token-revoked",
        "you",
        None,
        {HEALTHZ: USERS, LIST: as_recorded("kfp-token-revoked")},
    ),
    "an issuer nobody knows": Case(
        "token-issuer-unknown",
        "token-issuer",
        "administrator",
        None,
        {HEALTHZ: Answer(401, b"Jwt issuer is not configured", TEXT)},
    ),
    "the mesh's policy": Case(
        "refused-by-mesh",
        "forbidden-by-mesh",
        "administrator",
        "http://ml-pipeline.kubeflow:8888",
        {HEALTHZ: Answer(403, b"RBAC: access denied", TEXT)},
    ),
    "a gateway passed by": Case(
        "gateway-passed-by",
        "gateway-bypassed",
        "you",
        "kubectl port-forward --namespace istio-system svc/istio-ingressgateway 8080:80",
        {HEALTHZ: USERS, LIST: as_recorded("kfp-list-no-credentials")},
        {"auth": "auto"},
    ),
    "an answer that no rule knows": Case(
        None,
        "not-kfp",
        "you",
        None,
        {HEALTHZ: Answer(418, b"I am a teapot, \x1b[2J<b>short</b> and stout", TEXT)},
    ),
}


class Told:
    """What each surface says of one connection that does not hold."""

    def __init__(self, failed: Mapping[str, Any]) -> None:
        self.rung = failed
        self.texts: dict[str, str] = {}
        self.exception: dict[str, Any] = {}

    async def ask(self, notebook: Notebook, doctor: Callable[..., Any]) -> None:
        """Ask a cell and a terminal."""
        for line in ("%kfp_connect work --no-wait", "%kfp_connect work --diagnose"):
            await notebook.run(line)
            self.texts[line] = "\n".join(notebook.texts)
        await notebook.run(CONNECT)
        self.exception = json.loads("".join(notebook.texts))
        self.texts["doctor"] = await doctor("doctor", "work")
        told = json.loads(await doctor("doctor", "work", "--json"))
        (self.by_json,) = [each for each in told["rungs"] if each["state"] == "failed"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_one_thing_is_named_alike_on_every_surface(
    case: Case, rest: Rest, new_notebook: Any, tmp_path: Path, capsys: Any
) -> None:
    async def doctor(*words: str) -> str:
        capsys.readouterr()
        assert await asyncio.to_thread(main, words) == 1
        return str(capsys.readouterr().out)

    fields = dict(case.fields)
    if fields["auth"] == "bearer-token":
        file = tmp_path / "token"
        file.write_text(jwt(**case.token), encoding="ascii")
        fields["token_file"] = str(file)
    with running_kfp() as host:
        answer_as(host, case.answers)
        await rest.put("work", host=host.host, **fields)
        connected = await rest.connect("work")
        (failed,) = [each for each in connected["rungs"] if each["state"] == "failed"]
        told = Told(failed)
        async with new_notebook() as notebook:
            await told.ask(notebook, doctor)
    expect(case, told)


@pytest.mark.parametrize(
    ("password", "is_down", "code"),
    [("not-this-one", False, "wrong-password"), (PASSWORD, True, "directory-down")],
)
async def test_why_a_sign_in_failed_is_named_until_the_next_one_and_none_is_tried_for_that(
    rest: Rest,
    kubeflow: RunningSandbox,
    capsys: Any,
    password: str,
    is_down: bool,
    code: str,
) -> None:
    kubeflow.sandbox.cluster.directory.is_down = is_down
    await rest.put("work", host=kubeflow.sandbox.host, username=USER)
    first = rung(await rest.connect("work", password=password), "signed-in")
    assert first["code"] == code
    for _ in range(2):
        assert await asyncio.to_thread(main, ("doctor", "work")) == 1
        out = capsys.readouterr().out
        for part in (f"[{code}]", first["detail"], first["remedy"]["text"]):
            assert part in out
    assert passwords(kubeflow) == 1
    again = await rest.get("work")
    assert rung(again, "signed-in")["code"] in (code, "sign-in-needed"), "a cell may wait for it"
    assert again["sign_in"]["kind"] == "password"
    kubeflow.sandbox.cluster.directory.is_down = False
    assert states(await rest.connect("work", password=PASSWORD)) == ["ok", "ok", "ok"]
    assert await asyncio.to_thread(main, ("doctor", "work")) == 0
    assert code not in capsys.readouterr().out


NO_KFP = """
import importlib.metadata, sys
import jupyter_kfp_connect.kernel.sdk as sdk

def version(name):
    raise importlib.metadata.PackageNotFoundError(name)

sdk.version, sys.modules["kfp"] = version, None
"""
ARM = """
from jupyter_kfp_connect.kernel.arming import arm
arm("work")
"""


async def test_a_kernel_without_kfp_is_named_alike_too(
    rest: Rest, kubeflow: RunningSandbox, new_notebook: Any, capsys: Any
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    assert states(await rest.sign_in("work")) == ["ok", "ok", "ok"]
    async with new_notebook() as notebook:
        await notebook.run(NO_KFP)
        texts = {}
        for cell in ("%kfp_connect work", CONNECT, ARM):
            await notebook.run(cell)
            texts[cell] = "\n".join(notebook.texts)
        (kernel,) = (await rest.ask("GET", "kernels")).data
        failed = kernel["rung"]
        capsys.readouterr()
        assert await asyncio.to_thread(main, ("doctor", "work")) == 0, "the connection holds"
        texts["doctor"] = str(capsys.readouterr().out)
    assert (failed["code"], failed["actor"]) == ("sdk-missing", "you")
    line = f"{sys.executable} -m pip install 'kfp>=2.17,<3'"
    assert failed["remedy"]["copy"] == line
    for surface, shown in texts.items():
        for text in ("sdk-missing", failed["detail"], failed["remedy"]["text"], line):
            assert text in shown.replace("\\'", "'"), f"{surface} leaves out “{text}”:\n{shown}"


def answer_as(host: FakeKfp, answers: Mapping[str, Answer]) -> None:
    """Let the host answer so."""

    def respond(asked: Asked) -> Answer:
        path = asked.path.partition("?")[0].removeprefix("/pipeline")
        return answers.get(path, Answer(404, b"not found", TEXT))

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
