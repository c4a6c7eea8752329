"""What stands wrong in a file of connections, or in a configuration, is told and left as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.paths import jupyter_config_dir

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.cli import main

from ..server.asking import Rest
from ..server.test_policy import configured
from .bad_input import FIELDS, HOSTS, SECRET, UNDERSTOOD, told

#: Entries of a file of connections, or of a server's configuration, and what is wrong with each.
ENTRIES: list[tuple[dict[str, Any], str]] = [
    *(({"host": typed}, words) for typed, words in HOSTS),
    *(({"host": UNDERSTOOD, field: typed}, f"{field}: ") for field, typed in FIELDS),
]


@pytest.mark.parametrize(("entry", "words"), ENTRIES)
def test_what_is_wrong_in_the_file_of_connections_is_told_to_who_asks_for_it(
    entry: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"host": UNDERSTOOD}
    file = Path(jupyter_config_dir()) / "kfp_connect.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"connections": {"work": entry, "other": good}}))
    before = file.read_text()
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect("work")
    told(caught.value, "file-unreadable", words)
    assert str(file) in str(caught.value)
    assert main(["doctor", "work"]) != 0
    captured = capsys.readouterr()
    printed = captured.out + captured.err
    assert "“work”" in printed
    assert SECRET not in printed
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect("wrok")
    told(caught.value, "unknown-connection", "“wrok”")
    assert file.read_text() == before


@configured(
    connections={"good": {"host": UNDERSTOOD}} | {f"bad-{n}": e for n, (e, _) in enumerate(ENTRIES)}
)
async def test_what_is_wrong_in_the_configuration_is_told_to_every_window_and_the_rest_serves(
    rest: Rest,
) -> None:
    seen = await rest.ask("GET", "connections")
    assert [each["name"] for each in seen.data["connections"]] == ["good"]
    messages = [each["message"] for each in seen.data["problems"]]
    fields = [words if words.endswith(": ") else "host: " for _, words in ENTRIES]
    assert len(messages) == len(fields)
    for message, field in zip(messages, fields, strict=True):
        assert "jupyter_server_config, “bad-" in message
        assert f"”: {field}" in message
    assert SECRET not in seen.text
