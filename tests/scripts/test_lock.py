"""The lock files: whoever installs from them gets what was tested, from wherever they fetch it."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(lock: Path) -> dict[str, list[Requirement]]:
    """Return the pins of a lock file that hold on this machine, by name."""
    pins: dict[str, list[Requirement]] = {}
    environment = {name: str(value) for name, value in default_environment().items()}
    for line in re.findall(r"^[\w.-]+==[^\\\n]+", lock.read_text(), re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_has_one_version_and_hashes(lock: Path) -> None:
    blocks = re.split(r"\n(?=[\w.-]+==)", lock.read_text())
    assert all("--hash=sha256:" in block for block in blocks)
    assert all(len(pins) == 1 for pins in pinned(lock).values())


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "yarn.lock"], ids=lambda lock: lock.name)
def test_no_lock_file_says_where_to_fetch_from(lock: Path) -> None:
    assert "://" not in lock.read_text()


def test_every_declared_dependency_is_pinned_within_its_range() -> None:
    tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = chain(project["dependencies"], *project["optional-dependencies"].values())
    pins = pinned(ROOT / "requirements" / "packages.txt")
    for requirement in map(Requirement, listed):
        if requirement.name == project["name"]:
            continue
        (pin,) = pins[canonicalize_name(requirement.name)]
        (version,) = (specifier.version for specifier in pin.specifier)
        assert requirement.specifier.contains(version), f"run `make lock`: {requirement}"
