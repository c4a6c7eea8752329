"""A cluster's own tokens through the real oauth2-proxy, which looks up the keys of its API server.

As in Kubeflow's overlays `m2m` and `m2m-self-signed`: who the token is of goes on to KFP as
`kubeflow-userid`, and the token goes on as it came. Newer ones leave tokens to Istio, whose words
for a refusal `tests/diagnosis` has.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from kfp_server_api import ApiException

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.cli import main

from ..server.asking import BrokerClient, Rest
from ..server.contract import rung, states
from ..stack.cluster.moved_tokens import moved_in_time
from ..stack.cluster.real_cluster import ACCOUNT, NAMESPACE, OTHER_NAMESPACE, RealCluster
from ..stack.processes import wait_until
from ..stack.stack import Stack
from .real_pod import account
from .tokens_at_a_gateway import WAYS, given, sent, tokens_of, written

#: Long enough to connect once on a busy machine, and less than what a command's token has left when
#: it is made anew unasked; the cluster itself makes none of less than ten minutes.
SHORT = timedelta(seconds=25)
OF_AN_HOUR = timedelta(hours=1)


@pytest.fixture
def connected_to(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Give the ports that this process connects to."""
    ports: set[int] = set()
    connect: Callable[..., None] = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        ports.add(address[1] if isinstance(address, tuple) else 0)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    return ports


@pytest.mark.parametrize("way", WAYS)
def test_each_form_leads_through_the_gateway_and_the_token_nowhere_else(
    way: str, door: Stack, real_cluster: RealCluster, tmp_path: Path, connected_to: set[int]
) -> None:
    arguments, before = given(way, real_cluster, tmp_path), len(door.accesses())
    connected_to.clear()
    client = kfc.connect(host=door.host, **arguments)
    client.list_experiments()
    assert connected_to == {int(door.gateway.rpartition(":")[2])}
    assert account(ACCOUNT) in repr(client)
    accesses = sent(door, before)
    assert {access.status for access in accesses} == {200}
    (token,) = tokens_of(accesses)
    assert token not in f"{client!r} {client._repr_mimebundle_()} {vars(client)}"


@pytest.mark.parametrize("way", WAYS)
async def test_each_form_turns_three_rungs_green_and_is_told_nowhere(
    way: str,
    door: Stack,
    real_cluster: RealCluster,
    rest: Rest,
    broker: BrokerClient,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    arguments = given(way, real_cluster, tmp_path)
    fields = {} if way == "token" else arguments
    await rest.put("work", host=door.host, auth="bearer-token", **fields)
    connected = await rest.connect("work", **(arguments if way == "token" else {}))
    assert states(connected) == ["ok", "ok", "ok"]
    assert (connected["way"], connected["renews"]) == ("bearer-token", way != "token")
    assert connected["signed_in_as"] == account(ACCOUNT)
    assert rung(connected, "authorized")["detail"] == NAMESPACE
    assert await asyncio.to_thread(main, ("doctor", "work")) == 0
    lease = await broker.lease("work")
    token = lease["headers"]["Authorization"].removeprefix("Bearer ")
    assert tokens_of(door.accesses()[-1:]) == {token}
    assert "jupyter-kfp-connect/connections/work/connect" in caplog.text, "the log is talkative"
    told = [caplog.text, *rest.texts, *capfd.readouterr()]
    assert not [text for text in told if token in text]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "token"]
    assert not [path for path in files if token.encode() in path.read_bytes()]


@pytest.mark.parametrize("way", WAYS)
def test_each_form_leads_past_the_gateway_where_kfp_itself_looks_at_the_audience(
    way: str, own_door: Stack, real_cluster: RealCluster, tmp_path: Path
) -> None:
    host = own_door.api_host
    client = kfc.connect(host=host, **given(way, real_cluster, tmp_path))
    client.list_experiments()
    assert account(ACCOUNT) in repr(client)
    with pytest.raises(kfc.SignInFailed) as caught:
        kfc.connect(host=host, **given(way, real_cluster, tmp_path, None))
    assert caught.value.code == "token-audience"
    assert "Kubeflow Pipelines takes pipelines.kubeflow.org" in caught.value.message


def test_kfp_goes_by_the_account_that_the_gateway_names(
    door: Stack, real_cluster: RealCluster
) -> None:
    client = kfc.connect(host=door.host, token=real_cluster.token())
    with pytest.raises(ApiException) as caught:
        client.list_experiments(namespace=OTHER_NAMESPACE)
    refused = caught.value
    assert isinstance(refused, kfc.KfpConnectError)
    assert refused.code == "forbidden"
    assert f"{NAMESPACE}/{ACCOUNT} may not list experiments in team-a" in refused.message
    assert "kind: RoleBinding" in (refused.remedy_copy or "")


def test_a_token_that_ends_while_calls_are_made_is_made_anew_by_its_command_alone(
    door: Stack, real_cluster: RealCluster, tmp_path: Path
) -> None:
    file, once = tmp_path / "token", tmp_path / "once"
    command = tmp_path / "create-token"
    make = " ".join(real_cluster.create_token())
    command.write_text(f"#!/bin/sh\nmv {once} {once}.used && exec cat {once}.used\nexec {make}\n")
    command.chmod(0o700)
    fresh = real_cluster.token()

    def short() -> str:
        return moved_in_time(real_cluster, real_cluster.token(), SHORT - OF_AN_HOUR)

    first = short()
    written(once, first)
    by_command = kfc.connect(host=door.host, token_command=[os.fspath(command)])
    by_file = kfc.connect(host=door.host, token_file=written(file, short()))
    last = short()
    by_value = kfc.connect(host=door.host, token=last)
    wait_until(lambda: _status_at(door, last) == 401, "the end of the last token", 60)
    before = len(door.accesses())
    by_command.list_experiments()
    accesses = sent(door, before)
    assert [access.status for access in accesses] == [401, 200]
    assert tokens_of(accesses[:1]) == {first}
    assert tokens_of(accesses[1:]).isdisjoint({first, fresh})
    for client in (by_file, by_value):
        with pytest.raises(kfc.SignInFailed) as caught:
            client.list_experiments()
        assert caught.value.code == "token-expired"
        assert caught.value.remedy_copy == " ".join(["kubectl", *real_cluster.create_token()[1:]])
    written(file, fresh)
    by_file.list_experiments()


def _status_at(stack: Stack, token: str) -> int:
    url = f"{stack.host}/apis/v2beta1/healthz"
    headers = {"Authorization": f"Bearer {token}"}
    with stack.session() as session:
        answer: requests.Response = session.get(url, headers=headers, timeout=60)
    return answer.status_code
