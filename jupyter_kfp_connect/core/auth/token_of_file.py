"""A token in a file that somebody keeps fresh: re-read at each use, a short absence bridged."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from ..errors import KfpConnectError, error
from ..http import Transport
from .base import Headers
from .tokens import bearer


class TokenOfFile:
    """What the ways in have in common that read a token from a file.

    Parameters
    ----------
    path : str
        The file; ``~`` is the home folder.
    empty : str, optional
        What to do where it is empty, over the code's own remedy.
    """

    renews = True

    def __init__(self, path: str, *, empty: str | None = None) -> None:
        # Kernels look at it, too, and may be in another folder.
        self._path = Path(path).expanduser().absolute()
        self._empty = empty
        self._last: Headers | None = None
        self.watch: str | None = str(self._path)

    @property
    def problem(self) -> KfpConnectError | None:
        """What is the matter with the file now; ``None`` where it has a token."""
        try:
            self.headers()
        except KfpConnectError as problem:
            return problem
        return None

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        try:
            self._last = bearer(self._read(), f"the file {self._path}", empty=self._empty)
        except KfpConnectError:
            # Whoever renews it may swap a link, or empty the file and write it anew: the token that
            # was read before still serves while it lasts.
            if self._last is None or not _lasts(self._last):
                raise
        return self._last

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Nothing to do: somebody else renews, and `headers` reads the file each time."""

    def _missing(self) -> KfpConnectError:
        """Return the error where there is no file."""
        raise NotImplementedError

    def _read(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            raise self._missing() from None
        except UnicodeDecodeError:
            raise error("token-malformed", f"the file {self._path} is no token") from None
        except OSError as problem:
            raise error(
                "token-file-missing",
                f"the file {self._path} cannot be read: {problem.strerror}",
                remedy="Make it a file that the user who runs the notebook server may read.",
            ) from None


def _lasts(headers: Headers) -> bool:
    return headers.expires_at is not None and headers.expires_at > datetime.now(timezone.utc)
