"""Colours and symbols only where the terminal takes them; words everywhere."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from jupyter_kfp_connect.cli import CUT_OFF
from jupyter_kfp_connect.cli.console import Console
from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.kernel.standing import Standing

from ..kernel.told import connection, signed_out


class Stream(io.TextIOWrapper):
    """A terminal, or a pipe, of some encoding."""

    def __init__(self, encoding: str, terminal: bool) -> None:
        self._kept = io.BytesIO()
        self._terminal = terminal
        super().__init__(self._kept, encoding=encoding, errors="strict", newline="\n")

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        self.flush()
        return self._kept.getvalue().decode(self.encoding)


def shown(
    monkeypatch: pytest.MonkeyPatch, stream: Stream, environ: Mapping[str, str] | None = None
) -> str:
    """Return what two ladders look like."""
    monkeypatch.setattr(sys, "stdout", stream)
    console = Console.of_process(environ or {"TERM": "xterm"})
    console.ladder(Standing.of_server(connection()))
    console.ladder(Standing.of_server(signed_out("local")))
    return stream.text


def test_a_terminal_has_both(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Stream("utf-8", True))
    assert "  ✓ Reachable: \x1b[32mok\x1b[0m\n" in text
    assert "  ✗ Signed in: \x1b[31mfailed [sign-in-needed]\x1b[0m, nobody is signed in" in text


def test_a_pipe_has_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Stream("utf-8", False))
    assert "  Reachable: ok\n" in text
    assert "\x1b" not in text
    assert "✓" not in text


@pytest.mark.parametrize(
    ("environ", "symbols"),
    [({"NO_COLOR": "1", "TERM": "xterm"}, True), ({"TERM": "dumb"}, False)],
    ids=["NO_COLOR", "dumb"],
)
def test_who_wants_no_colours_gets_none(
    monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str], symbols: bool
) -> None:
    text = shown(monkeypatch, Stream("utf-8", True), environ)
    assert "\x1b" not in text
    assert ("✓" in text) is symbols


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "iso8859-1"])
def test_a_terminal_without_the_signs_gets_words(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    text = shown(monkeypatch, Stream(encoding, True))
    assert "  Reachable: " in text
    assert "✓" not in text


def test_a_complaint_fits_into_any_encoding() -> None:
    stream = Stream("ascii", True)
    Console(stream, stream).problem(
        error("locked", "“prod” is the administrator's… · ж", remedy_copy="copied")
    )
    lines = stream.text.splitlines()
    assert lines[0] == '"prod" is the administrator\'s... | ? [locked]'
    assert lines[-1] == "copied"


@pytest.mark.parametrize("words", [["list"], ["doctor", "--host", "http://127.0.0.1:9"]])
def test_a_reader_that_has_seen_enough_such_as_head_gets_no_traceback(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    program = [sys.executable, "-m", "jupyter_kfp_connect", *words]
    try:
        ran = subprocess.run(program, stdout=writer, stderr=subprocess.PIPE, text=True)
    finally:
        os.close(writer)
    assert (ran.returncode, ran.stderr) == (CUT_OFF, "")
