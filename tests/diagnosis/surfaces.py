"""What the four surfaces make of an error, by their own renderers."""

from __future__ import annotations

import io
import json
import pickle
from argparse import Namespace
from collections.abc import Mapping
from html import unescape
from typing import Any
from unittest.mock import Mock

from jupyter_kfp_connect.cli.console import Console
from jupyter_kfp_connect.cli.doctor import doctor
from jupyter_kfp_connect.core.catalogue import Entry
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.kernel.brief import alone
from jupyter_kfp_connect.kernel.display import problem_bundle
from jupyter_kfp_connect.kernel.report import report_bundle
from jupyter_kfp_connect.kernel.standing import Standing
from jupyter_kfp_connect.server.describe import describe
from jupyter_kfp_connect.server.kernels import Kernels
from jupyter_kfp_connect.server.live import Live
from tests.core.fakes import connection
from tests.server.contract import conforms

#: How a text names who acts.
WORDS = {"you": "You", "administrator": "dministrator", "namespace owner": "wner"}


def named_on_every_surface(problem: KfpConnectError) -> None:
    """Assert that each surface has cause, code, who acts, the remedy, and what is to be copied."""
    told = _server(problem)
    rung = _failed(told)
    conforms(rung, "Rung")
    assert (rung["code"], rung["detail"]) == (problem.code, problem.message)
    assert rung["actor"] == problem.actor
    assert rung["remedy"]["text"] == problem.remedy
    assert rung["remedy"]["copy"] == problem.remedy_copy
    is_manifest = (problem.remedy_copy or "").startswith("apiVersion:")
    assert bool(rung["remedy"]["filename"]) is is_manifest
    _named_in_texts(problem, told)
    _named_by_the_exception(problem)


def _named_in_texts(problem: KfpConnectError, told: Mapping[str, Any]) -> None:
    copied = (problem.remedy_copy or "").rstrip("\n")
    for surface, text in _texts(told, problem).items():
        for part in (problem.code, problem.message, problem.remedy, WORDS[problem.actor], copied):
            assert part in text, f"{surface} leaves out “{part}”:\n{text}"


def _named_by_the_exception(problem: KfpConnectError) -> None:
    again = pickle.loads(pickle.dumps(problem))
    assert again.to_dict() == problem.to_dict()
    text = str(problem)
    for part in (problem.code, problem.message.rstrip("."), problem.remedy):
        assert part in text
    assert (problem.remedy_copy or "") in text
    assert problem.actor == "you" or WORDS[problem.actor] in text


def _server(problem: KfpConnectError) -> dict[str, Any]:
    """Return what the server answers a terminal that asks for a diagnosis."""
    live = Live(Entry(connection(id="id-of-kfp"), "user", "a file"), Mock())
    kernels = Kernels(lambda: ["kernel"], Mock())
    if problem.rung == "in-notebook":
        held = {"kernel_id": "kernel", "variable": "kfp_client", "state": "failed"}
        kernels.take(held | {"error": problem.to_dict()}, "id-of-kfp")
    else:
        live.ladder.fail(problem)
    told = conforms(json.loads(json.dumps(describe(live))), "Connection")
    return {
        **told,
        "probes": [],
        "attempts": [],
        "in_notebooks": [hold.rung.to_dict() for hold in kernels.all()],
    }


def _failed(told: Mapping[str, Any]) -> dict[str, Any]:
    rungs = [*told["rungs"], *told.get("in_notebooks", ())]
    (failed,) = [rung for rung in rungs if rung["state"] == "failed"]
    return dict(failed)


def _texts(told: Mapping[str, Any], problem: KfpConnectError) -> dict[str, str]:
    """Return what cells and terminals show of an error, and of what the server answers of it."""
    standing = Standing.of_server(told)
    bundle = report_bundle(standing, [*standing.rungs, *standing.in_notebooks])
    return {
        "%kfp_connect --diagnose": unescape(bundle["text/html"]),
        "%kfp_connect --diagnose, as text": bundle["text/plain"],
        "%kfp_connect": "\n".join(vars(alone(problem))["_render_traceback_"]()),
        "a name that holds no client": unescape(problem_bundle(problem)["text/html"]),
        "the same, as text": problem_bundle(problem)["text/plain"],
        "doctor": _doctor(told),
        "doctor --json": _of_json(_failed(json.loads(_doctor(told, as_json=True)))),
    }


def _of_json(rung: Mapping[str, Any]) -> str:
    """Return a RUNG as one text, its actor in the words of the other surfaces."""
    remedy = rung["remedy"]
    told = (rung["code"], rung["detail"], WORDS[rung["actor"]], remedy["text"], remedy["copy"])
    return "\n".join(filter(None, told))


def _doctor(told: Mapping[str, Any], *, as_json: bool = False) -> str:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    broker = Mock(**{"post.return_value": told})
    doctor(
        Namespace(name="kfp", host=None, namespace=None, json=as_json), broker, Console(out, out)
    )
    out.seek(0)
    return out.read()
