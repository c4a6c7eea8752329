"""A cell that waits until somebody has signed in: in the panel, else where it can ask itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ..core.errors import KfpConnectError, RequestError, SignInNeeded, error
from .broker_client import Broker, BrokerGone
from .broker_source import Holder
from .cell_output import CellOutput
from .display import note_bundle


def wait_for_sign_in(broker: Broker, holder: Holder, output: CellOutput) -> None:
    """Return once somebody has signed in to the holder's connection.

    Where a JupyterLab window has this kernel open, its panel comes forward. Else this asks at the
    kernel's input, and the password goes to the server alone.

    Parameters
    ----------
    broker : Broker
        Of the server whose connection it is.
    holder : Holder
        For whom.
    output : CellOutput
        Says what is waited for.

    Raises
    ------
    SignInNeeded
        Nobody was there, or they gave up.
    KeyboardInterrupt
        The kernel was interrupted; the panel has been told.
    """
    told = broker.post("/status", {"connection": holder.connection})
    name = told["name"]
    output.show(_waiting(name), last=False)
    outcome = "interrupted"
    try:
        outcome = _outcome(broker, told, holder)
    finally:
        if outcome != "done":
            output.show(note_bundle(f"Nobody signed in to “{name}”."))
    if outcome != "done":
        raise _gave_up(name, outcome)


def _outcome(broker: Broker, told: Mapping[str, Any], holder: Holder) -> str:
    """Return how it ended: ``done``, ``cancelled`` or ``nobody``."""
    asked = {"connection": told["id"], "kernel_id": holder.kernel_id}
    try:
        return _ended(broker, broker.post("/sign-in", asked)["id"])
    except SignInNeeded:
        if not _typed_here(broker, told):
            raise
        return "done"
    except KeyboardInterrupt:
        with suppress(KfpConnectError, BrokerGone):
            # By the kernel, which has one cell that runs: the id may not have come yet.
            broker.post("/sign-in/cancel", {"kernel_id": holder.kernel_id})
        raise KeyboardInterrupt from None


def _ended(broker: Broker, id: str) -> str:
    outcome = "waiting"
    while outcome == "waiting":  # told every 20 seconds, so that a server that ended is noticed
        try:
            outcome = broker.post("/sign-in/wait", {"id": id})["outcome"]
        except RequestError:
            return "nobody"  # a server that was restarted knows nothing of it
    return outcome


def _typed_here(broker: Broker, told: Mapping[str, Any]) -> bool:
    """Ask for the password here, where that is possible, and have the server sign in with it."""
    from .prompts import ask_login, login_body

    given = ask_login(told)
    if given is None or given.password is None:
        return False
    _unseen(lambda: broker.post("/connect", login_body(told["id"], given)))
    return True


def _unseen(send: Callable[[], object]) -> None:
    """Send what holds a password; whatever goes wrong, no traceback shows what was sent."""
    problem: BaseException | None = None
    try:
        send()
    except BaseException as raised:
        problem = raised.with_traceback(None)
        problem.__context__ = problem.__cause__ = None
    if problem is not None:
        raise problem


def _waiting(name: str) -> dict[str, str]:
    return note_bundle(
        f"Waiting for you to sign in to “{name}” in the Kubeflow Pipelines panel…",
        "Cancel there, or interrupt the kernel, to stop waiting.",
    )


def _gave_up(name: str, outcome: str) -> KfpConnectError:
    if outcome == "cancelled":
        return error(
            "sign-in-needed",
            f"the sign-in to “{name}” was cancelled",
            remedy="Run the cell again to be asked once more.",
        )
    return error(
        "sign-in-needed",
        f"the window in which to sign in to “{name}” was closed",
        remedy="Open this notebook in JupyterLab and run the cell again, or sign in in a terminal"
        " of this Jupyter server.",
        remedy_copy=f"jupyter kfp-connect login {name}",
    )
