"""`python -m jupyter_kfp_connect.sandbox`, as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jupyter_kfp_connect.sandbox.__main__ import main
from jupyter_kfp_connect.sandbox.options import PASSWORD, USER

from .running import Browser

SECONDS = 60

StartCommand = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_command() -> Iterator[StartCommand]:
    """Give a function that starts the command; what still runs at the end is stopped."""
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[str]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "jupyter_kfp_connect.sandbox", *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            return process

        yield start


def read_until_ready(process: subprocess.Popen[str]) -> str:
    """Return what the command prints up to its last line."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl+C" in line:
            return "".join(lines)
    raise AssertionError(process.stderr and process.stderr.read())


def test_it_says_what_it_is_and_how_to_sign_in(start_command: StartCommand, tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    process = start_command("--port-file", str(port_file))
    said = read_until_ready(process)
    port = int(port_file.read_text())
    assert "SANDBOX" in said
    assert f"http://localhost:{port}/pipeline" in said
    assert USER in said
    assert PASSWORD in said
    with Browser(f"http://localhost:{port}") as browser:
        assert browser.sign_in()[-1].status_code == 200

    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out, err) == (0, "", "")
    assert not port_file.exists()


def test_it_ends_with_the_process_that_started_it(
    start_command: StartCommand, tmp_path: Path
) -> None:
    token = tmp_path / "volume" / "token"
    process = start_command("--api-only", "--until-stdin-closes", "--token-file", str(token))
    assert str(token) in read_until_ready(process)
    assert token.exists()
    _, err = process.communicate(timeout=SECONDS)  # closes its standard input
    assert (process.returncode, err) == (0, "")
    assert not token.exists()


def test_an_address_that_is_not_loopback_is_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--address", "0.0.0.0"])
    assert ended.value.code == 2
    assert "loopback" in capsys.readouterr().err


def test_a_taken_port_is_said_in_a_line(start_command: StartCommand, tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    read_until_ready(start_command("--port-file", str(port_file)))
    second = start_command("--port", port_file.read_text().strip())
    _, err = second.communicate(timeout=SECONDS)
    assert second.returncode == 1
    assert err.startswith("The sandbox cannot start:")
    assert err.count("\n") == 1
