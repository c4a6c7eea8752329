"""No server outlives the tests, however they end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.processes import Process, ProcessFailed, wait_until

SERVER = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]
DEAF = """\
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
KILLED_RUN = """\
import os, pathlib, sys
from tests.stack.processes import Process
log = pathlib.Path(sys.argv[1])
Process("server", sys.argv[2:], log, {}).wait_for(lambda: log.read_text() or None)
os.kill(os.getpid(), 9)
"""


def alive(pid: int) -> bool:
    """Whether a process with this id is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_stop_ends_the_server(tmp_path: Path) -> None:
    server = Process("server", SERVER, tmp_path / "server.log", {})
    pid = int(server.wait_for(lambda: server.tail() or None))
    assert alive(pid)
    server.stop()
    assert not alive(pid)


def test_a_killed_test_run_leaves_no_server(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    run = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(log), *SERVER],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert run.returncode == -9
    pid = int(log.read_text())
    wait_until(lambda: not alive(pid), "the server's end")


def test_a_server_that_fails_shows_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such flag')"]
    server = Process("server", command, tmp_path / "server.log", {})
    with pytest.raises(ProcessFailed, match="no such flag"):
        server.wait_for(lambda: None)
    server.stop()


def test_a_server_that_will_not_end_is_killed_and_named(tmp_path: Path) -> None:
    environ = {"WATCHDOG_GRACE": "0.2"}
    server = Process("server", [sys.executable, "-c", DEAF], tmp_path / "server.log", environ)
    server.wait_for(lambda: server.tail() or None)
    with pytest.raises(ProcessFailed, match="did not end when told to"):
        server.stop()
