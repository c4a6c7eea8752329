"""The golden table: no change of which way in is chosen, or of what is told, goes unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.core.hosts import origin

from .ways import SECRETS, Played

_TABLE = Path(__file__).parent / "ways_in"
ROWS: list[dict[str, Any]] = [
    row
    for file in sorted(_TABLE.glob("*.yaml"))
    for row in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("row", ROWS, ids=[row["what"] for row in ROWS])
def test_the_way_in_and_all_that_is_told_of_it_are_those_of_the_table(
    row: dict[str, Any], tmp_path: Path
) -> None:
    played = Played(row, tmp_path)
    assert played.outcome == row["outcome"]
    assert played.attempts == row["attempts"]
    assert played.proxies == row.get("proxies", [])
    told = str(played.outcome) + str(played.attempts)
    assert not any(secret in told for secret in SECRETS)


@pytest.mark.parametrize("row", ROWS, ids=[row["what"] for row in ROWS])
def test_no_probe_carries_a_credential_and_no_host_but_the_chosen_one_gets_any(
    row: dict[str, Any], tmp_path: Path
) -> None:
    played = Played(row, tmp_path)
    for request in played.looked:
        assert (request.method, set(request.headers)) == ("GET", {"Accept"})
        assert request.form is None
    for request in played.sent:
        if request.headers.keys() & {"Authorization", "Cookie"} or request.form is not None:
            assert played.host is not None
            there = (played.host, played.outcome.get("host", played.host))  # by its whole name
            assert origin(request.url) in map(origin, there)
    if row["outcome"].get("code", "").startswith("token-"):
        assert not any("Authorization" in request.headers for request in played.sent)


def test_the_table_has_every_argument_and_every_variable() -> None:
    arguments = {name for row in ROWS for name in row.get("arguments", {})}
    variables = {name for row in ROWS for name in row.get("variables", {})}
    assert arguments >= {
        "host",
        "auth",
        "token",
        "token_file",
        "token_command",
        "cookies",
        "username",
        "password",
        "connector",
    }
    assert variables >= {
        "KF_PIPELINES_ENDPOINT",
        "KF_PIPELINES_TOKEN",
        "KF_PIPELINES_COOKIES",
        "KF_PIPELINES_SA_TOKEN_PATH",
        "KF_PIPELINES_UI_ENDPOINT",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
    }


#: Arguments that contradict each other, and what is said.
CONFLICTS: list[tuple[dict[str, Any], str]] = [
    ({"token": "t", "cookies": "a=b"}, "token and cookies: only one of them can be used"),
    ({"password": "p", "token": "t"}, "password and token: only one of them can be used"),
    ({"token": "t", "token_file": "/t"}, "token and token_file: only one of them can be used"),
    (
        {"token_file": "/t", "token_command": ["true"]},
        "token_file and token_command: only one of them can be used",
    ),
    ({"cookies": "a=b", "auth": "bearer-token"}, "auth: “bearer-token” takes no cookies"),
    ({"token": "t", "auth": "none"}, "auth: “none” takes no token"),
    ({"password": "p", "auth": "session-cookie"}, "auth: “session-cookie” takes no password"),
    ({"password": "p"}, "username: it is missing"),
    ({"token": " "}, "token: it is empty or not a text"),
]


@pytest.mark.parametrize(("arguments", "message"), CONFLICTS, ids=[row[1] for row in CONFLICTS])
def test_arguments_that_contradict_each_other_are_refused_before_anything_is_sent(
    arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect(host="http://localhost:9", **arguments)
    assert (caught.value.code, caught.value.message) == ("bad-request", message)
    assert caught.value.remedy
