"""The server ends when it is told to, whatever its connections and kernels are about."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from ..stack.ports import free_ports
from ..stack.processes import Process, answers, wait_until
from .asking import PASSWORD, TIMEOUT, USER, SilentServer
from .conftest import StartSandbox

TOKEN = "of-this-server"
PATIENCE = "60"  # seconds that it may take to end: far fewer than the sign-in may


class Server:
    """A Jupyter server in a process of its own.

    Parameters
    ----------
    folder : Path
        Gets everything that it writes.
    """

    def __init__(self, folder: Path) -> None:
        (port,) = free_ports(1)
        self._folder = folder
        self.url = f"http://127.0.0.1:{port}"
        settings = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": str(port),
            "ServerApp.port_retries": "0",
            "ServerApp.open_browser": "False",
            "ServerApp.allow_root": "True",  # in containers
            # A signal that comes amid a line of log would be lost: Jupyter's handler writes one.
            "ServerApp.log_level": "WARN",
            "ServerApp.root_dir": str(folder),
            "IdentityProvider.token": TOKEN,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._command = [sys.executable, "-m", "jupyter_server", *options]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start it; stop it, which fails where it does not end by itself."""
        process = Process("jupyter", self._command, self._folder / "log", self._environ())
        try:
            process.wait_for(answers(f"{self.url}/api"))
            yield
        finally:
            process.stop()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make a request as a window does; return the answer's data."""
        answer = requests.request(
            method,
            f"{self.url}/{path}",
            json={} if body is None else body,
            headers={"Authorization": f"token {TOKEN}"},
            timeout=TIMEOUT,
        )
        assert answer.ok, answer.text
        return answer.json()

    def _environ(self) -> dict[str, str]:
        own = {
            "HOME": str(self._folder),
            "JUPYTER_CONFIG_DIR": str(self._folder / "config"),
            "JUPYTER_DATA_DIR": str(self._folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self._folder / "runtime"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "WATCHDOG_GRACE": PATIENCE,
        }
        return {"PATH": os.environ["PATH"]} | own


def test_neither_a_hanging_sign_in_nor_kernels_with_a_client_keep_the_server_from_ending(
    tmp_path: Path, start_sandbox: StartSandbox
) -> None:
    server, kubeflow = Server(tmp_path), start_sandbox()
    rest = "jupyter-kfp-connect/connections"
    with SilentServer() as silent:
        with server.running():
            server.ask("PUT", f"{rest}/work", {"host": kubeflow.sandbox.host})
            given = {"username": USER, "password": PASSWORD}
            told = server.ask("POST", f"{rest}/work/connect", given)
            assert told["signed_in_as"] == USER
            server.ask("PUT", f"{rest}/slow", {"host": silent.host, "timeout": 300})
            server.ask("POST", f"{rest}/slow/connect?wait=0", given)
            wait_until(lambda: silent.asked > 0, "the sign-in under way")
            kernel = server.ask("POST", "api/kernels")
            assert kernel["id"]
        # It has ended by itself: `running` would have failed.
        assert not any((tmp_path / "runtime").glob("kfp-connect-*.json"))
