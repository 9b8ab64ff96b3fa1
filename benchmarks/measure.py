"""Programs timed side by side, so that a busy machine slows them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Input = TypeVar("Input")


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
    inputs: Sequence[Input], long: Sequence[Callable[[Input], object]], short: Sequence[Callable[[Input], object]]
) -> tuple[list[float], list[float]]:
    """Mean processor seconds of long works and of short ones; the first input warms them up.

    A machine shared with others is now fast, now slow, for tenths of a second: the short works are measured after each
    long one, and means are taken, since a long work itself is the mean of such times.
    """
    for work in (*long, *short):
        work(inputs[0])
    longs, shorts = [0.0] * len(long), [0.0] * len(short)
    for given in inputs[1:]:
        for number, work in enumerate(long):
            longs[number] += seconds(work, given, time.process_time)
            for place, other in enumerate(short):
                shorts[place] += seconds(other, given, time.process_time)
    count = len(inputs) - 1
    return [total / count for total in longs], [total / count / len(long) for total in shorts]
