"""A Jupyter server in a home of its own, all of whose words are kept."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pexpect  # type: ignore[import-untyped]
import requests
import websocket
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from ..kernel.real_kernel import LIMIT, Kernel, Outcome
from ..stack.ports import free_ports
from ..stack.processes import Process, answers, wait_until
from .evidence import Evidence

#: The server as Jupyter starts it, but that every library tells the log all it has to say.
_SERVER = """
import logging
logging.basicConfig(level=logging.DEBUG)
from jupyter_server.serverapp import launch_new_instance
launch_new_instance()
"""
TOKEN = "the-jupyter-servers-own"  # the user's key to the server: no secret of this software
_TIMEOUT = 60


class World:
    """A running server, its windows, kernels and terminals.

    Parameters
    ----------
    folder : Path
        Gets everything that is written.
    secrets : Path
        A folder apart, where cells take secrets from without having them in their source.
    """

    def __init__(self, folder: Path, secrets: Path) -> None:
        self.folder, self.secrets = folder, secrets
        self.evidence = Evidence(folder)
        self.environ = _environ(folder)
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self._port = port

    def secret(self, name: str, value: str) -> str:
        """Look for `value` from now on, and let cells read it; return it."""
        (self.secrets / name).write_text(value, encoding="utf-8")
        return self.evidence.secret(name, value)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start the server and a window that hears its events; stop them."""
        process = Process("jupyter", self._command(), self.folder / "server.log", self.environ)
        try:
            process.wait_for(answers(f"{self.url}/api"), _TIMEOUT)
            self.evidence.watch(process._watchdog.pid)
            self.evidence.secret(
                "the broker's secret",
                json.loads(self.description.read_text())["secret"],
                home=self.description,
            )
            with self._listening():
                yield
        finally:
            process.stop()

    @property
    def description(self) -> Path:
        """The file that describes the broker."""
        (path,) = Path(self.environ["JUPYTER_RUNTIME_DIR"]).glob("kfp-connect-*.json")
        return path

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Make a request as a window does; `body` may be text that is no JSON."""
        given = headers or {"Content-Type": "application/json"}
        data = body if isinstance(body, str) else None if body is None else json.dumps(body)
        answer = requests.request(
            method,
            f"{self.url}/jupyter-kfp-connect/{path}",
            data=data,
            headers={"Authorization": f"token {TOKEN}", **given},
            timeout=_TIMEOUT,
        )
        self.evidence.add(f"answer to {method} {path}", answer.content)
        self.evidence.add(f"headers of {method} {path}", dict(answer.headers))
        return answer

    def terminal(self, *words: str, typed: str | None = None) -> str:
        """Run ``jupyter kfp-connect`` in a terminal of the server; `typed` answers its question."""
        environ = self.environ | {"KFP_CONNECT_BROKER": str(self.description)}
        child = pexpect.spawn(
            sys.executable,
            ["-m", "jupyter_kfp_connect", *words],
            env=environ,
            timeout=_TIMEOUT,
            encoding="utf-8",
            cwd=str(self.folder),
        )
        shown: str = ""
        if typed is not None:
            child.expect("(?i)password.*: ?")
            shown += child.before + child.after
            child.waitnoecho()
            child.sendline(typed)
        child.expect(pexpect.EOF)
        shown += child.before
        child.close()
        self.evidence.add(f"terminal: {' '.join(words)}", shown)
        return shown

    @contextmanager
    def notebook(self) -> Iterator[Notebook]:
        """Start a kernel of the server's, and end it."""
        headers = {"Authorization": f"token {TOKEN}"}
        made = requests.post(
            f"{self.url}/api/kernels", json={}, headers=headers, timeout=_TIMEOUT
        ).json()
        runtime = Path(self.environ["JUPYTER_RUNTIME_DIR"])
        manager = KernelManager(connection_file=str(runtime / f"kernel-{made['id']}.json"))
        manager.load_connection_file()
        client = manager.blocking_client()
        client.start_channels()
        try:
            _wait_for(client)
            yield Notebook(Kernel(manager, client, made["id"]), self)
        finally:
            client.stop_channels()
            manager.context.destroy()
            requests.delete(
                f"{self.url}/api/kernels/{made['id']}", headers=headers, timeout=_TIMEOUT
            )

    def _command(self) -> list[str]:
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": str(self._port),
            "ServerApp.port_retries": "0",
            "ServerApp.open_browser": "False",
            "ServerApp.allow_root": "True",  # in containers
            "ServerApp.log_level": "DEBUG",
            "ServerApp.root_dir": str(self.folder),
            "IdentityProvider.token": TOKEN,
        }
        settings = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-c", _SERVER, *settings]

    @contextmanager
    def _listening(self) -> Iterator[None]:
        address = f"{self.url.replace('http', 'ws', 1)}/api/events/subscribe"
        window = websocket.create_connection(
            address, header=[f"Authorization: token {TOKEN}"], timeout=_TIMEOUT
        )

        def listen() -> None:
            with suppress(websocket.WebSocketException, OSError):
                while True:
                    self.evidence.add("an event", window.recv())

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield
        finally:
            assert window.sock is not None
            window.sock.shutdown(socket.SHUT_RDWR)
            thread.join()
            window.close()


class Notebook:
    """A kernel of the server's, all of whose messages are kept."""

    def __init__(self, kernel: Kernel, world: World) -> None:
        self.kernel = kernel
        self._world = world

    def run(self, code: str) -> str:
        """Run a cell; return what it showed."""
        outcome: Outcome = self.kernel.run(code)
        self._world.evidence.add("the cell's messages", [outcome.reply, *outcome.messages])
        self._world.evidence.add("what the cell showed", outcome.text)
        return outcome.text

    def fails(self, code: str, word: str) -> None:
        """Run a cell whose error says `word`."""
        text = self.run(code)
        assert word in text, text[-3000:]


def _wait_for(client: BlockingKernelClient) -> None:
    """Wait until a kernel answers; one that has not started yet is taken for a dead one."""

    def look() -> bool:
        with suppress(RuntimeError):
            client.wait_for_ready(timeout=LIMIT)
            return True
        return False

    wait_until(look, "the kernel answers", LIMIT)


def _environ(folder: Path) -> dict[str, str]:
    places = {
        "HOME": folder / "home",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
        "XDG_CONFIG_HOME": folder / "home" / ".config",
        "XDG_CACHE_HOME": folder / "home" / ".cache",
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    return {**os.environ, **{name: str(place) for name, place in places.items()}}
