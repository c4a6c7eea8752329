"""One more call, through a client that renews itself, against a plain one with a fixed cookie."""

from __future__ import annotations

import os
from typing import Any

import kfp

import jupyter_kfp_connect

from .by_hand import session_cookies
from .measuring import alternate, timed
from .surroundings import CONNECTION, Surroundings
from .table import Row, ratio_row

_ROUNDS = 300


def one_more_list(around: Surroundings) -> list[Row]:
    """`list_experiments` through the gateway, with the broker's lease and with a fixed cookie."""
    stack = around.stack
    os.environ["KFP_CONNECT_BROKER"] = str(around.server.description)
    try:
        client = jupyter_kfp_connect.connect(CONNECTION)
    finally:
        del os.environ["KFP_CONNECT_BROKER"]
    cookies = session_cookies(stack.host, stack.username, stack.password)
    plain = kfp.Client(host=stack.host, cookies=cookies)

    def lister(which: Any) -> Any:
        return timed(lambda: which.list_experiments(namespace=stack.namespace, page_size=10))

    pair = alternate(lister(client), lister(plain), _ROUNDS, warm_up=10)
    return [ratio_row("one more list_experiments, against a fixed cookie", pair, 1.05)]
