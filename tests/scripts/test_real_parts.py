"""`make test` on machines without Go or a browser: it gets them, or says in a line how to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import layout, real_parts
from scripts.console import Console
from scripts.shell import CommandFailed, Shell, Skipped

ROOT_USER, SOMEBODY = 0, 1000
# Stands for Debian's: it installs nothing before its lists were updated.
APT_GET = """#!{sh}
case "$1" in
    update) : > {bin}/updated ;;
    install)
        [ -e {bin}/updated ] || exit 1
        case "$*" in *slapd*) got=slapd; [ -e {policy} ] || exit 1 ;; *) got=chromium ;; esac
        : > {bin}/$got && {chmod} +x {bin}/$got ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of programs of a machine that has none."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", os.fspath(programs))
    monkeypatch.setattr(layout, "GO_INSTALLED_BY_HAND", tmp_path / "no-go")
    monkeypatch.setattr(real_parts, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(real_parts, "SERVER_PROGRAMS", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    return programs


@pytest.fixture
def apt_get(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an apt-get of the machine, whose lists are old."""
    sh, chmod = (shutil.which(name, path=os.defpath) for name in ("sh", "chmod"))
    file = machine / "apt-get"
    policy = real_parts.POLICY
    file.write_text(APT_GET.format(sh=sh, chmod=chmod, bin=machine, policy=policy))
    file.chmod(0o755)
    return file


@pytest.fixture
def shell() -> Shell:
    return Shell(Console(), "part")


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("build", [real_parts.build_stack, real_parts.build_cluster])
def test_without_go_its_tests_are_skipped_and_the_rest_goes_on(
    build: Callable[[Shell], str], shell: Shell
) -> None:
    with pytest.raises(Skipped, match="Go is not installed"):
        build(shell)


@pytest.mark.usefixtures("machine")
def test_in_ci_nothing_may_be_missing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    for build in (real_parts.build_stack, real_parts.build_cluster):
        with pytest.raises(CommandFailed, match="Go is not installed"):
            build(shell)
    with pytest.raises(CommandFailed, match="no Chromium"):
        real_parts.find_browser(shell)
    with pytest.raises(CommandFailed, match="no slapd"):
        real_parts.find_directory(shell)


@pytest.mark.usefixtures("apt_get")
def test_a_user_is_told_the_line_that_brings_a_browser(shell: Shell) -> None:
    with pytest.raises(Skipped, match="run:  sudo apt-get install chromium"):
        real_parts.find_browser(shell)


def test_root_on_debian_gets_the_browser(
    apt_get: Path,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: ROOT_USER)
    assert real_parts.find_browser(shell) == os.fspath(apt_get.with_name("chromium"))
    assert "installing Debian's Chromium" in capsys.readouterr().out


@pytest.mark.usefixtures("machine")
def test_a_browser_that_the_user_names_is_taken(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/browser")
    assert real_parts.find_browser(shell) == "/opt/browser"


@pytest.mark.usefixtures("apt_get")
def test_a_user_is_told_the_line_that_brings_a_directory(shell: Shell) -> None:
    with pytest.raises(Skipped, match="run:  sudo apt-get install slapd"):
        real_parts.find_directory(shell)


def test_root_on_debian_gets_the_directory_and_no_service_of_it(
    apt_get: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: ROOT_USER)
    assert real_parts.find_directory(shell) == os.fspath(apt_get.with_name("slapd"))
    assert not real_parts.POLICY.exists()
