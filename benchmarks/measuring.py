"""Measuring two things beside each other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Measure = Callable[[], float]
"""Does something once, and returns what it took (seconds, bytes)."""


@dataclass(frozen=True)
class Spread:
    """The median of many, between the quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of at least one value."""
        if len(values) < 2:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(frozen=True)
class Pair:
    """What two things took, and the ratio of the first to the second, pair by pair."""

    ours: Spread
    other: Spread
    ratio: Spread


def alternate(ours: Measure, other: Measure, rounds: int, warm_up: int = 1) -> Pair:
    """Measure both in turn, each first every other time.

    Parameters
    ----------
    ours, other : callable
        Each returns what it took.
    rounds : int
        How many pairs count.
    warm_up : int
        How many pairs before those do not.
    """
    pairs: list[tuple[float, float]] = []
    for index in range(warm_up + rounds):
        if index % 2:
            second = other()
            first = ours()
        else:
            first = ours()
            second = other()
        pairs.append((first, second))
    kept = pairs[warm_up:]
    return Pair(
        Spread.of([first for first, _ in kept]),
        Spread.of([second for _, second in kept]),
        Spread.of([first / second for first, second in kept]),
    )


def timed(work: Callable[[], object]) -> Measure:
    """Return a measure of how many seconds `work` takes."""

    def measure() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return measure
