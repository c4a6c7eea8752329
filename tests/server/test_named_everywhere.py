"""What goes wrong is named alike in the panel, in a cell, in a terminal and by the exception.

A real server, a real kernel and the real command; the host answers as the recordings have it.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from jupyter_kfp_connect.cli import main

from ..core.climbing import passwords
from ..core.fakes import jwt
from ..kernel.fake_kfp import Answer, as_recorded, running_kfp
from ..sandbox.running import RunningSandbox
from .asking import PASSWORD, USER, Rest
from .contract import rung, states
from .naming import CONNECT, HEALTHZ, LIST, TEXT, USERS, Case, Told, answer_as, expect

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
        "kubectl get serviceaccounts --namespace team-a",
        {HEALTHZ: USERS, LIST: as_recorded("kfp-token-revoked")},
    ),
    "an issuer nobody knows": Case(
        "token-issuer-unknown",
        "token-issuer",
        "administrator",
        "kubectl get requestauthentications",
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


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_one_thing_is_named_alike_on_every_surface(
    case: Case, rest: Rest, new_notebook: Any, tmp_path: Path, capsys: Any
) -> None:
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
            await told.ask(notebook, capsys)
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
    assert rung(again, "signed-in") == first | {"checked_at": ANY}
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
