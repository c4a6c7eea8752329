"""What the tests on real parts need from the machine: Go's builds, a browser, a directory."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .layout import is_ci, tool_environment
from .python_packages import PYTHON
from .shell import CommandFailed, Shell, Skipped

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN_BROWSER = ("chromium", "fonts-liberation")  # without a font, pages are empty boxes
# Debian asks this program whether a service may start; 101 means no.
POLICY = Path("/usr/sbin/policy-rc.d")
NO_SERVICE = "#!/bin/sh\nexit 101\n"
SERVER_PROGRAMS = f"{os.pathsep}/usr/sbin{os.pathsep}/usr/local/sbin"
BUILD_STACK = "import os; from tests.stack.tools import built_tools; built_tools(os.environ, print)"
BUILD_CLUSTER = (
    "import os; from tests.stack.cluster.build import built_cluster; "
    "built_cluster(os.environ, print)"
)


def build_stack(shell: Shell) -> str:
    """Build Dex, oauth2-proxy and the gateway that the tests sign in at, as those would."""
    return _build(shell, "Dex, oauth2-proxy and Caddy", BUILD_STACK)


def build_cluster(shell: Shell) -> str:
    """Build etcd, kube-apiserver and kubectl, which give the tests real tokens and rights."""
    return _build(shell, "etcd, kube-apiserver and kubectl", BUILD_CLUSTER)


def find_browser(shell: Shell) -> str:
    """See that there is a Chromium, installed by apt-get where that may be done.

    `CHROMIUM` in the environment names one outright, for the tests as for this.
    """
    named = os.environ.get("CHROMIUM")
    browser = named or next(filter(None, map(_find, CHROMIUM_NAMES)), None)
    if browser is None and _may_install():
        shell.say("installing Debian's Chromium for the browser tests")
        _install(shell, *DEBIAN_BROWSER)
        browser = _find("chromium")
    if browser is None:
        raise _missing(f"no Chromium for the browser tests; {_how_to_install()}")
    return browser


def find_directory(shell: Shell) -> str:
    """See that there is OpenLDAP's slapd, installed by apt-get where that may be done."""
    slapd = _find("slapd", SERVER_PROGRAMS)
    if slapd is None and _may_install():
        shell.say("installing Debian's slapd for the tests that sign in at a directory")
        with _no_service_starts():
            _install(shell, "slapd")
        slapd = _find("slapd", SERVER_PROGRAMS)
    if slapd is None:
        how = "run:  sudo apt-get install slapd" if _find("apt-get") else "install OpenLDAP's slapd"
        raise _missing(f"no slapd for the tests of directories; {how}")
    return slapd


def _build(shell: Shell, programs: str, code: str) -> str:
    if _find("go") is None:
        raise _missing(f"Go is not installed; tests on the real {programs} need it")
    shell.say(f"building {programs} (minutes the first time, then cached)")
    # The longest of all parts give way to those that run beside them.
    shell.run("nice", PYTHON, "-c", code)
    return "built"


def _may_install() -> bool:
    return _find("apt-get") is not None and os.geteuid() == 0


def _install(shell: Shell, *packages: str) -> None:
    shell.run("apt-get", "update")
    shell.run(
        *("apt-get", "install", "--yes", "--no-install-recommends", *packages),
        DEBIAN_FRONTEND="noninteractive",
    )


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Keep a package that is installed from starting its service; tests start their own."""
    if POLICY.exists():  # the machine has a policy of its own
        yield
        return
    POLICY.write_text(NO_SERVICE)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def _how_to_install() -> str:
    if _find("apt-get"):
        return "run:  sudo apt-get install chromium"
    return "install one, or name a Chrome:  make test CHROMIUM=/path/to/chrome"


def _missing(reason: str) -> Exception:
    return CommandFailed(reason) if is_ci() else Skipped(reason)


def _find(program: str, more: str = "") -> str | None:
    return shutil.which(program, path=tool_environment()["PATH"] + more)
