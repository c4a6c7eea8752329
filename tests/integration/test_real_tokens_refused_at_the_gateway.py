"""What is told of a cluster's own token that the real oauth2-proxy does not take."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.cli import main

from ..server.asking import Rest
from ..server.contract import rung, states
from ..stack.cluster.moved_tokens import moved_in_time
from ..stack.cluster.real_cluster import ACCOUNT, AUDIENCE, OWN_AUDIENCE, RealCluster
from ..stack.stack import Stack
from .real_pod import account
from .tokens_at_a_gateway import WAYS, given, made_by, refusal_of, tokens_of, written


@pytest.mark.parametrize("way", WAYS)
def test_a_token_for_the_cluster_itself_comes_with_the_command_for_one_that_serves(
    way: str, door: Stack, real_cluster: RealCluster, tmp_path: Path
) -> None:
    refused = refusal_of(door, **given(way, real_cluster, tmp_path, None))
    assert (refused.code, refused.actor) == ("token-audience", "you")
    assert refused.message.startswith("the gateway does not take the token, and does not say why")
    assert f"made for the audience {OWN_AUDIENCE}" in refused.message
    assert f"let tokens of the issuer {real_cluster.url} through" in refused.remedy
    kfc.connect(host=door.host, token=made_by(refused, real_cluster)).list_experiments()


@pytest.mark.parametrize("way", WAYS)
def test_a_gateway_that_wants_the_cluster_s_own_tokens_is_understood(
    way: str, own_door: Stack, real_cluster: RealCluster, tmp_path: Path
) -> None:
    refused = refusal_of(own_door, **given(way, real_cluster, tmp_path))
    assert (refused.code, refused.actor) == ("token-refused", "you")
    assert f"made for the audience {AUDIENCE}" in refused.message
    assert "the cluster's own audience" in refused.remedy
    client = kfc.connect(host=own_door.host, token=made_by(refused, real_cluster))
    client.list_experiments()
    assert account(ACCOUNT) in repr(client)


@pytest.mark.parametrize("way", WAYS)
def test_a_token_that_has_expired_is_told_with_the_day_and_the_command_for_another(
    way: str, own_door: Stack, real_cluster: RealCluster, tmp_path: Path
) -> None:
    ended = moved_in_time(real_cluster, real_cluster.token(audience=None), -timedelta(hours=3))
    file = written(tmp_path / "token", ended)
    arguments = {"token": ended, "token_file": file, "token_command": ["cat", file]}
    refused = refusal_of(own_door, **{way: arguments[way]})
    assert refused.code == "token-expired"
    assert "the token has expired on 20" in refused.message
    # For the same audience as before, not for the one that is usual elsewhere.
    assert f"--audience {OWN_AUDIENCE}" in (refused.remedy_copy or "")
    kfc.connect(host=own_door.host, token=made_by(refused, real_cluster)).list_experiments()


def test_a_token_of_another_cluster_is_refused_with_its_issuer(
    door: Stack, real_cluster: RealCluster
) -> None:
    head, body, signature = real_cluster.token().split(".")
    forged = f"{head}.{body}.{signature[::-1]}"
    assert real_cluster.url in refusal_of(door, token=forged).remedy


async def test_the_same_is_named_in_the_panel_by_a_diagnosis_and_in_a_terminal(
    door: Stack, real_cluster: RealCluster, rest: Rest, capsys: Any
) -> None:
    command = real_cluster.create_token(audience=None)
    await rest.put("work", host=door.host, auth="bearer-token", token_command=command)
    connected = await rest.connect("work")
    assert states(connected) == ["ok", "failed", "unknown"]
    failed = rung(connected, "signed-in")
    assert (failed["code"], failed["actor"]) == ("token-audience", "you")
    diagnosed = (await rest.ask("POST", "connections/work/diagnose")).data
    assert rung(diagnosed, "signed-in") | _at(failed) == failed
    capsys.readouterr()
    assert await asyncio.to_thread(main, ("doctor", "work")) == 1
    told = capsys.readouterr().out
    remedy = failed["remedy"]
    for text in ("[token-audience]", failed["detail"], remedy["text"], remedy["copy"]):
        assert text in told
    (probed,) = {token for token in tokens_of(door.accesses()[-1:]) if token}
    assert not [text for text in (*rest.texts, told) if probed in text]


def _at(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("ms", "checked_at")}
