"""Slots that nobody reads any more: they passed while the appliance was off, or the clock was set over them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from appliance.bus.slots import ACCOUNTED, SlotPlan
from appliance.clock import Clock
from appliance.meters.meter import Meter
from appliance.ports import Intake, MeterBook, Missed, ReadingKind, Reason

SENTENCES: Final = {
    Reason.OFF: "The appliance was off at that time.",
    Reason.CLOCK: "The clock was set past that time.",
}


class Unread:
    """Gives each such slot its reason."""

    def __init__(self, meters: MeterBook, intake: Intake, clock: Clock) -> None:
        self._meters = meters
        self._intake = intake
        self._clock = clock

    def before(self, started: datetime, meters: Iterable[Meter], slots: SlotPlan) -> None:
        """Slots between a meter's last one and the one running at the start: the appliance was off."""
        running = slots.schedule.latest(started, slots.zone)
        if running is None:
            return
        for meter in meters:
            ended = self._meters.ended(meter.id)
            if ended is not None and ended < running.timestamp():
                since = max(datetime.fromtimestamp(ended, UTC), started - ACCOUNTED)
                for slot in slots.schedule.between(since, running - timedelta(microseconds=1), slots.zone):
                    self.miss([meter], slot, Reason.OFF)

    def miss(self, meters: Iterable[Meter], slot: datetime, reason: Reason) -> None:
        """One slot, for several meters."""
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
