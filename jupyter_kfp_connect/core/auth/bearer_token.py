"""``bearer-token``: a token given by value, by a file, or by a command that prints one."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ..errors import error
from ..http import Transport
from ..secret import Secret
from .base import Headers
from .tokens import bearer

#: A command's token is asked for anew when it has less than this left.
_MARGIN = timedelta(seconds=30)


class TokenValue:
    """A token that was given as it is; it does not renew."""

    way = "bearer-token"
    renews = False
    watch: str | None = None

    def __init__(self, token: Secret) -> None:
        self._token = token

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        return bearer(self._token.reveal(), "the token given")

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Raise: a person has to give another one."""
        end = self.headers().expires_at
        if end is not None and end <= datetime.now(timezone.utc):
            raise error("token-expired", "the token given has expired")
        raise error("token-refused", "the token given does not serve any more")


class TokenFile:
    """A file that somebody keeps fresh, re-read at each use."""

    way = "bearer-token"
    renews = True

    def __init__(self, path: str) -> None:
        self.watch: str | None = path
        self._path = Path(path).expanduser()

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise error(
                "token-file-missing",
                f"the token file {self._path} cannot be read ({type(problem).__name__})",
                remedy="Correct the path, or write a token into it.",
            ) from None
        return bearer(text, f"the file {self._path}")

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Nothing to do: `headers` reads the file each time."""


class TokenCommand:
    """A program that prints a token, such as ``kubectl create token``; run when it is due.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments; no shell.
    timeout : float
        Seconds it may take.
    """

    way = "bearer-token"
    renews = True
    watch: str | None = None

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._command = list(command)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._last: Headers | None = None

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        with self._lock:
            if self._last is None:
                self._last = bearer(self._run(), f"what {self._command[0]} printed")
            return self._last

    def due(self, now: datetime) -> bool:
        """See `Credential.due`."""
        with self._lock:
            last = self._last
        return last is None or (last.expires_at is not None and last.expires_at - now < _MARGIN)

    def renew(self, transport: Transport) -> None:
        """Run the command again."""
        fresh = bearer(self._run(), f"what {self._command[0]} printed")
        with self._lock:
            self._last = fresh

    def _run(self) -> str:
        program = self._command[0]
        try:
            done = subprocess.run(
                self._command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise error(
                "token-command-failed", f"{program} did not end in {self._timeout:g} s"
            ) from None
        except OSError as problem:
            raise error(
                "token-command-failed", f"{program} cannot be run: {problem.strerror}"
            ) from None
        if done.returncode:
            # Only the last line of stderr: a command may print its token on the way.
            said = (done.stderr.strip().splitlines() or [""])[-1][:200]
            raise error(
                "token-command-failed", f"{program} ended with {done.returncode}: {said or '—'}"
            )
        return done.stdout
