"""One scheduler for the whole appliance, upon the `schedule` library: its jobs know when they run next, in UTC.

The library's own jobs count naive local time and drift by the time they work. Ours take the next run from a `Schedule`
in a named zone, or from the grid of a fixed period on the monotonic clock. A job only hands work on; what it raises is
logged and never keeps another job waiting. When somebody sets the wall clock, every job plans anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import schedule

from appliance.clock import Clock
from appliance.cron import Schedule
from appliance.events import ClockStepped
from appliance.log import stream

log = stream("planning")

STEP: Final = 1.0  # seconds; less is a clock being disciplined
LONGEST_WAIT: Final = 1.0  # seconds between two looks at the clock


class PlannedJob(schedule.Job):
    """A job of ours: `should_run`, `run` and the next run go by the appliance's clock."""

    def __init__(self, clock: Clock, scheduler: Scheduler) -> None:
        super().__init__(1, scheduler)
        self.owner = scheduler
        self.unit = "plan"
        self.clock = clock
        self.function: Callable[[datetime], None] = _nothing

    def calls(self, function: Callable[[datetime], None]) -> PlannedJob:
        """Call `function` with each instant it was planned for; the scheduler knows the job from now on."""
        self.function = function
        self.do(function)
        return self

    @property
    def should_run(self) -> bool:
        return bool(self.next_run is not None and self.clock.now() >= self.next_run)

    def run(self) -> None:
        """Run once and plan the next; instants that passed meanwhile are not made up for."""
        planned = self.next_run or self.clock.now()
        try:
            self.function(planned)
        except Exception:  # the scheduler serves all parts: one that fails must not stop the others
            log.exception("The job planned for %s failed.", planned)
        self.last_run = self.clock.now()
        self._schedule_next_run()

    def plan_anew(self) -> None:
        """The clock was set. A run that it jumped over is due at once."""
        if not self.should_run:
            self._schedule_next_run()

    def cancel(self) -> None:
        """Never run again."""
        self.owner.cancel_job(self)


class CronJob(PlannedJob):
    """Runs when a schedule says, in a zone."""

    def __init__(self, clock: Clock, scheduler: Scheduler, when: Schedule, zone: ZoneInfo) -> None:
        super().__init__(clock, scheduler)
        self.when = when
        self.zone = zone

    def _schedule_next_run(self) -> None:
        self.next_run = self.when.next(self.clock.now(), self.zone)


class EveryJob(PlannedJob):
    """Runs every so many seconds, without drift, whatever the wall clock does."""

    def __init__(self, clock: Clock, scheduler: Scheduler, period: float) -> None:
        super().__init__(clock, scheduler)
        self.period = period
        self._first = clock.monotonic()

    def _schedule_next_run(self) -> None:
        passed = self.clock.monotonic() - self._first
        wait = (passed // self.period + 1) * self.period - passed
        self.next_run = self.clock.now() + timedelta(seconds=wait)

    def plan_anew(self) -> None:
        self._schedule_next_run()


class Scheduler(schedule.Scheduler):
    """All planned jobs. Its own thread calls them; any thread may add or cancel one."""

    name = "planning"

    def __init__(self, clock: Clock, publish: Callable[[object], None]) -> None:
        super().__init__()
        self.clock = clock
        self._publish = publish
        self._lock = threading.RLock()
        self._changed = threading.Event()
        self._offset = self._measure()

    def cron(self, when: Schedule, zone: ZoneInfo, function: Callable[[datetime], None]) -> PlannedJob:
        """Plan calls of `function` by a schedule."""
        return self._add(CronJob(self.clock, self, when, zone), function)

    def period(self, seconds: float, function: Callable[[datetime], None]) -> PlannedJob:
        """Plan calls of `function` every so many seconds."""
        return self._add(EveryJob(self.clock, self, seconds), function)

    def cancel_job(self, job: schedule.Job) -> None:
        with self._lock:
            super().cancel_job(job)

    def run_pending(self) -> None:
        """Call what is due, in its order. No lock is held meanwhile: a job may wait for one that plans a job."""
        self.notice_step()
        with self._lock:
            due = sorted(job for job in self._planned() if job.should_run)
        for job in due:
            if job in self.jobs:  # none before it has cancelled it
                job.run()

    def notice_step(self) -> None:
        """Compare wall and monotonic clock; plan everything anew where the wall clock was set."""
        offset = self._measure()
        jump, self._offset = offset - self._offset, offset
        if abs(jump) < STEP:
            return
        log.warning("The clock was set by %+.0f s; all plans are made anew.", jump)
        self._publish(ClockStepped(jump))
        with self._lock:
            for job in self._planned():
                job.plan_anew()

    @property
    def seconds_left(self) -> float | None:
        """Until the next job is due; None while nothing is planned."""
        with self._lock:
            runs = [job.next_run for job in self._planned() if job.next_run is not None]
        return (min(runs) - self.clock.now()).total_seconds() if runs else None

    def run(self, stop: threading.Event) -> None:
        """The scheduler's thread."""
        while not stop.is_set():
            self.run_pending()
            left = self.seconds_left
            wait = LONGEST_WAIT if left is None else min(max(left, 0.0), LONGEST_WAIT)
            self._changed.wait(wait)
            self._changed.clear()

    def wake(self) -> None:
        """Let the thread look at its jobs, or at `stop`, at once."""
        self._changed.set()

    def _add(self, job: PlannedJob, function: Callable[[datetime], None]) -> PlannedJob:
        with self._lock:
            job.calls(function)
        self.wake()
        return job

    def _planned(self) -> list[PlannedJob]:
        return [job for job in self.jobs if isinstance(job, PlannedJob)]

    def _measure(self) -> float:
        return self.clock.now().timestamp() - self.clock.monotonic()


def _nothing(instant: datetime) -> None:
    """What a job does before it is told."""
