"""What is said where no connection is named, and looking around gave none."""

from __future__ import annotations

from collections.abc import Sequence

from .auth.chain import Attempt
from .detection import Detected
from .errors import KfpConnectError, error
from .network_errors import forward_one_of

_NAME_ONE = (
    "name the address: in the Kubeflow Pipelines panel, by %kfp_connect --host URL, or by "
    "connect(host=…)."
)


def none_is_meant(names: Sequence[str]) -> KfpConnectError:
    """Return the error for a call that names no connection, where none is the default."""
    if len(names) > 1:
        return error(
            "unknown-connection",
            f"several connections are set up, and none is the default: {', '.join(names)}",
            remedy="Name one of them, or make one the default in the Kubeflow Pipelines panel.",
        )
    return error(
        "unknown-connection",
        "no connection is set up, and none was found",
        remedy="Give Kubeflow's address in the Kubeflow Pipelines panel.",
    )


def nothing_found(seen: Detected, name: str | None = None) -> KfpConnectError:
    """Return the error for looking around in vain, with all that was tried.

    Parameters
    ----------
    seen : Detected
        What looking around gave.
    name : str, optional
        Which of `detection.NAMES` was looked for; by default any.

    Returns
    -------
    KfpConnectError
        The cause, where what was asked is what is meant: an address that was named, or a service
        of this cluster. Else ``unknown-connection``, with the guide's lines for the port-forwards
        that do not run.
    """
    attempts = seen.attempts
    what = "no connection is set up" if name is None else f"there is no connection “{name}”"
    each = (f"{attempt.host or attempt.way}: {attempt.reason}" for attempt in attempts)
    tried = f" ({'; '.join(each)})" if attempts else ""
    message = f"{what}, and looking around found none{tried}"
    cause = _cause(seen, name)
    if cause is not None:
        remedy = cause.remedy
        problem = error(
            cause.code,
            message if cause.host else cause.reason,
            remedy=remedy and remedy.text,
            remedy_copy=remedy and remedy.copy,
        )
        if name is None:
            problem.remedy = f"{problem.remedy} Or {_NAME_ONE}"
        return problem
    refused = [attempt.host for attempt in attempts if attempt.code == "connection-refused"]
    line = forward_one_of([host for host in refused if host])
    start = "Start a port-forward in a terminal, or " if line else ""
    remedy_text = start + _NAME_ONE
    return error(
        "unknown-connection",
        message,
        remedy=remedy_text[0].upper() + remedy_text[1:],
        remedy_copy=line,
    )


def _cause(seen: Detected, name: str | None) -> Attempt | None:
    looks = [look for look in seen.looks if name in (None, look.candidate.name)]
    if name is not None and len(looks) == 1:
        return looks[0].attempt
    telling = (look.attempt for look in looks if look.attempt.code in look.candidate.telling)
    return next(telling, None)
