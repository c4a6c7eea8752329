"""A refusal is named alike on every surface until the next sign-in, whatever a look finds.

A look has no pasted token and no pasted cookie to send: it would only find that none was sent.
"""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import ANY

import pytest

from jupyter_kfp_connect.cli import main

from ..core.fakes import jwt
from ..kernel.fake_kfp import Answer, as_recorded, running_kfp
from .asking import Rest
from .contract import states
from .naming import HEALTHZ, LIST, TEXT, USERS, Case, Told, answer_as, expect

NOBODY = Answer(401, b"{}")
#: oauth2-proxy and Dex, as they lead a visitor to the form.
FRONT_DOOR = {
    HEALTHZ: NOBODY,
    "/oauth2/start": Answer(302, b"", {"Location": "/dex/auth/local?client_id=c&state=s"}),
    "/dex/auth/local": Answer(
        200,
        b"<form method=post action=x><input name=login><input name=password type=password></form>",
        {"Content-Type": "text/html"},
    ),
}
#: KFP's API server itself.
BARE = {HEALTHZ: USERS, LIST: as_recorded("kfp-list-no-credentials")}
SERVED = {HEALTHZ: USERS, LIST: as_recorded("kfp-list-experiments-empty")}
AUTO = {"auth": "auto"}
#: With what form comes up again, and why.
CASES = {
    "a token for others, at the API itself": (
        "token",
        Case(
            "token-of-another-audience",
            "token-audience",
            "you",
            "kubectl create token",
            BARE | {LIST: as_recorded("kfp-token-wrong-audience")},
            AUTO,
            strangers=BARE,
        ),
    ),
    "a token for others, behind a gateway": (
        "token",
        Case(
            "token-of-another-audience",
            "token-audience",
            "you",
            "kubectl create token",
            BARE | {LIST: as_recorded("kfp-token-wrong-audience")},
            AUTO,
            strangers=FRONT_DOOR,
        ),
    ),
    "an issuer nobody knows, the whole host guarded": (
        "token",
        Case(
            "token-issuer-unknown",
            "token-issuer",
            "administrator",
            "kubectl get requestauthentications",
            {"*": Answer(401, b"Jwt issuer is not configured", TEXT)},
            AUTO,
        ),
    ),
    "an audience that the mesh does not take": (
        "token",
        Case(
            "token-of-another-audience",
            "token-audience",
            "you",
            "kubectl create token",
            {"*": Answer(403, b"Audiences in Jwt are not allowed", TEXT)},
            AUTO,
            {"aud": "vault"},
            {"*": Answer(401, b"Jwt is missing", TEXT)},
        ),
    ),
    "the mesh's policy, the whole host guarded": (
        None,
        Case(
            "refused-by-mesh",
            "forbidden-by-mesh",
            "administrator",
            "http://ml-pipeline.kubeflow:8888",
            {"*": Answer(403, b"RBAC: access denied", TEXT)},
            AUTO,
        ),
    ),
    "a cookie that is no session": (
        "cookie",
        Case(
            "not-signed-in",
            "cookie-refused",
            "you",
            None,
            {"*": NOBODY},
            AUTO,
            strangers=FRONT_DOOR,
        ),
    ),
    "a cookie where no gateway reads it": (
        "cookie",
        Case(
            "gateway-passed-by",
            "gateway-bypassed",
            "you",
            "kubectl port-forward --namespace istio-system svc/istio-ingressgateway 8080:80",
            BARE,
            AUTO,
        ),
    ),
}


@pytest.mark.parametrize(("form", "case"), CASES.values(), ids=CASES)
async def test_why_what_was_pasted_does_not_serve_is_named_until_something_else_is(
    form: str | None, case: Case, rest: Rest, new_notebook: Any, capsys: Any
) -> None:
    given = {"cookies": "oauth2_proxy=abcdef"} if form == "cookie" else {"token": jwt(**case.token)}
    with running_kfp() as host:
        answer_as(host, case.answers, case.strangers)
        await rest.put("work", host=host.host, **case.fields)
        first = await rest.connect("work", **given)
        (failed,) = [each for each in first["rungs"] if each["state"] == "failed"]
        assert (first["sign_in"] and first["sign_in"]["kind"]) == form
        told = Told(failed)
        async with new_notebook() as notebook:
            await told.ask(notebook, capsys)
        expect(case, told)
        again = await rest.get("work")
        assert failed | {"checked_at": ANY, "ms": ANY} in again["rungs"]
        assert again["sign_in"] == first["sign_in"]
    # What is not there any more says nothing of tokens.
    assert await asyncio.to_thread(main, ("doctor", "work")) == 1
    assert "[connection-refused]" in capsys.readouterr().out


async def test_a_token_that_is_refused_in_a_later_call_is_named_alike_too(
    rest: Rest, new_notebook: Any, capsys: Any
) -> None:
    case = CASES["a token for others, at the API itself"][1]
    with running_kfp() as host:
        answer_as(host, SERVED)
        await rest.put("work", host=host.host, namespace="team-a")
        assert states(await rest.connect("work", token=jwt())) == ["ok", "ok", "ok"]
        async with new_notebook() as notebook:
            await notebook.run("%kfp_connect work")
            answer_as(host, case.answers, case.strangers)
            await notebook.run("kfp_client.list_experiments()")
            assert f"[{case.code}]" in "\n".join(notebook.texts)
            (failed,) = [each for each in (await rest.get("work"))["rungs"] if each["remedy"]]
            told = Told(failed)
            await told.ask(notebook, capsys)
        expect(case, told)
        assert (await rest.get("work"))["sign_in"]["kind"] == "token"
        answer_as(host, SERVED)
        assert states(await rest.connect("work", token=jwt())) == ["ok", "ok", "ok"]
        assert await asyncio.to_thread(main, ("doctor", "work")) == 0
        assert case.code not in capsys.readouterr().out


async def test_a_host_that_asked_for_nothing_is_looked_at_anew_once_it_does(
    rest: Rest, capsys: Any
) -> None:
    one_user = as_recorded("kfp-healthz-single-user")
    with running_kfp() as host:
        answer_as(host, {HEALTHZ: one_user})
        await rest.put("work", host=host.host)
        assert states(await rest.connect("work")) == ["ok", "not-needed", "not-needed"]
        answer_as(host, FRONT_DOOR)
        assert await asyncio.to_thread(main, ("doctor", "work")) == 1
        answer_as(host, BARE)
        assert await asyncio.to_thread(main, ("doctor", "work")) == 1
        assert capsys.readouterr().out.count("[gateway-bypassed]") == 1
