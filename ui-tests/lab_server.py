"""A real JupyterLab of its own: own home, own folders, own token, on a free loopback port."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.parts import missing
from tests.stack.jupyter import BrowsedServer
from tests.stack.ports import free_ports
from tests.stack.processes import Process, Restartable, answers

T = TypeVar("T")
START_DEADLINE = 120.0  # seconds; the first start of all compiles what it imports
CALL_DEADLINE = 60.0  # seconds a call to Kubeflow may take; what is on hold in a test stays so
# Notices that would cover the page, or ask the internet for news.
SILENCED = {
    "@jupyterlab/apputils-extension:announcements": True,
    "@jupyterlab/extensionmanager-extension": True,
}
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab.

    Attributes
    ----------
    url : str
        Address of the server, without a token.
    home : Path
        Home folder of its user; everything that it writes is below.
    notebooks : Path
        Folder that the file browser shows.
    log : Path
        Its log, at level DEBUG.
    server : Restartable
        Its process: a restart keeps address and token.
    """

    url: str
    home: Path
    notebooks: Path
    log: Path
    token: str = field(repr=False)
    server: Restartable = field(repr=False)

    @property
    def page_url(self) -> str:
        """Address to open in a browser: a fresh workspace, signed in at the Jupyter server."""
        return f"{self.url}/lab?reset&token={self.token}"

    @property
    def second_page_url(self) -> str:
        """Address of a second window: a workspace of its own on the same server."""
        return f"{self.url}/lab/workspaces/second?reset&token={self.token}"


class LabProcess(BrowsedServer):
    """A JupyterLab, which takes a while to come up."""

    def wait_for(self, look: Callable[[], T | None], deadline: float = START_DEADLINE) -> T:
        """Return what `look` finds once that is not None; see `Process.wait_for`."""
        return super().wait_for(look, deadline)


#: Starts a JupyterLab with the environment variables that it is given.
LabFactory = Callable[..., Lab]


@contextmanager
def running_lab(
    folder: Path, outer_environ: Mapping[str, str], extra: Mapping[str, str]
) -> Iterator[Lab]:
    """Start JupyterLab below `folder`, yield it, stop it and its kernels.

    Parameters
    ----------
    folder : Path
        An empty folder.
    outer_environ : mapping
        The machine's environment: only what names no user's settings is passed on.
    extra : mapping
        Variables to set on top, for example ``KF_PIPELINES_ENDPOINT``.
    """
    _require_install()
    home, notebooks = folder / "home", folder / "home" / "work"
    (port,) = free_ports(1)
    token = secrets.token_hex(16)
    log = folder / "jupyter.log"
    environ = _environ(home, outer_environ)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "TMPDIR"):
        Path(environ[name]).mkdir(parents=True)
    notebooks.mkdir()
    _configure(Path(environ["JUPYTER_CONFIG_DIR"]), port, token, notebooks)
    command = [sys.executable, "-m", "jupyterlab"]
    url = f"http://localhost:{port}"

    def launch() -> Process:
        return LabProcess("jupyterlab", command, log, {**environ, **extra})

    server = Restartable(launch, answers(f"{url}/api"))
    try:
        server.start()
        yield Lab(url, home, notebooks, log, token, server)
    finally:
        server.stop()


def _environ(home: Path, outer: Mapping[str, str]) -> dict[str, str]:
    return {
        **{name: outer[name] for name in KEPT_VARIABLES if name in outer},
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_DATA_DIR": str(home / ".local" / "share" / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / ".local" / "share" / "jupyter" / "runtime"),
        "IPYTHONDIR": str(home / ".ipython"),
    }


def _configure(config_dir: Path, port: int, token: str, notebooks: Path) -> None:
    config = {
        "ServerApp": {
            "allow_root": True,  # containers run tests as root
            "ip": "127.0.0.1",
            "log_level": "DEBUG",
            "open_browser": False,
            "port": port,
            "port_retries": 0,
            "root_dir": str(notebooks),
            "shutdown_no_confirm": True,
        },
        "IdentityProvider": {"token": token},
        "LabApp": {"expose_app_in_browser": True},
        "KfpConnect": {"timeout": CALL_DEADLINE},
    }
    (config_dir / "jupyter_server_config.json").write_text(json.dumps(config, indent=1))
    labconfig = config_dir / "labconfig"
    labconfig.mkdir()
    (labconfig / "page_config.json").write_text(json.dumps({"disabledExtensions": SILENCED}))


def _require_install() -> None:
    front_end = Path(sys.prefix, "share", "jupyter", "labextensions", "jupyter-kfp-connect")
    if not (front_end / "package.json").is_file():
        missing("the browser tests need the extension installed and built (make setup)")
