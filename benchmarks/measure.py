"""Programs timed side by side, so that a busy machine slows them alike."""

from __future__ import annotations

import gc
import statistics
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


def side_by_side(inputs: Sequence[Input], *works: Callable[[Input], object]) -> list[float]:
    """Median processor seconds of each work; they take turns on each input, and the first input warms them up."""
    for work in works:
        work(inputs[0])
    turns = [[seconds(work, given, time.process_time) for work in works] for given in inputs[1:]]
    return [statistics.median(times) for times in zip(*turns, strict=True)]
