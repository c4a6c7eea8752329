"""Where things lie in a clone."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_BIN = VENV / "bin"
STAMPS = VENV / "stamps"
LABEXTENSION = ROOT / "jupyter_kfp_connect" / "labextension"
STACK = ROOT / "tests" / "stack"
DEMO = ROOT / ".demo"

GO_INSTALLED_BY_HAND = Path("/usr/local/go/bin")
"""Where Go's own instructions put it, which is often not on the PATH."""

_SYSTEM_CERTIFICATES = (
    Path("/etc/ssl/certs/ca-certificates.crt"),  # Debian, Arch, Alpine
    Path("/etc/pki/tls/certs/ca-bundle.crt"),  # Fedora and its kin
)
_OTHER_PYTHON = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_USER", "PIP_TARGET")


def tool_environment() -> dict[str, str]:
    """Return the environment in which every tool of the clone runs.

    The clone's own programs come first on the path, and nothing of another Python leaks in.
    """
    environment = {k: v for k, v in os.environ.items() if k not in _OTHER_PYTHON}
    path = [str(VENV_BIN), environment.get("PATH", os.defpath), str(GO_INSTALLED_BY_HAND)]
    environment["PATH"] = os.pathsep.join(path)
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["YARN_ENABLE_TELEMETRY"] = "0"
    # Alone among the tools, Node.js knows nothing of authorities added to the system.
    certificates = next(filter(Path.is_file, _SYSTEM_CERTIFICATES), None)
    if certificates:
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(certificates))
    return environment


def is_ci() -> bool:
    """Tell whether a missing part has to fail, where elsewhere its tests are skipped."""
    return os.environ.get("CI") == "true"
