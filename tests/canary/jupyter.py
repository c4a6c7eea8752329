"""A Jupyter server that logs all it can, asked as windows, kernels and terminals do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import requests
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from jupyter_kfp_connect.kernel.broker_client import BROKER, Broker

from ..kernel.real_kernel import LIMIT, Kernel
from ..stack.processes import Process, answers, free_ports

TIMEOUT = 30

#: Every logger at DEBUG, and the events, each in a file that is searched.
_CONFIG = """
import logging
logging.basicConfig(filename={log!r}, level=logging.DEBUG, force=True)
for name in ("urllib3", "requests", "tornado", "kfp", "jupyter_kfp_connect", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
c.EventLogger.handlers = [logging.FileHandler({events!r})]
c.ServerApp.log_level = "DEBUG"
c.ServerApp.allow_root = True  # containers run tests as root
c.ServerApp.open_browser = False
c.ServerApp.port = {port}
c.ServerApp.port_retries = 0
c.ServerApp.ip = "127.0.0.1"
c.IdentityProvider.token = {token!r}
c.ServerApp.jpserver_extensions = {{"jupyter_kfp_connect": True}} | dict.fromkeys(
    ("jupyter_lsp", "jupyterlab", "notebook", "notebook_shim", "jupyter_server_terminals"), False)
"""


@dataclass
class Jupyter:
    """A running Jupyter server.

    Attributes
    ----------
    url : str
        Its address.
    home : Path
        Below it is everything that it, its kernels and its terminals write.
    environ : mapping
        Environment of its processes.
    answers : dict
        What it answered so far: status, headers and body by request.
    """

    url: str
    home: Path
    environ: Mapping[str, str]
    token: str = field(repr=False)
    answers: dict[str, bytes] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Make one request of a window; text goes as it is, anything else as JSON."""
        text = body if isinstance(body, str) else json.dumps(body or {})
        answer = requests.request(
            method,
            f"{self.url}/{path}",
            data=None if method == "GET" else text,
            headers={
                "Authorization": f"token {self.token}",
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
            timeout=TIMEOUT,
        )
        key = f"answer {len(self.answers)} to {method} {path.partition('?')[0]}"
        self.answers[key] = f"{answer.status_code} {answer.headers}\n".encode() + answer.content
        return answer

    def rest(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Make one request of the panel."""
        return self.ask(method, f"jupyter-kfp-connect/{path}", body, **headers)

    @property
    def broker(self) -> Broker:
        """The broker, as a kernel finds it."""
        found = Broker.find({BROKER: str(self.description)})
        assert found is not None
        return found

    @property
    def description(self) -> Path:
        """The file that tells kernels where the broker is, and its secret."""
        (path,) = Path(self.environ["JUPYTER_RUNTIME_DIR"]).glob("kfp-connect-*.json")
        return path

    def terminal(self, *words: str, typed: str = "") -> bytes:
        """Run the command line in a terminal of the server; return all that it printed."""
        command = [sys.executable, "-X", "dev", "-m", "jupyter_kfp_connect", *words]
        done = subprocess.run(
            command,
            env={**self.environ, BROKER: str(self.description)},
            input=typed.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            check=False,
            start_new_session=True,  # getpass has no terminal but what is typed here
        )
        return done.stdout

    @contextmanager
    def kernel(self) -> Iterator[Kernel]:
        """Start a kernel and talk to it as its notebook does."""
        name = self.ask("POST", "api/kernels", {"name": "python3"}).json()["id"]
        path = Path(self.environ["JUPYTER_RUNTIME_DIR"]) / f"kernel-{name}.json"
        manager = KernelManager(connection_file=str(path))  # knows of it; the server started it
        client = BlockingKernelClient(connection_file=str(path))
        client.load_connection_file()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=LIMIT)
            yield Kernel(manager, client, name)
        finally:
            client.stop_channels()
            self.ask("DELETE", f"api/kernels/{name}")
            client.context.destroy()
            manager.context.destroy()

    def processes(self) -> dict[str, bytes]:
        """Return command line and environment of the server and its kernels."""
        found = {}
        for process in psutil.process_iter():
            try:
                variables, command = process.environ(), process.cmdline()
            except psutil.Error:
                continue
            if variables.get("HOME") == str(self.home):
                found[f"process {' '.join(command)}"] = f"{command}\n{variables}".encode()
        return found


@contextmanager
def running_jupyter(folder: Path) -> Iterator[Jupyter]:
    """Start a Jupyter server below `folder`, an empty one; stop it and its kernels."""
    home, token = folder / "home", "token-of-the-jupyter-server"
    environ = _environ(home)
    for place in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_RUNTIME_DIR"):
        Path(environ[place]).mkdir(parents=True)
    (port,) = free_ports(1)
    log, events = str(home / "server.log"), str(home / "events.log")
    config = _CONFIG.format(port=port, token=token, log=log, events=events)
    (home / ".jupyter" / "jupyter_server_config.py").write_text(config)
    (home / ".ipython").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "jupyter_server", f"--ServerApp.root_dir={home}"]
    server = Process("jupyter", command, home / "output.log", environ)
    try:
        server.wait_for(answers(f"http://127.0.0.1:{port}/api"))
        yield Jupyter(f"http://127.0.0.1:{port}", home, environ, token)
    finally:
        server.stop()


def _environ(home: Path) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_DATA_DIR": str(home / ".local" / "share" / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / ".ipython"),
        "XDG_RUNTIME_DIR": str(home / "run"),  # the broker's folder is below
    }
