"""Waiting: for a time, for the bus, for a long order (operations.md §2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from appliance.errors import BusmeisterError, Kind, RefusedError
from appliance.events import BusState
from appliance.hub import JobState
from appliance.operations.answer import Answer
from appliance.operations.call import Call
from appliance.operations.execute import kind_of
from appliance.operations.operation import operation
from appliance.operations.times import span, span_of_seconds
from appliance.settings.kinds import Duration

GLANCE: Final = 0.2  # seconds between two looks whether it is over
WORKING: Final = (BusState.ROUND, BusState.ORDER)
Length = Annotated[timedelta, Duration("s", 0, 31 * 86400)]


class Until(StrEnum):
    """What of the bus is waited for."""

    IDLE = "idle"
    ROUND = "round"


@operation("wait", level=1, long=True)
def wait(call: Call, duration: Length | None = None, *, until: Until | None = None, job: int | None = None) -> Answer:
    """Pauses a script: for a time, or until the bus is idle, the round over, a job done, at most for that time."""
    if duration is None and until is None and job is None:
        raise RefusedError('"wait" needs a DURATION, until=idle, until=round or job=N.', Kind.USAGE)
    if until is not None and job is not None:
        raise RefusedError('"wait" takes until= or job=, not both.', Kind.USAGE)
    over, what = _awaited(call, until, job)
    came = _wait(call, over, duration)
    if not came and what and not (call.job and call.job.cancelled):
        raise RefusedError(f"{what} within {span(duration or timedelta())}.", Kind.BUSY)
    return Answer(sentence=_end_of(call, job) if job is not None else "")


def _awaited(call: Call, until: Until | None, job: int | None) -> tuple[Callable[[], bool], str]:
    """Whether it is over, and what is said where that takes too long."""
    if job is not None:
        found = call.parts.hub.jobs.find(job)
        if found is None:
            raise RefusedError("No such job is known (jobs lists those that run).", Kind.NOT_FOUND)
        if found is call.job:
            raise RefusedError(f"Job {job} is this one, which waits.", Kind.USAGE)
        return lambda: found.ended, f"Job {job} was not done"
    if until is Until.IDLE:
        return lambda: not _works(call), "The bus was not idle"
    if until is Until.ROUND:
        return lambda: not reads(call), "The round was not over"
    return lambda: False, ""


def _wait(call: Call, over: Callable[[], bool], duration: timedelta | None) -> bool:
    """Until it is over, the time is up or somebody breaks it off; whether it was over."""
    clock, gone = call.parts.clock, threading.Event()
    end = clock.monotonic() + duration.total_seconds() if duration is not None else float("inf")
    if call.job is not None:
        call.job.on_cancel(gone.set)
    while not over():
        left = end - clock.monotonic()
        if call.job is not None:
            call.job.report(0, 0, f"{span_of_seconds(left)} left" if duration else "")
        if left <= 0 or gone.wait(min(left, GLANCE)):
            return False
    return True


def _works(call: Call) -> bool:
    return any(segment.queue or segment.state in WORKING for segment in call.parts.engine.status())


def reads(call: Call) -> bool:
    """Whether a round goes on."""
    return any(segment.state is BusState.ROUND for segment in call.parts.engine.status())


def _end_of(call: Call, number: int) -> str:
    """How the job ended; its error is the wait's, so that a script stops."""
    job = call.parts.hub.jobs.find(number)
    if job is None or not job.ended:
        return ""
    if job.state is JobState.FAILED and isinstance(job.error, BusmeisterError):
        raise RefusedError(f"Job {number}, {job.name}: {job.error.sentence}", kind_of(job.error))
    return f"job {number} is {job.state}"
