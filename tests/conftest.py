"""What every test of this tree gets: a home of its own and a server with the extension."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from jupyter_client.connect import LocalPortCache

from .stack.ports import free_ports

# What would lead a test to the machine's own Kubeflow, proxy, credentials or Jupyter.
SCRUBBED_PREFIXES = ("KF_", "KFP_", "KUBE", "ML_PIPELINE", "JPY_", "JUPYTER", "IPYTHON", "XDG_")
SCRUBBED = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC")


@pytest.fixture(autouse=True)
def isolated_environ(tmp_path: Path) -> Iterator[Path]:
    """Give the test an empty home and Jupyter folders; undo what it sets. Return the home."""
    home = tmp_path / "home"
    places = {
        "HOME": home,
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local" / "share",
        "JUPYTER_CONFIG_DIR": home / ".jupyter",
        "JUPYTER_DATA_DIR": home / ".local" / "share" / "jupyter",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "IPYTHONDIR": home / ".ipython",
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not _scrubbed(name)}
    kept |= {name: str(place) for name, place in places.items()}
    # clear=True, so that what the test itself adds goes away with it.
    with mock.patch.dict(os.environ, kept, clear=True):
        yield home


@pytest.fixture(scope="session", autouse=True)
def ports_of_kernels() -> Iterator[None]:
    """Give kernels ports that nobody takes between their choice and the kernel's start.

    jupyter_client chooses among those that the system hands out to everybody.
    """

    def own(*_: object) -> int:
        (port,) = free_ports(1)
        return port

    with mock.patch.object(LocalPortCache, "find_available_port", own):
        yield


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    """Enable the extension in a server where a handler without authentication is an error."""
    return {
        "ServerApp": {
            "jpserver_extensions": {"jupyter_kfp_connect": True},
            "allow_unauthenticated_access": False,
        }
    }


def _scrubbed(name: str) -> bool:
    return name.startswith(SCRUBBED_PREFIXES) or name in SCRUBBED or name.lower().endswith("_proxy")
