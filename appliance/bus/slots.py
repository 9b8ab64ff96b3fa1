"""Hands out the slots of one schedule, each at most once, whatever the wall clock does meanwhile."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.clock import ClockQuality, Stamp
from appliance.cron import Schedule
from appliance.ports import Reason

GRACE: Final = timedelta(seconds=60)  # a slot noticed so late is still read
ACCOUNTED: Final = timedelta(days=7)  # older slots that were jumped over get no row each
REMEMBERED: Final = 20_000
STEP: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    """What a look at the clock found: the slot to read now, when the next is due, and slots nobody will read."""

    slot: datetime | None
    following: datetime
    skipped: tuple[datetime, ...] = ()
    reason: Reason = Reason.CLOCK


@dataclass(slots=True)
class SlotPlan:
    """The slots of one schedule from the engine's start on."""

    schedule: Schedule
    zone: ZoneInfo
    seen: Stamp  # the last look
    _handed: set[datetime] = field(default_factory=set)
    _order: deque[datetime] = field(default_factory=deque)

    def first(self) -> Due:
        """The slot running at the start: its round is finished, or begun."""
        now = self.seen.wall
        running = self.schedule.latest(now, self.zone)
        if running is not None:
            self._remember(running)
        return Due(running, self.schedule.next(now, self.zone))

    def take(self, planned: datetime, stamp: Stamp) -> Due:
        """What became due until now, as planned for the instant `planned`. No slot comes out twice."""
        before, self.seen = self.seen, stamp
        since = max(min(before.wall, planned - timedelta(microseconds=1)), stamp.wall - ACCOUNTED)
        if before.quality is ClockQuality.UNTRUSTED and stamp.quality is ClockQuality.TRUSTED:
            since = max(since, stamp.wall - GRACE)  # what was read meanwhile is moved to the slots before
        passed = [one for one in self.schedule.between(since, stamp.wall, self.zone) if one not in self._handed]
        for one in passed:
            self._remember(one)
        following = self.schedule.next(stamp.wall, self.zone)
        slot = None
        if passed and stamp.wall - passed[-1] <= min(GRACE, (following - passed[-1]) / 2):
            slot = passed.pop()
        return Due(slot, following, tuple(passed), _why(before, stamp))

    def _remember(self, slot: datetime) -> None:
        self._handed.add(slot)
        self._order.append(slot)
        if len(self._order) > REMEMBERED:
            self._handed.discard(self._order.popleft())


def _why(before: Stamp, after: Stamp) -> Reason:
    """A wall clock that ran ahead of the monotonic one was set; else the machine slept."""
    wall = after.wall - before.wall
    return Reason.CLOCK if wall - timedelta(seconds=after.monotonic - before.monotonic) > STEP else Reason.OFF
