"""A server that is killed cannot tidy up: the next one does."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

#: A server with this extension alone. It says where its broker's description is, and serves on.
_SERVER = """
import asyncio, os, sys
from jupyter_server.serverapp import ServerApp

os.umask(0)
extensions = {"jupyter_kfp_connect": True} | dict.fromkeys(
    ("jupyter_lsp", "jupyterlab", "notebook", "notebook_shim", "jupyter_server_terminals"), False)

async def serve():
    app = ServerApp()
    app.initialize(["--allow-root", f"--ServerApp.jpserver_extensions={extensions}"],
                   new_httpserver=False)
    print(os.environ["KFP_CONNECT_BROKER"], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await app._cleanup()

asyncio.run(serve())
"""


@pytest.fixture
def start_server(jp_environ: Any) -> Iterator[Callable[[], tuple[Any, Path]]]:
    """Give a function that starts a server of its own process, and returns its description."""
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[subprocess.Popen[str], Path]:
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(server)
        assert server.stdout is not None
        return server, Path(server.stdout.readline().strip())

    yield start
    for server in started:
        server.kill()
        server.wait()
        for stream in (server.stdin, server.stdout):
            assert stream is not None
            stream.close()


def mode(path: Path) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def test_what_a_killed_server_left_is_closed_to_others_and_gone_after_the_next_start(
    start_server: Any,
) -> None:
    killed, description = start_server()
    told = json.loads(description.read_text())
    folder = Path(told["socket"]).parent
    files = [description, Path(told["socket"]), Path(told["stamp"])]
    assert [mode(path) for path in files] == [0o600] * 3, "whatever the umask"
    assert mode(folder) == 0o700
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert all(path.exists() for path in files)
    second, fresh = start_server()
    assert not any(path.exists() for path in (*files, folder))
    assert fresh.exists()
    third, another = start_server()
    assert fresh.exists(), "a server that lives is left alone"
    for server, path in ((second, fresh), (third, another)):
        server.communicate(timeout=120)
        assert server.returncode == 0
        assert not path.exists()
