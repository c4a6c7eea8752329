"""``bearer-token``: a token given by value, by a file, or by a command that prints one."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from ..errors import KfpConnectError, error
from ..http import Transport
from ..secret import Secret
from ..shown import shown
from .base import Headers
from .token_of_file import TokenOfFile
from .tokens import bearer

#: A command's token is asked for anew when it has less than this left.
_MARGIN = timedelta(seconds=30)
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w.-]+")
_PRINTED_NOTHING = "Run the command in a terminal: it has to print a token, and nothing else."


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


class TokenFile(TokenOfFile):
    """A file that somebody keeps fresh, re-read at each use.

    Parameters
    ----------
    path : str
        The file.
    """

    way = "bearer-token"

    def __init__(self, path: str) -> None:
        super().__init__(path, empty="Write a token into it.")

    def _missing(self) -> KfpConnectError:
        return error(
            "token-file-missing",
            f"no file at {self._path}, which should hold the token",
            remedy="Correct the path, or write a token into it.",
        )


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
        self._ends: datetime | None = None

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        with self._lock:
            return self._last or self._keep(self._run())

    def due(self, now: datetime) -> bool:
        """See `Credential.due`."""
        with self._lock:
            return self._last is None or (self._ends is not None and self._ends - now < _MARGIN)

    def renew(self, transport: Transport) -> None:
        """Run the command again."""
        fresh = self._run()
        with self._lock:
            self._keep(fresh)

    def _keep(self, printed: str) -> Headers:
        made = bearer(printed, f"what {self._command[0]} printed", empty=_PRINTED_NOTHING)
        ends, now = made.expires_at, datetime.now(timezone.utc)
        # Where a token is over the moment it is made, this machine's clock is wrong: it would be
        # due at every call. It is made anew when it is refused, then.
        self._ends = None if ends is not None and ends - now < _MARGIN else ends
        self._last = made
        return made

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
            said = _TOKEN.sub("•••", shown((done.stderr.strip().splitlines() or [""])[-1]))
            raise error(
                "token-command-failed", f"{program} ended with {done.returncode}: {said or '—'}"
            )
        return done.stdout
