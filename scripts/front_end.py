"""Node.js, the packages of the front end, and its build."""

import re
import shutil

from .layout import LABEXTENSION, ROOT, STAMPS, VENV_BIN, tool_environment
from .python_packages import install_pinned
from .shell import CommandFailed, Shell
from .stamps import Stamp, digest

JLPM = VENV_BIN / "jlpm"
WANTED_NODE = "20.19 (or later of that line) or 22.12 and up"
SOURCES = ("src", "style", "schema", "package.json", "tsconfig.json", "yarn.lock")


def node_version(shell: Shell) -> tuple[int, int] | None:
    """Return major and minor version of the Node.js on the path, None where there is none."""
    if shutil.which("node", path=tool_environment()["PATH"]) is None:
        return None
    try:
        found = re.match(r"v(\d+)\.(\d+)", shell.run("node", "--version"))
    except CommandFailed:
        return None
    return (int(found[1]), int(found[2])) if found else None


def builds_with(version: tuple[int, int]) -> bool:
    """Tell whether the bundler (rspack, which is the pickiest) runs on a Node.js."""
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def install_node(shell: Shell) -> str:
    """See that there is a Node.js that builds the front end, in `.venv` where nowhere else."""
    version = node_version(shell)
    if version is None or not builds_with(version):
        shell.say(f"this machine has no Node.js {WANTED_NODE}: putting one into .venv")
        install_pinned(shell, "node")
        version = node_version(shell)
    if version is None or not builds_with(version):
        raise CommandFailed("the Node.js put into .venv does not run")
    return f"version {version[0]}.{version[1]}"


def install_packages(shell: Shell) -> str:
    """Install the packages that `yarn.lock` pins."""
    inputs = digest([ROOT / "package.json", ROOT / "yarn.lock", ROOT / ".yarnrc.yml"])
    stamp = Stamp(STAMPS / "front-end-packages", inputs, (ROOT / "node_modules",))
    if stamp.holds():
        return "as before"
    shell.say("installing the packages pinned in yarn.lock")
    shell.run(JLPM, "install", "--immutable")
    stamp.set()
    return "installed"


def build(shell: Shell) -> str:
    """Compile the TypeScript and bundle it as JupyterLab loads it, as it is shipped."""
    inputs = digest([ROOT / name for name in SOURCES])
    stamp = Stamp(STAMPS / "front-end", inputs, (LABEXTENSION / "package.json", ROOT / "lib"))
    if stamp.holds():
        return "as before"
    shell.say("building the front end")
    shell.run(JLPM, "build:prod")
    stamp.set()
    return "built"
