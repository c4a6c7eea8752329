"""``doctor`` without a name: what the environment names is told as if it had been typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.cli import FAILS, main

from ..core.loopback import answer, authority, closed_port, serve

KFP = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    b'{"multi_user": false}'
)


@contextmanager
def private_authority(folder: Path) -> Iterator[str]:
    context, _ = authority(folder)
    with serve(answer(KFP), context) as server:
        yield server.origin


@contextmanager
def only_in_cluster(folder: Path) -> Iterator[str]:
    yield "http://ml-pipeline-ui.kubeflow.svc.cluster.local.invalid"


@contextmanager
def nothing_there(folder: Path) -> Iterator[str]:
    yield f"http://localhost:{closed_port()}/pipeline"


@contextmanager
def behind_a_dead_proxy(folder: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_PROXY", f"http://localhost:{closed_port()}")
        yield "http://ml-pipeline.kubeflow.svc.cluster.local:8888"


def reachable(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Return the first rung as ``doctor`` tells it."""
    assert main(["doctor", *words, "--json"]) == FAILS
    told: dict[str, Any] = json.loads(capsys.readouterr().out)["rungs"][0]
    del told["ms"], told["checked_at"]
    return told


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (private_authority, "tls-untrusted"),
        (only_in_cluster, "name-not-found"),
        (nothing_there, "connection-refused"),
        (behind_a_dead_proxy, "proxy-failed"),
    ],
)
def test_what_the_environment_names_is_told_as_if_it_had_been_typed(
    place: Any,
    code: str,
    tmp_path: Path,
    isolated_environ: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with place(tmp_path) as host:
        typed = reachable(capsys, "--host", host)
        monkeypatch.setenv("KF_PIPELINES_ENDPOINT", host)
        named = reachable(capsys)
    assert (named["state"], named["code"]) == ("failed", code)
    where = " If the address is wrong, correct KF_PIPELINES_ENDPOINT where Jupyter is started."
    assert named["remedy"].pop("text") == typed["remedy"].pop("text") + where
    assert named == typed
