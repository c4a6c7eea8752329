"""The folders of the demo: a Jupyter of its own, with the notebook open and the panel beside it.

Everything lies in one folder, by default the git-ignored `.demo`; the user's own Jupyter folders
are left alone.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .layout import ROOT, tool_environment
from .stamps import Stamp, digest

NOTEBOOK = ROOT / "demo" / "demo.ipynb"
PANEL = "jupyter-kfp-connect-panel"

_LEADS_ELSEWHERE = ("JUPYTER", "IPYTHON", "JPY_", "KF_PIPELINES_", "KFP_", "KUBE", "ML_PIPELINE")
_SETTINGS: dict[str, dict[str, Any]] = {
    # The question about news would lie over what the demo is about.
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


@dataclass(frozen=True)
class DemoFolders:
    """Where the demo's Jupyter keeps its things, below one folder."""

    top: Path

    @property
    def notebooks(self) -> Path:
        """What the file browser shows: a copy of the demo notebook."""
        return self.top / "notebooks"

    @property
    def config(self) -> Path:
        """Jupyter's configuration, settings, and the list of connections."""
        return self.top / "config"

    @property
    def workspace(self) -> Path:
        """The layout to import: the notebook open, the panel beside it."""
        return self.top / "workspace.json"

    def environment(self) -> dict[str, str]:
        """Return the environment of the demo's processes, which know nothing of other set-ups."""
        kept = {k: v for k, v in tool_environment().items() if not k.startswith(_LEADS_ELSEWHERE)}
        return kept | {
            "JUPYTER_CONFIG_DIR": str(self.config),
            "JUPYTER_DATA_DIR": str(self.top / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.top / "runtime"),
            "JUPYTER_PREFER_ENV_PATH": "0",
            "IPYTHONDIR": str(self.top / "ipython"),
        }

    def prepare(self, host: str) -> None:
        """Lay the folders out for a sandbox.

        Parameters
        ----------
        host
            Where the sandbox listens; the panel then asks for the password alone.
        """
        self.notebooks.mkdir(parents=True, exist_ok=True)
        copy = self.notebooks / NOTEBOOK.name
        stamp = Stamp(self.top / "notebook-stamp", digest([NOTEBOOK]), (copy,))
        if not stamp.holds():  # what a person changed in the copy stays until ours changes
            copy.write_bytes(NOTEBOOK.read_bytes())
            stamp.set()
        for name, settings in _SETTINGS.items():
            _write(self.config / "lab" / "user-settings" / f"{name}.jupyterlab-settings", settings)
        _write(self.workspace, _workspace(copy.name))
        _write(self.config / "kfp_connect.json", _connections(host))


def _workspace(notebook: str) -> dict[str, Any]:
    widget = f"notebook:{notebook}"
    dock = {"type": "tab-area", "currentIndex": 0, "widgets": [widget]}
    left = {
        "collapsed": False,
        "visible": True,
        "current": PANEL,
        "widgets": ["filebrowser", PANEL],
    }
    layout = {
        "main": {"dock": dock, "current": widget},
        "left": left,
        "right": {"collapsed": True, "visible": True, "widgets": []},
        "relativeSizes": [0.28, 0.72, 0],
    }
    return {
        "data": {
            "layout-restorer:data": layout,
            widget: {"data": {"path": notebook, "factory": "Notebook"}},
        },
        "metadata": {"id": "default"},
    }


def _connections(host: str) -> dict[str, Any]:
    demo = {"title": "Demo sandbox", "host": host, "username": "user@example.com"}
    return {"version": 1, "connections": {"demo": demo}, "default": "demo"}


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Connections are refused where others may read them.
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        json.dump(content, opened, indent=2)
