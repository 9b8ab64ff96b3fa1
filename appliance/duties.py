"""What the appliance does by the clock, besides reading: the store's regular work, the restart that was planned, and
true slots for what was read before the clock was trusted. And it looks whether the internet is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from appliance.clock import ClockQuality
from appliance.cron import Schedule
from appliance.log import stream
from appliance.operations.all import registry
from appliance.operations.call import Call
from appliance.operations.execute import execute
from appliance.operations.parts import Parts
from appliance.planning import PlannedJob, Scheduler

log = stream("service.appliance")


class Duties:
    """Planned on the appliance's scheduler by the settings in force."""

    def __init__(self, parts: Parts, scheduler: Scheduler) -> None:
        self._parts = parts
        self._scheduler = scheduler
        self._store = parts.store
        self._clock_was_trusted = parts.clock.quality is ClockQuality.TRUSTED
        self._planned: list[PlannedJob] = []

    def begin(self) -> Future[None]:
        """Plan the regular work, and finish what a power cut left half done."""
        self.plan()
        return self._parts.hub.ask(self._store.housekeeping.resume)

    def plan(self) -> None:
        """All regular work, on the schedules in force."""
        for job in self._planned:
            job.cancel()
        settings, keeping = self._parts.settings, self._store.housekeeping
        storage, restart, check = settings.storage, settings.restart, settings.network.internet_check
        work: tuple[tuple[str, Callable[[], object]], ...] = (
            (storage.maintenance.schedule, keeping.maintain),
            (storage.snapshot.schedule, keeping.changed),
            (storage.check.schedule, keeping.check),
            (restart.schedule if restart.enabled else "", self.restart_as_planned),
            (check.schedule if check.enabled else "", self.look_at_internet),
        )
        self._planned = [self._plan(text, task) for text, task in work if text]

    def look_at_internet(self) -> None:
        """Whether it is reached, for the overview."""
        parts, check = self._parts, self._parts.settings.network.internet_check
        if parts.reach is not None:
            parts.internet.look(check, parts.network(), parts.reach, parts.clock.now())

    def restart_as_planned(self) -> None:
        """As a person would order it, so that no round is cut in two and the audit trail says why."""
        call = Call(self._parts, "restart.schedule", 3, door="schedule")
        execute(call, registry().get("restart"), [], confirmed=True)

    def repair_time(self, seconds: float) -> None:
        """The wall clock was set. Where that made it trustworthy, readings made before get their true slots."""
        trusted = self._parts.clock.quality is ClockQuality.TRUSTED
        if trusted and not self._clock_was_trusted:
            settings = self._parts.settings
            schedule, zone = Schedule.parse(settings.readout.schedule, self._parts.serial), settings.time.zone.info
            moved = self._store.clock_trusted(seconds, partial(true_slot, schedule, zone))
            log.info("The clock is trusted now: %d readings were moved to their true slots.", moved)
        self._clock_was_trusted = trusted

    def _plan(self, text: str, task: Callable[[], object]) -> PlannedJob:
        schedule = Schedule.parse(text, self._parts.serial)
        return self._scheduler.cron(schedule, self._parts.settings.time.zone.info, partial(self._in_background, task))

    def _in_background(self, task: Callable[[], object], planned: datetime) -> None:
        """Long work of the store, off the scheduler's thread."""
        self._parts.hub.ask(task)


def true_slot(schedule: Schedule, zone: ZoneInfo, second: int) -> int:
    """The slot of the grid that a corrected second belongs to."""
    latest = schedule.latest(datetime.fromtimestamp(second, UTC), zone)
    return second if latest is None else int(latest.timestamp())
