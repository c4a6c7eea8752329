"""A Jupyter server of the benchmarks' own."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.stack.ports import free_ports
from tests.stack.processes import Process, answers

_NAMESPACE = "jupyter-kfp-connect"
_DEADLINE = 60  # seconds


@dataclass(frozen=True)
class Server:
    """A running Jupyter server.

    Attributes
    ----------
    url : str
        Its address.
    token : str
        What opens it.
    description : Path
        The broker's description file, which its kernels inherit.
    """

    url: str
    token: str = field(repr=False)
    description: Path

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Make one call of the extension's REST interface, and return the JSON answered."""
        answer = requests.request(
            method,
            f"{self.url}/{_NAMESPACE}/{path}",
            json=body,
            headers={"Authorization": f"token {self.token}"},
            timeout=_DEADLINE,
        )
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running_server(folder: Path, environ: Mapping[str, str]) -> Iterator[Server]:
    """Start a server with the extension, yield it, stop it.

    Parameters
    ----------
    folder : Path
        Gets its log.
    environ : mapping
        Its whole environment.
    """
    (port,) = free_ports(1)
    token = secrets.token_hex(16)
    process = Process("jupyter", _command(port, token), folder / "jupyter.log", environ)
    try:
        url = f"http://127.0.0.1:{port}"
        process.wait_for(answers(f"{url}/api"), _DEADLINE)
        (description,) = Path(environ["JUPYTER_RUNTIME_DIR"]).glob("kfp-connect-*.json")
        yield Server(url, token, description)
    finally:
        process.stop()


def seconds_to_start(environ: Mapping[str, str], *, extension: bool) -> float:
    """Start a server with this extension or none, and return the seconds until it answers."""
    (port,) = free_ports(1)
    switch = f"--ServerApp.jpserver_extensions={{'jupyter_kfp_connect': {extension}}}"
    url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [*_command(port, "none"), switch],
        env={**environ, "JUPYTER_NO_CONFIG": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answered(f"{url}/api"):
            if process.poll() is not None or time.perf_counter() - started > _DEADLINE:
                raise RuntimeError("a Jupyter server did not start")
            time.sleep(0.005)
        took = time.perf_counter() - started
        there = requests.get(f"{url}/{_NAMESPACE}/connections", timeout=_DEADLINE).status_code
        if (there == 404) is extension:
            raise RuntimeError("the extension could not be switched on and off")
        return took
    finally:
        process.terminate()
        process.wait(_DEADLINE)


def _answered(url: str) -> bool:
    try:
        return requests.get(url, timeout=_DEADLINE).ok
    except requests.ConnectionError:
        return False


def _command(port: int, token: str) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": str(port),
        "ServerApp.port_retries": "0",
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",  # in containers
        "IdentityProvider.token": token,
    }
    return [
        sys.executable,
        "-m",
        "jupyter_server",
        *(f"--{name}={value}" for name, value in options.items()),
    ]
