"""The first sign-in, and a client in a second kernel, for which nobody signs in again."""

from __future__ import annotations

from . import by_hand
from .fresh import measure
from .measuring import alternate, timed
from .surroundings import CONNECTION, Surroundings
from .table import Row, count_row, ratio_row

_ROUNDS = 25
_FRESH_ROUNDS = 9


def first_sign_in(around: Surroundings) -> list[Row]:
    """`connect` on the real front door, against a sign-in written by hand."""
    import jupyter_kfp_connect

    stack = around.stack

    def ours() -> None:
        jupyter_kfp_connect.connect(
            host=stack.host, username=stack.username, password=stack.password
        )

    def other() -> None:
        by_hand.client(stack.host, stack.username, stack.password)

    pair = alternate(timed(ours), timed(other), _ROUNDS)
    counts = []
    for work in (ours, other):
        before = len(stack.accesses())
        work()
        counts.append(len(stack.accesses()) - before)
    return [
        ratio_row("first sign-in to a ready client, against one by hand", pair, 1.0),
        Row("   its HTTP requests", str(counts[0]), str(counts[1])),
    ]


def second_kernel(around: Surroundings) -> list[Row]:
    """A ready client where the server has a session, against the first sign-in.

    Each in a process of its own, counted after the SDK is imported, which both need.
    """
    stack = around.stack
    kernel = {**around.environ, "KFP_CONNECT_BROKER": str(around.server.description)}

    def first() -> float:
        who = (stack.host, stack.username, stack.password)
        return float(measure("sign_in", around.environ, *who))

    def connect() -> float:
        return float(measure("connect", kernel, CONNECTION))

    def armed() -> float:
        return float(measure("armed_cell", kernel, CONNECTION))

    before = stack.sign_in_count()
    measure("connect", kernel, CONNECTION)
    signed_in = stack.sign_in_count() - before
    return [
        ratio_row(
            "the cell that names an armed client in a second kernel, against that",
            alternate(armed, first, _FRESH_ROUNDS),
            0.03,
        ),
        ratio_row(
            "connect() in a second kernel, against that",
            alternate(connect, first, _FRESH_ROUNDS),
            0.03,
        ),
        count_row("   its sign-ins", signed_in, 0),
    ]
