"""No way round who may decide where a credential goes."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from ..sandbox.running import RunningSandbox
from .asking import Rest
from .test_access import HOST, Writer, with_settings

EVIL = "https://evil.example.com/pipeline"


@pytest.fixture
def with_a_token(jp_environ: Any, jp_config_dir: Path) -> None:
    """Keep a connection that holds a token's file, before the server starts."""
    work = {"host": HOST, "token_file": "/run/token"}
    file = jp_config_dir / "kfp_connect.json"
    file.write_text(json.dumps({"version": 1, "connections": {"work": work}}))


@with_settings({"ServerApp": {"authorizer_class": Writer}})
@pytest.mark.parametrize(
    "change", [{"host": EVIL}, {"verify_ssl": False}, {"auth": "service-account-token"}]
)
async def test_who_may_not_run_code_sends_no_token_elsewhere(
    with_a_token: None, rest: Rest, change: dict[str, object]
) -> None:
    told = await rest.ask("PUT", "connections/work", change)
    assert (told.status, told.error["code"]) == (403, "not-allowed")
    assert (await rest.ask("PUT", "connections/work", {"title": "Mine"})).status == 200


@with_settings({"ServerApp": {"authorizer_class": Writer}})
async def test_who_may_not_run_code_names_no_host_for_the_mounted_token(rest: Rest) -> None:
    fields = {"host": EVIL, "auth": "service-account-token"}
    told = await rest.ask("PUT", "connections/mine", fields)
    assert (told.status, told.error["code"]) == (403, "not-allowed")


async def test_a_connection_is_not_called_like_anothers_id(rest: Rest) -> None:
    prod = await rest.put("prod", host=HOST)
    for name in (prod["id"], str(uuid.uuid4())):
        told = await rest.ask("PUT", f"connections/{name}", {"host": EVIL})
        assert (told.status, told.error["code"]) == (400, "bad-request")


async def test_an_id_is_not_made_to_look_like_anothers_name(rest: Rest) -> None:
    await rest.put("prod", host=HOST)
    told = await rest.ask("PUT", "connections/mine", {"host": EVIL, "id": "prod"})
    assert (told.status, told.error["code"]) == (400, "bad-request")


async def test_reading_an_overview_signs_in_to_nothing(
    rest: Rest, kubeflow: RunningSandbox
) -> None:
    await rest.put("work", host=kubeflow.sandbox.host)
    before = kubeflow.sandbox.cluster.requests.total()
    told = await rest.ask("GET", "connections/work/overview")
    assert (told.status, told.error["code"]) == (409, "sign-in-needed")
    assert kubeflow.sandbox.cluster.requests.total() == before
