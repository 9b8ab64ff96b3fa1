"""The slot that runs for each meter: begun, and its next one not due yet. It ends as it began, whatever becomes of the
schedules meanwhile; a new grid holds from the meter's next slot on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from appliance.meters.meter import Meter


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot with the time that its round has; by its start it is told from others."""

    start: int  # seconds UTC
    ends: float = field(compare=False)  # monotonic: the next slot of the same grid
    retries_end: float = field(compare=False)  # monotonic: no further attempts from then on


class RunningSlots:
    """By the number of the meter."""

    def __init__(self) -> None:
        self._slots: dict[int, Slot] = {}

    def begin(self, slot: Slot, meters: Iterable[Meter]) -> None:
        """It is due for these meters, whether they are asked in it or not."""
        self._slots.update((meter.id, slot) for meter in meters)

    def of(self, meter: Meter, now: float) -> Slot | None:
        """The slot that runs for a meter at `now`, monotonic; None where none was begun or the last is over."""
        slot = self._slots.get(meter.id)
        return slot if slot is not None and now < slot.ends else None

    def groups(self, meters: Iterable[Meter], now: float, otherwise: Slot | None = None) -> dict[Slot, list[Meter]]:
        """Meters by the slot that runs for them, or by another where none does; without one they are left out."""
        found: dict[Slot, list[Meter]] = {}
        for meter in meters:
            slot = self.of(meter, now) or otherwise
            if slot is not None:
                found.setdefault(slot, []).append(meter)
        return found

    def clear(self) -> None:
        """The engine starts: what ran before it is told by the schedules."""
        self._slots.clear()
