"""JupyterLab on the demo notebook, with a sandbox of Kubeflow beside it, until Ctrl-C."""

import argparse
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import Console
from .demo_files import NOTEBOOK, DemoFolders
from .layout import DEMO, VENV_BIN
from .programs import Program, ProgramFailed, running
from .python_packages import PYTHON

USUAL_PORT = 8888
JUPYTER_LAB = str(VENV_BIN / "jupyter-lab")

GUIDE = """
  JupyterLab    {address}
  sandbox       {host}   (a look-alike of Kubeflow, on this machine only)

  1. In the panel on the left, Kubeflow Pipelines, the connection "Demo sandbox" is filled in.
     Press Connect, type the password  12341234  (the user is user@example.com) and press
     Connect again.
  2. The steps turn green one after another, and the notebook has its client.
  3. Run the notebook's cells, one by one.

  Ctrl-C here ends both. Logs and files of the demo are in {folder}
"""


def run(console: Console, arguments: list[str]) -> int:
    """Run the demo until Ctrl-C; return the exit status.

    Parameters
    ----------
    console
        Where to tell what is being done.
    arguments
        `--no-browser`, `--port PORT` and `--folder FOLDER`.
    """
    options = _parser().parse_args(arguments)
    folders = DemoFolders(options.folder.resolve())
    folders.notebooks.mkdir(parents=True, exist_ok=True)
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell's background job ignores the first
        signal.signal(ending, signal.default_int_handler)
    try:
        _demo(console, folders, options)
    except KeyboardInterrupt:
        console.say("demo", "ended")
    except ProgramFailed as reason:
        console.say("demo", f"FAILED: {reason}")
        return 1
    return 0


def _demo(console: Console, folders: DemoFolders, options: argparse.Namespace) -> None:
    console.say("demo", "starting the sandbox")
    with _sandbox(folders) as (sandbox, host):
        folders.prepare(host)
        console.say("demo", "starting JupyterLab")
        with _jupyterlab(folders, options) as (lab, address):
            print(GUIDE.format(address=address, host=host, folder=folders.top), flush=True)
            while True:
                sandbox.check()
                lab.check()
                time.sleep(0.5)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo ARGS=…")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.add_argument("--port", type=int, help="JupyterLab's port (8888, or any that is free)")
    parser.add_argument(
        "--folder", type=Path, default=DEMO, help="where the demo keeps its files (.demo)"
    )
    return parser


@contextmanager
def _sandbox(folders: DemoFolders) -> Iterator[tuple[Program, str]]:
    port_file = folders.top / "sandbox-port"
    port_file.unlink(missing_ok=True)
    command = [str(PYTHON), "-m", "jupyter_kfp_connect.sandbox", "--port", "0"]
    command += ["--port-file", str(port_file)]
    with running(command, folders.environment(), folders.top / "sandbox.log") as program:
        program.wait_until(lambda: port_file.exists() and port_file.read_text().strip() != "")
        yield program, f"http://localhost:{port_file.read_text().strip()}/pipeline"


@contextmanager
def _jupyterlab(folders: DemoFolders, options: argparse.Namespace) -> Iterator[tuple[Program, str]]:
    # Without the workspace the notebook opens all the same, only the panel is not in front.
    workspace = [JUPYTER_LAB, "workspaces", "import", str(folders.workspace)]
    subprocess.run(workspace, env=folders.environment(), capture_output=True, check=False)

    port = options.port or _free_port()
    token = secrets.token_urlsafe(24)
    command = [
        *(JUPYTER_LAB, f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folders.notebooks}"),
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK.name}",
        *(["--allow-root"] if os.geteuid() == 0 else []),
        *(["--no-browser"] if options.no_browser else []),
    ]
    # The token goes by the environment: a command line is everybody's to read.
    environment = folders.environment() | {"JUPYTER_TOKEN": token}
    with running(command, environment, folders.top / "jupyterlab.log") as program:
        program.wait_until(lambda: _answers(port))
        yield program, f"http://127.0.0.1:{port}/lab/tree/{NOTEBOOK.name}?token={token}"


def _free_port() -> int:
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProgramFailed("no port is free on this machine")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(run(Console(), sys.argv[1:]))
