"""Turns schedules into rounds: at each slot, one round on every segment that has meters due in it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from appliance.bus.engine_settings import EngineSettings
from appliance.bus.errand import Errand, Priority
from appliance.bus.failure import Failure
from appliance.bus.order import Part
from appliance.bus.round import Round
from appliance.bus.running import RunningSlots, Slot
from appliance.bus.segment import Segment
from appliance.bus.slots import Due, SlotPlan
from appliance.bus.unread import Unread
from appliance.clock import Clock, ClockQuality
from appliance.cron import Schedule
from appliance.errors import SettingError
from appliance.log import stream
from appliance.meters.meter import Meter
from appliance.planning import PlannedJob, Scheduler
from appliance.ports import Intake, MeterBook, ReadingKind, Reason

log = stream("bus")

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
        self._clock = clock
        self._scheduler = scheduler
        self._lock = lock
        self._settings = EngineSettings()
        self._plans: dict[str, Plan] = {}
        self._running = RunningSlots()
        self._unread = Unread(meters, intake, clock)
        self._battery_read: dict[int, int] = {}
        self._last_round = last_round
        self._started = clock.stamp()
        self._trusted = False

    def begin(self) -> None:
        """The engine starts: slots that passed until now passed while the appliance was off."""
        self._started = self._clock.stamp()
        self._trusted = self._started.quality is ClockQuality.TRUSTED
        self._running.clear()

    def end(self) -> None:
        """No more rounds."""
        for text in list(self._plans):
            self._plans.pop(text).job.cancel()

    def apply(self, settings: EngineSettings, anew: Collection[str] = ()) -> None:
        """One plan for each schedule that any meter has; those in force stay as they are.

        The slot that runs for a meter is not begun again: a new schedule holds from its next slot on. Segments that
        started `anew` in mid round finish the slot that runs.
        """
        before, self._settings = self._settings, settings
        if (before.zone, before.seed) != (settings.zone, settings.seed):
            self.end()
        wanted = self._schedules() if settings.enabled else set()
        for text in [text for text in self._plans if text not in wanted]:
            self._plans.pop(text).job.cancel()
        if settings.enabled:
            self._finish(anew)
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
        now = self._clock.monotonic()
        free = [meter for meter in self._members(text) if self._running.of(meter, now) is None]
        self._unread.before(self._started.wall, free, slots)
        self._start_rounds(slots.first(), free, gives_way=NOT_FINISHED)

    def _look(self, text: str, planned: datetime) -> None:
        """The scheduler calls: a slot is due, or the clock was set over some."""
        with self._lock:
            plan = self._plans.get(text)
            if plan is None:
                return
            self._notice_trust()
            due = plan.slots.take(planned, self._clock.stamp())
            members = self._members(text)
            for slot in due.skipped:
                self._unread.miss(members, slot, due.reason)
            self._start_rounds(due, members)

    def _members(self, text: str) -> list[Meter]:
        return [meter for meter in self._all_meters() if self._schedule_of(meter) == text]

    def _all_meters(self) -> Iterator[Meter]:
        return (meter for name in self._segments for meter in self._meters.meters(name))

    # ---------------------------------------------------------------- rounds

    def supplements(self) -> list[Part]:
        """What is to be read so that every meter has a reading in its present slot; a round under way reads it too."""
        return [
            part
            for text in sorted(self._schedules())
            for slot, meters in self._present(text).items()
            for part in self._parts(self._supplement(slot), meters)
        ]

    def _present(self, text: str) -> dict[Slot, list[Meter]]:
        """Members by their present slot: the one that runs, or the grid's where none was begun."""
        now, zone = self._clock.now(), self._settings.zone
        when = Schedule.parse(text, self._settings.seed)
        latest = when.latest(now, zone)
        of_grid = None if latest is None else self._slot(latest, when.next(now, zone))
        return self._running.groups(self._members(text), self._clock.monotonic(), of_grid)

    def _start_rounds(self, due: Due, members: Sequence[Meter], *, gives_way: Failure | None = None) -> None:
        if due.slot is not None:
            slot = self._slot(due.slot, due.following)
            self._running.begin(slot, members)
            self._begin(self._errand(slot, gives_way=gives_way), members)

    def _finish(self, anew: Collection[str]) -> None:
        """On these segments go on with the slot that runs for each meter."""
        meters = [meter for meter in self._all_meters() if meter.segment in anew]
        for slot, group in self._running.groups(meters, self._clock.monotonic()).items():
            self._begin(replace(self._errand(slot, gives_way=NOT_FINISHED), goes_on=True), group)

    def _begin(self, errand: Errand, members: Sequence[Meter]) -> None:
        for part in self._parts(errand, members):
            part.segment.begin(Round(part.errand), part.meters)

    def _parts(self, errand: Errand, members: Sequence[Meter]) -> list[Part]:
        """The errand on each segment that has members due in it, under one number."""
        found = []
        for name, segment in self._segments.items():
            meters = self._due_meters([meter for meter in members if meter.segment == name], errand.slot)
            if meters:
                errand = errand if errand.number else replace(errand, number=self.next_number())
                found.append(Part(segment, errand, meters))
        return found

    def _errand(self, slot: Slot, *, gives_way: Failure | None) -> Errand:
        return Errand(
            slot=slot.start,
            kind=ReadingKind.SCHEDULED,
            priority=Priority.ROUND,
            began=self._clock.now(),
            ends=slot.ends,
            retries_end=slot.retries_end,
            retries=self._settings.scheduled_retries,
            retry_offset=self._settings.scheduled_retry_offset,
            gives_way=gives_way,
        )

    def _supplement(self, slot: Slot) -> Errand:
        return replace(
            self._errand(slot, gives_way=OVERTAKEN),
            priority=Priority.PERSON,
            retries=self._settings.manual_retries,
            retry_offset=self._settings.manual_retry_offset,
            supplement=True,
        )

    def _slot(self, start: datetime, following: datetime) -> Slot:
        limit = start + (following - start) * self._settings.round_limit
        return Slot(int(start.timestamp()), self._monotonic(following), self._monotonic(limit))

    def _due_meters(self, members: Sequence[Meter], slot: int) -> list[Meter]:
        """Those that have no reading in the slot and whose battery is spared long enough."""
        answered = self._meters.answered(slot, [meter.id for meter in members]) if members else set()
        due = [meter for meter in members if meter.id not in answered and self._may_be_read(meter, slot)]
        self._battery_read.update((meter.id, slot) for meter in due if meter.battery)
        return due

    def _may_be_read(self, meter: Meter, slot: int) -> bool:
        if not meter.battery:
            return True
        last = self._battery_read.get(meter.id, self._meters.ended(meter.id))
        return last is None or not last < slot < last + self._settings.battery_interval

    # ---------------------------------------------------------------- the clock

    def _notice_trust(self) -> None:
        """The clock can be believed at last: what passed before the start is known only now."""
        stamp = self._clock.stamp()
        if self._trusted or stamp.quality is not ClockQuality.TRUSTED:
            return
        self._trusted = True
        started = stamp.wall - timedelta(seconds=stamp.monotonic - self._started.monotonic)
        for text, plan in self._plans.items():
            self._unread.before(started, self._members(text), plan.slots)

    def _monotonic(self, instant: datetime) -> float:
        return self._clock.monotonic() + (instant - self._clock.now()).total_seconds()
