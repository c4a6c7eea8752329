"""A crowd of kernels whose session has ended, asking at once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from jupyter_kfp_connect.core.session import HeaderSource
from jupyter_kfp_connect.kernel.broker_client import Broker
from jupyter_kfp_connect.kernel.broker_source import BrokerSource, Holder

from .measuring import alternate
from .surroundings import CONNECTION, Surroundings
from .table import Row, count_row, ratio_row

_KERNELS = 200
_ROUNDS = 9


def crowd(around: Surroundings) -> list[Row]:
    """Kernels told by Kubeflow that their session is over: all at once, against in turn."""
    environ = {**os.environ, "KFP_CONNECT_BROKER": str(around.server.description)}
    kernels = [_kernel(environ) for _ in range(_KERNELS)]
    before = around.stack.sign_in_count()
    _at_once(kernels)
    signed_in = around.stack.sign_in_count() - before
    pair = alternate(lambda: _at_once(kernels), lambda: _in_turn(kernels), _ROUNDS, warm_up=0)
    return [
        ratio_row(f"{_KERNELS} kernels whose session ended, at once against in turn", pair, 1.0),
        count_row("   the crowd's sign-ins", signed_in, 1),
    ]


def _kernel(environ: Mapping[str, str]) -> HeaderSource:
    """Return a source with a connection of its own to the broker, as each kernel has."""
    broker = Broker.find(environ)
    if broker is None:
        raise RuntimeError("the Jupyter server has no broker")
    return BrokerSource(broker, Holder(CONNECTION))


def _at_once(kernels: Sequence[HeaderSource]) -> float:
    asks = _refused(kernels)
    start = threading.Barrier(len(asks) + 1)
    problems: list[BaseException] = []

    def run(ask: Callable[[], object]) -> None:
        start.wait()
        try:
            ask()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    start.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if problems:
        raise RuntimeError(f"{len(problems)} of {len(asks)} were not served") from problems[0]
    return took


def _in_turn(kernels: Sequence[HeaderSource]) -> float:
    asks = _refused(kernels)
    started = time.perf_counter()
    for ask in asks:
        ask()
    return time.perf_counter() - started


def _refused(kernels: Sequence[HeaderSource]) -> list[Callable[[], object]]:
    """Return what each kernel asks once its call was refused; all hold the same generation."""
    generations = {kernel.lease().generation for kernel in kernels}
    if len(generations) != 1:
        raise RuntimeError(f"the kernels hold different sessions: {sorted(generations)}")
    (generation,) = generations
    return [partial(kernel.refused, generation) for kernel in kernels]
