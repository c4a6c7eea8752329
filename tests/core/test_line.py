"""The core stays free of Jupyter and of the SDK, so that it costs nothing and runs anywhere."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_kfp_connect

PACKAGE = Path(jupyter_kfp_connect.__file__).parent
CORE = PACKAGE / "core"
MODULES = sorted(CORE.rglob("*.py"))
#: What the core may use beside the standard library, and only where it sends.
ALLOWED = {"requests", "urllib3"}
#: Loaded by a function that needs it, so that it may name those at its top.
LOADED_LATE = {CORE / "unverified.py"}


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each module imported by a file, with its whole name, and whether at the top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("jupyter_kfp_connect", *path.relative_to(PACKAGE).parts[:-1])
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, id(node) in top) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            whole = ".".join((*base, *([node.module] if node.module else [])))
            yield whole, id(node) in top


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_a_module_of_the_core_imports_only_the_core_and_the_standard_library(path: Path) -> None:
    for name, at_top in imports(path):
        root = name.partition(".")[0]
        if root == "jupyter_kfp_connect":
            assert name == f"{root}.core" or name.startswith(f"{root}.core."), name
        else:
            assert root in sys.stdlib_module_names or root in ALLOWED, name
            late = path in LOADED_LATE
            assert late or not (root in ALLOWED and at_top), f"{name} would be loaded at import"


def test_the_line_is_really_looked_at() -> None:
    assert len(MODULES) > 25
    found = dict(imports(CORE / "transport.py"))
    assert found["requests"] is False
    assert found["jupyter_kfp_connect.core.http"] is True


def loaded_by(program: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after `program`."""
    tail = "import json, sys; print(json.dumps([*{m.partition('.')[0] for m in sys.modules}]))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{program}\n{tail}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stdout))


CORE_NAMES = sorted(
    ".".join(("jupyter_kfp_connect", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in MODULES
    if path.name != "__init__.py" and path not in LOADED_LATE
)


@pytest.mark.parametrize(
    "program",
    [
        "import jupyter_kfp_connect",
        "\n".join(f"import {name}" for name in CORE_NAMES),
        "import jupyter_kfp_connect.server.app",
    ],
    ids=["package", "core", "server"],
)
def test_nothing_heavy_is_loaded_before_it_is_used(program: str) -> None:
    loaded = loaded_by(program)
    assert "jupyter_kfp_connect" in loaded
    assert not {"kfp", "kfp_server_api"} & loaded
    if "server" not in program:
        assert not {"requests", "urllib3", "tornado", "IPython", "jupyter_server"} & loaded


def test_the_server_brings_in_the_library_that_sends_only_where_jupyter_did_already() -> None:
    ours = loaded_by("import jupyter_kfp_connect.server.app")
    jupyters = loaded_by("import jupyter_server.extension.application")
    assert "requests" not in ours - jupyters


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_a_module_of_the_core_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300
