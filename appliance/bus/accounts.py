"""What became of a slot: handed to the store, noted in the memory of the meter, and told to whoever follows."""

from __future__ import annotations

from collections.abc import Callable

from appliance.bus.errand import Errand, Priority
from appliance.bus.failure import Failure
from appliance.bus.memory import Memory
from appliance.clock import Clock
from appliance.events import ReadingMissed, TelegramHeard
from appliance.meters.meter import Meter
from appliance.ports import Heard, Intake, Missed, Reason


class Accounts:
    """Of one segment. Used by its thread alone."""

    def __init__(self, *, intake: Intake, memory: Memory, clock: Clock, publish: Callable[[object], None]) -> None:
        self._intake = intake
        self._memory = memory
        self._clock = clock
        self._publish = publish

    def heard(
        self, errand: Errand, meter: Meter, telegrams: tuple[bytes, ...], incomplete: Reason | None = None
    ) -> Heard:
        """A reading as it came just now; `enter` makes it count."""
        return Heard(
            meter=meter.id,
            slot=errand.slot,
            kind=errand.kind,
            telegrams=telegrams,
            at=self._clock.stamp(),
            round=errand.number,
            urgent=errand.priority is Priority.PERSON,
            incomplete=incomplete,
        )

    def missed(self, errand: Errand, meter: Meter, failure: Failure) -> Missed:
        """A slot that ends without a reading; `enter` makes it count."""
        return Missed(
            meter=meter.id,
            slot=errand.slot,
            kind=errand.kind,
            reason=failure.reason,
            detail=failure.detail,
            at=self._clock.stamp(),
            octets=failure.octets,
            round=errand.number,
        )

    def enter(self, errand: Errand, meter: Meter, outcome: Heard | Missed) -> None:
        """The slot ended so."""
        kept = errand.is_kept and meter.store
        if isinstance(outcome, Heard):
            self._memory.of(meter.id).answered(outcome)
            if kept:
                self._intake.accept(outcome)
            self._publish(TelegramHeard(outcome))
            return
        if not errand.supplement:
            if errand.is_scheduled:
                self._memory.of(meter.id).missed(outcome.reason)
            if kept:
                self._intake.missed(outcome)
        self._publish(ReadingMissed(outcome))

    def flush(self) -> None:
        """A round is over: the store may write."""
        self._intake.flush()
