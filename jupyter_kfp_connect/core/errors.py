"""The error tree: what went wrong, what to do about it, and who does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codes import CODES, YOU, Actor, RungName, to_do
from .shown import printable


class KfpConnectError(Exception):
    """Something that keeps a ready client from a user, explained.

    It holds no secret, can be pickled, and steers no terminal, whatever a host said.

    Parameters
    ----------
    code : str
        A stable kebab-case code, one of `jupyter_kfp_connect.core.codes.CODES`.
    message : str
        One sentence that says what is wrong.
    remedy : str, optional
        A sentence or two that say what to do; by default the code's own.
    remedy_copy : str, optional
        A manifest, command or address, ready to copy.
    actor : {"you", "administrator", "namespace owner"}, optional
        Who can mend it; by default as the code says.
    retryable : bool, optional
        Whether the same call may succeed later; by default as the code says.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        remedy: str | None = None,
        remedy_copy: str | None = None,
        actor: Actor | None = None,
        retryable: bool | None = None,
    ) -> None:
        known = CODES[code]
        self.message = printable(message)
        super().__init__(self.message)
        self.code = code
        self.remedy: str = printable(remedy or known.remedy)
        self.remedy_copy = remedy_copy and printable(remedy_copy, keep="\n")
        self.actor: Actor = actor or known.actor
        self.retryable: bool = known.retryable if retryable is None else retryable

    @property
    def rung(self) -> RungName | None:
        """The rung that does not hold, ``None`` for a request that was wrong in itself."""
        return CODES[self.code].rung

    def __str__(self) -> str:
        # A remedy speaks to whoever reads it, unless somebody else is said to act.
        remedy = self.remedy if self.actor == YOU else to_do(self.actor, self.remedy)
        text = f"{self.message.rstrip('.')}. {remedy} [{self.code}]"
        return f"{text}\n\n{self.remedy_copy}" if self.remedy_copy else text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.message!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.to_dict()))

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON-able data: what `from_dict` takes."""
        return {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "remedy_copy": self.remedy_copy,
            "actor": self.actor,
            "retryable": self.retryable,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> KfpConnectError:
        """Make the error again from `to_dict`'s data, of the class that its code belongs to.

        A code of a newer version that is not known here becomes ``unexpected``, its words stay;
        keys of a newer version are left out.
        """
        code = data["code"] if data["code"] in CODES else "unexpected"
        rest = {key: data[key] for key in _MORE if key in data}
        return error(code, data["message"], **rest)


_MORE = ("remedy", "remedy_copy", "actor", "retryable")


class NotReachable(KfpConnectError):
    """Rung 1: no KFP API, and no front door of one, answers at this host."""


class SignInFailed(KfpConnectError):
    """Rung 2: the host does not know who we are."""


class SignInNeeded(SignInFailed):
    """Rung 2: a person has to sign in; nothing here can do it for them."""


class NotAuthorized(KfpConnectError):
    """Rung 3: signed in, but this namespace may not be used."""


class NotInNotebook(KfpConnectError):
    """Rung 4: this kernel's next cell will not find a live client."""


class RequestError(KfpConnectError):
    """The request itself was wrong: an unknown connection, a field nobody knows."""


_BY_RUNG: dict[RungName | None, type[KfpConnectError]] = {
    "reachable": NotReachable,
    "signed-in": SignInFailed,
    "authorized": NotAuthorized,
    "in-notebook": NotInNotebook,
    None: RequestError,
}

#: What only a person can mend by signing in, so that callers can catch it as one thing.
_A_PERSON_SIGNS_IN = frozenset(
    {
        "sign-in-needed",
        "wrong-password",
        "connector-unknown",
        "no-password-form",
        "other-login-host",
        "session-over",
        "code-expired",
        "code-denied",
        "cookie-refused",
    }
)


def error(code: str, message: str, **rest: Any) -> KfpConnectError:
    """Return the error for `code`, of the class that its rung has.

    Parameters
    ----------
    code, message, **rest
        As `KfpConnectError` takes them.
    """
    kind = SignInNeeded if code in _A_PERSON_SIGNS_IN else _BY_RUNG[CODES[code].rung]
    return kind(code, message, **rest)


def _rebuild(kind: type[KfpConnectError], data: Mapping[str, Any]) -> KfpConnectError:
    rest = dict(data)
    return kind(rest.pop("code"), rest.pop("message"), **rest)
