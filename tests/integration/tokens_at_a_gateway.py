"""Real tokens for a gateway, and what it was asked with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import jupyter_kfp_connect as kfc

from ..stack.cluster.real_cluster import AUDIENCE, RealCluster
from ..stack.gateway import Access
from ..stack.stack import Stack

WAYS = ("token", "token_file", "token_command")


def given(way: str, cluster: RealCluster, folder: Path, audience: str | None = AUDIENCE) -> Any:
    """Return the arguments of `connect` that give a fresh token in one of the three ways."""
    if way == "token_command":
        return {way: cluster.create_token(audience=audience)}
    token = cluster.token(audience=audience)
    return {way: token} if way == "token" else {way: written(folder / "token", token)}


def written(file: Path, token: str) -> str:
    """Put a token into a file; return its path."""
    file.write_text(f"{token}\n", encoding="ascii")
    return os.fspath(file)


def sent(stack: Stack, since: int) -> list[Access]:
    """Return what the gateway was asked after so many requests."""
    return stack.accesses()[since:]


def tokens_of(accesses: list[Access]) -> set[str]:
    """Return the tokens that requests came with; ``""`` for none."""
    headers = (access.request_headers.get("Authorization", [""]) for access in accesses)
    return {header.removeprefix("Bearer ") for each in headers for header in each}


def refusal_of(stack: Stack, **arguments: Any) -> kfc.KfpConnectError:
    """Return why connecting fails, having seen that nothing came further than the gateway."""
    before = len(stack.accesses())
    with pytest.raises(kfc.SignInFailed) as caught:
        kfc.connect(host=stack.host, **arguments)
    accesses = sent(stack, before)
    assert {access.status for access in accesses} == {401}
    assert not any("Server" in access.answer_headers for access in accesses), "KFP answered"
    for token in tokens_of(accesses) - {""}:
        assert token not in f"{caught.value} {caught.value.to_dict()}"
    return caught.value


def made_by(refused: kfc.KfpConnectError, cluster: RealCluster) -> str:
    """Return the token that the command prints which comes with an error."""
    words = (refused.remedy_copy or "").split()
    assert words[0] == "kubectl"
    return cluster.kubectl(*words[1:])
