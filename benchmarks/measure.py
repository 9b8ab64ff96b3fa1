"""Programs timed side by side, so that a busy machine slows them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Input = TypeVar("Input")
Item = TypeVar("Item")


def seconds(work: Callable[[Input], object], given: Input, clock: Callable[[], float] = time.perf_counter) -> float:
    """How long one call takes by a clock, without the garbage collector's share."""
    gc.collect()
    gc.disable()
    try:
        began = clock()
        work(given)
        return clock() - began
    finally:
        gc.enable()


def side_by_side(
    inputs: Sequence[Sequence[Item]],
    long: Sequence[Callable[[Sequence[Item]], object]],
    short: Sequence[Callable[[Sequence[Item]], object]],
    pieces: int,
) -> tuple[list[float], list[float]]:
    """Mean processor seconds that long works and short ones take for an input; the first input warms them up.

    A machine shared with others is now fast, now slow, for tenths of a second. Long works get an input piece by piece,
    and after each round of pieces the short works get it whole, so that both meet the same times, good and bad.
    """
    for work in (*long, *short):
        work(inputs[0])
    longs, shorts = [0.0] * len(long), [0.0] * len(short)
    for given in inputs[1:]:
        size = -(-len(given) // pieces)
        rounds = range(0, len(given), size)
        for first in rounds:
            for number, work in enumerate(long):
                longs[number] += seconds(work, given[first : first + size], time.process_time)
            for number, work in enumerate(short):
                shorts[number] += seconds(work, given, time.process_time) / len(rounds)
    count = len(inputs) - 1
    return [total / count for total in longs], [total / count for total in shorts]
