"""What the tests on real parts need from the machine: Go's builds and a browser."""

import os
import shutil

from .layout import is_ci, tool_environment
from .python_packages import PYTHON
from .shell import CommandFailed, Shell, Skipped

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIAN_BROWSER = ("chromium", "fonts-liberation")  # without a font, pages are empty boxes
BUILD_STACK = "import os; from tests.stack.tools import built_tools; built_tools(os.environ, print)"


def build_stack(shell: Shell) -> str:
    """Build Dex, oauth2-proxy and the gateway that the tests sign in at, as those would."""
    if _find("go") is None:
        raise _missing("Go is not installed; tests on the real Dex and oauth2-proxy need it")
    shell.say("building Dex, oauth2-proxy and Caddy (minutes the first time, then cached)")
    # The longest of all parts gives way to those that run beside it.
    shell.run("nice", PYTHON, "-c", BUILD_STACK)
    return "built"


def find_browser(shell: Shell) -> str:
    """See that there is a Chromium, installed by apt-get where that may be done.

    `CHROMIUM` in the environment names one outright, for the tests as for this.
    """
    named = os.environ.get("CHROMIUM")
    browser = named or next(filter(None, map(_find, CHROMIUM_NAMES)), None)
    if browser is None and _find("apt-get") and os.geteuid() == 0:
        shell.say("installing Debian's Chromium for the browser tests")
        shell.run("apt-get", "update")
        shell.run(
            *("apt-get", "install", "--yes", "--no-install-recommends", *DEBIAN_BROWSER),
            DEBIAN_FRONTEND="noninteractive",
        )
        browser = _find("chromium")
    if browser is None:
        raise _missing(f"no Chromium for the browser tests; {_how_to_install()}")
    return browser


def _how_to_install() -> str:
    if _find("apt-get"):
        return "run:  sudo apt-get install chromium"
    return "install one, or name a Chrome:  make test CHROMIUM=/path/to/chrome"


def _missing(reason: str) -> Exception:
    return CommandFailed(reason) if is_ci() else Skipped(reason)


def _find(program: str) -> str | None:
    return shutil.which(program, path=tool_environment()["PATH"])
