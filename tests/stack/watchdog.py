"""Runs a command until it ends, or until whoever started this goes away.

``python watchdog.py COMMAND ...`` ends the command when its own standard input closes, which the
operating system does when the parent ends, however it ends. So no server outlives the tests.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading

# Seconds between asking the command to end and ending it.
GRACE = float(os.environ.get("WATCHDOG_GRACE", "30"))


def main(command: list[str]) -> int:
    """Run `command` in a process group of its own; return its exit status."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_end_with_the_parent, args=(child,), daemon=True).start()
    status = child.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # whatever the command itself left behind
    return status


def _end_with_the_parent(child: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1024):
        pass
    child.terminate()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
