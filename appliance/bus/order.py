"""An order of a person to read meters, on however many segments."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from appliance.bus.round import Outcome, Progress
from appliance.meters.meter import Meter


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


def join(meters: Sequence[Meter], parts: Mapping[str, Future[Sequence[Outcome]]]) -> Future[Sequence[Outcome]]:
    """All outcomes in the order the meters were named, once every segment has given its own."""
    whole: Future[Sequence[Outcome]] = Future()
    whole.set_running_or_notify_cancel()
    missing = set(parts)
    lock = threading.Lock()

    def one_came(name: str) -> None:
        with lock:
            missing.discard(name)
            complete = not missing
        if complete:
            found = {outcome.meter: outcome for part in parts.values() for outcome in part.result()}
            whole.set_result([found[meter.id] for meter in meters])

    if not parts:
        whole.set_result([])
    for name, part in parts.items():
        part.add_done_callback(lambda _, name=name: one_came(name))  # type: ignore[misc]  # mypy knows no bound default
    return whole
