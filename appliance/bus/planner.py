"""Turns schedules into rounds: at each slot, one round on every segment that has meters due in it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from appliance.bus.engine_settings import EngineSettings
from appliance.bus.errand import Errand, Priority
from appliance.bus.failure import Failure
from appliance.bus.order import Part
from appliance.bus.round import Round
from appliance.bus.segment import Segment
from appliance.bus.slots import ACCOUNTED, Due, SlotPlan
from appliance.clock import Clock, ClockQuality
from appliance.cron import Schedule
from appliance.errors import SettingError
from appliance.log import stream
from appliance.meters.meter import Meter
from appliance.planning import PlannedJob, Scheduler
from appliance.ports import Intake, MeterBook, Missed, ReadingKind, Reason

log = stream("bus")

SENTENCES: Final = {
    Reason.OFF: "The appliance was off at that time.",
    Reason.CLOCK: "The clock was set past that time.",
}
NOT_FINISHED: Final = Failure(Reason.OFF, "The appliance started too late in this slot to finish its round.")
OVERTAKEN: Final = Failure(Reason.CANCELLED, "The next round began before the order was carried out.")


@dataclass(slots=True)
class Plan:
    """One schedule in force: its slots, and the scheduler's job that looks at them."""

    slots: SlotPlan
    job: PlannedJob


class Planner:
    """All schedules any meter has. Called by the scheduler's thread and by whoever changes settings, under one lock."""

    def __init__(
        self,
        *,
        segments: Mapping[str, Segment],
        meters: MeterBook,
        intake: Intake,
        clock: Clock,
        scheduler: Scheduler,
        lock: threading.RLock,
        last_round: int,
    ) -> None:
        self._segments = segments
        self._meters = meters
        self._intake = intake
        self._clock = clock
        self._scheduler = scheduler
        self._lock = lock
        self._settings = EngineSettings()
        self._plans: dict[str, Plan] = {}
        self._battery_read: dict[int, int] = {}
        self._last_round = last_round
        self._started = clock.stamp()
        self._trusted = False

    def begin(self) -> None:
        """The engine starts: slots that passed until now passed while the appliance was off."""
        self._started = self._clock.stamp()
        self._trusted = self._started.quality is ClockQuality.TRUSTED

    def end(self) -> None:
        """No more rounds."""
        for text in list(self._plans):
            self._plans.pop(text).job.cancel()

    def apply(self, settings: EngineSettings, anew: Collection[str] = ()) -> None:
        """One plan for each schedule that any meter has; those in force stay as they are.

        Segments that started `anew` in mid round finish the slot that runs.
        """
        before, self._settings = self._settings, settings
        if (before.zone, before.seed) != (settings.zone, settings.seed):
            self.end()
        wanted = self._schedules() if settings.enabled else set()
        for text in [text for text in self._plans if text not in wanted]:
            self._plans.pop(text).job.cancel()
        for text, plan in self._plans.items():
            self._start_rounds(text, plan.slots.running(self._clock.now()), resumed=True, anew=anew)
        for text in sorted(wanted - set(self._plans)):
            self._add(text)

    def next_number(self) -> int:
        """Of another round; no two rounds of an appliance's life have the same."""
        self._last_round += 1
        return self._last_round

    # ---------------------------------------------------------------- schedules

    def _schedules(self) -> set[str]:
        return {self._schedule_of(meter) for name in self._segments for meter in self._meters.meters(name)}

    def _schedule_of(self, meter: Meter) -> str:
        """A meter's own schedule, or everybody's."""
        if not meter.schedule:
            return self._settings.schedule
        try:
            Schedule.parse(meter.schedule, self._settings.seed)
        except SettingError as error:
            log.warning('"%s" is read with all others: %s', meter.label, error)
            return self._settings.schedule
        return meter.schedule

    def _add(self, text: str) -> None:
        when, zone = Schedule.parse(text, self._settings.seed), self._settings.zone
        slots = SlotPlan(when, zone, self._clock.stamp())
        self._plans[text] = Plan(slots, self._scheduler.cron(when, zone, partial(self._look, text)))
        self._account_for_absence(text, slots, self._started.wall)
        self._start_rounds(text, slots.first(), resumed=True)

    def _look(self, text: str, planned: datetime) -> None:
        """The scheduler calls: a slot is due, or the clock was set over some."""
        with self._lock:
            plan = self._plans.get(text)
            if plan is None:
                return
            self._notice_trust()
            due = plan.slots.take(planned, self._clock.stamp())
            for slot in due.skipped:
                self._miss(self._members(text), slot, due.reason)
            self._start_rounds(text, due, resumed=False)

    def _members(self, text: str) -> list[Meter]:
        return [meter for name in self._segments for meter in self._members_on(name, text)]

    def _members_on(self, segment: str, text: str) -> list[Meter]:
        return [meter for meter in self._meters.meters(segment) if self._schedule_of(meter) == text]

    # ---------------------------------------------------------------- rounds

    def supplements(self) -> list[Part]:
        """What is to be read so that every meter has a reading in its present slot; a round under way reads it too."""
        settings, now = self._settings, self._clock.now()
        parts = []
        for text in sorted(self._schedules()):
            when = Schedule.parse(text, settings.seed)
            slot, following = when.latest(now, settings.zone), when.next(now, settings.zone)
            if slot is not None:
                errand = replace(
                    self._errand(slot, following, gives_way=OVERTAKEN),
                    priority=Priority.PERSON,
                    retries=settings.manual_retries,
                    retry_offset=settings.manual_retry_offset,
                    supplement=True,
                )
                parts += self._parts(text, errand)
        return parts

    def _start_rounds(self, text: str, due: Due, *, resumed: bool, anew: Collection[str] | None = None) -> None:
        if due.slot is not None:
            errand = self._errand(due.slot, due.following, gives_way=NOT_FINISHED if resumed else None)
            errand = replace(errand, goes_on=anew is not None)
            for part in self._parts(text, errand, anew):
                part.segment.begin(Round(part.errand), part.meters)

    def _parts(self, text: str, errand: Errand, on: Collection[str] | None = None) -> list[Part]:
        """The errand on each segment that has meters due in it, or on some of them, under one number."""
        found = []
        for name, segment in self._segments.items():
            if on is not None and name not in on:
                continue
            meters = self._due_meters(name, text, errand.slot)
            if meters:
                errand = errand if errand.number else replace(errand, number=self.next_number())
                found.append(Part(segment, errand, meters))
        return found

    def _errand(self, slot: datetime, following: datetime, *, gives_way: Failure | None) -> Errand:
        settings = self._settings
        limit = slot + (following - slot) * settings.round_limit
        return Errand(
            slot=int(slot.timestamp()),
            kind=ReadingKind.SCHEDULED,
            priority=Priority.ROUND,
            began=self._clock.now(),
            ends=self._monotonic(following),
            retries_end=self._monotonic(limit),
            retries=settings.scheduled_retries,
            retry_offset=settings.scheduled_retry_offset,
            gives_way=gives_way,
        )

    def _due_meters(self, segment: str, text: str, slot: int) -> list[Meter]:
        """Members that have no reading in the slot and whose battery is spared long enough."""
        members = self._members_on(segment, text)
        answered = self._meters.answered(slot, [meter.id for meter in members]) if members else set()
        due = [meter for meter in members if meter.id not in answered and self._may_be_read(meter, slot)]
        self._battery_read.update((meter.id, slot) for meter in due if meter.battery)
        return due

    def _may_be_read(self, meter: Meter, slot: int) -> bool:
        if not meter.battery:
            return True
        last = self._battery_read.get(meter.id, self._meters.ended(meter.id))
        return last is None or not last < slot < last + self._settings.battery_interval

    # ---------------------------------------------------------------- slots nobody reads

    def _notice_trust(self) -> None:
        """The clock can be believed at last: what passed before the start is known only now."""
        stamp = self._clock.stamp()
        if self._trusted or stamp.quality is not ClockQuality.TRUSTED:
            return
        self._trusted = True
        started = stamp.wall - timedelta(seconds=stamp.monotonic - self._started.monotonic)
        for text, plan in self._plans.items():
            self._account_for_absence(text, plan.slots, started)

    def _account_for_absence(self, text: str, slots: SlotPlan, started: datetime) -> None:
        """Slots between a meter's last one and the one running at the start: the appliance was off."""
        running = slots.schedule.latest(started, slots.zone)
        if running is None:
            return
        for meter in self._members(text):
            ended = self._meters.ended(meter.id)
            if ended is not None and ended < running.timestamp():
                since = max(datetime.fromtimestamp(ended, UTC), started - ACCOUNTED)
                for slot in slots.schedule.between(since, running - timedelta(microseconds=1), slots.zone):
                    self._miss([meter], slot, Reason.OFF)

    def _miss(self, meters: Iterable[Meter], slot: datetime, reason: Reason) -> None:
        for meter in meters:
            self._intake.missed(
                Missed(
                    meter=meter.id,
                    slot=int(slot.timestamp()),
                    kind=ReadingKind.SCHEDULED,
                    reason=reason,
                    detail=SENTENCES[reason],
                    at=self._clock.stamp(),
                )
            )

    def _monotonic(self, instant: datetime) -> float:
        return self._clock.monotonic() + (instant - self._clock.now()).total_seconds()
