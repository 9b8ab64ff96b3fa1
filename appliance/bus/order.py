"""An order of a person to read meters, in however many rounds on however many segments."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple

from appliance.bus.errand import Errand
from appliance.bus.round import Outcome, Progress, Round
from appliance.bus.segment import Segment
from appliance.meters.meter import Meter


class Part(NamedTuple):
    """What one segment is to do of it."""

    segment: Segment
    errand: Errand
    meters: Sequence[Meter]


class SharedProgress:
    """One job, reported to by the rounds of several segments."""

    def __init__(self, job: Progress, of: int) -> None:
        self._job = job
        self._of = of
        self._done = 0
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """A person broke it off."""
        return self._job.cancelled

    def report(self, done: int, of: int, sentence: str = "") -> None:
        """One meter more, on whichever segment."""
        with self._lock:
            self._done += 1
            count = self._done
        self._job.report(count, self._of, sentence)


def place(parts: Sequence[Part], job: Progress | None) -> Future[Sequence[Outcome]]:
    """Begin them all: the outcome of each meter, once every round is over. No meter is in two of them."""
    progress = (
        None if job is None else SharedProgress(job, sum(len({meter.id for meter in one.meters}) for one in parts))
    )
    answers: list[Future[Sequence[Outcome]]] = [Future() for _ in parts]
    for part, answer in zip(parts, answers, strict=True):
        part.segment.begin(Round(part.errand, job=progress, answer=answer), part.meters)
    return _joined(answers)


def in_order(meters: Sequence[Meter], whole: Future[Sequence[Outcome]]) -> Future[Sequence[Outcome]]:
    """The outcomes in the order the meters were named, one that was named twice twice."""
    sorted_: Future[Sequence[Outcome]] = Future()
    sorted_.set_running_or_notify_cancel()

    def sort(done: Future[Sequence[Outcome]]) -> None:
        found = {outcome.meter: outcome for outcome in done.result()}
        sorted_.set_result([found[meter.id] for meter in meters])

    whole.add_done_callback(sort)
    return sorted_


def _joined(parts: Sequence[Future[Sequence[Outcome]]]) -> Future[Sequence[Outcome]]:
    whole: Future[Sequence[Outcome]] = Future()
    whole.set_running_or_notify_cancel()
    open_ = len(parts)
    lock = threading.Lock()

    def one_came(_: Future[Sequence[Outcome]]) -> None:
        nonlocal open_
        with lock:
            open_ -= 1
            complete = not open_
        if complete:
            whole.set_result([outcome for part in parts for outcome in part.result()])

    if not parts:
        whole.set_result([])
    for part in parts:
        part.add_done_callback(one_came)
    return whole
