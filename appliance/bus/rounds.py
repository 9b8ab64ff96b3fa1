"""The rounds of a segment: whose turn is next, and that each due slot ends in exactly one of Heard or Missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from appliance.bus.memory import Memory
from appliance.bus.round import FOR_EVER, Failure, Outcome, Priority, Round, Visit
from appliance.clock import Clock
from appliance.events import ReadingMissed, RoundProgress, TelegramHeard
from appliance.meters.meter import Meter
from appliance.ports import Heard, Intake, Missed, ReadingKind, Reason

LATE: Final = Failure(Reason.LATE, "The round before was not over; shorten it or choose a longer cycle.")
NOT_FINISHED: Final = Failure(Reason.OFF, "The appliance started too late in this slot to finish its round.")
CANCELLED: Final = Failure(Reason.CANCELLED, "The order was broken off.")


class Rounds:
    """All rounds under way on one segment. Used by the segment's thread alone."""

    def __init__(
        self, segment: str, *, intake: Intake, memory: Memory, clock: Clock, publish: Callable[[object], None]
    ) -> None:
        self.progress_at = clock.monotonic()
        self._segment = segment
        self._intake = intake
        self._memory = memory
        self._clock = clock
        self._publish = publish
        self._active: list[Round] = []

    @property
    def waiting(self) -> int:
        """Meters that wait for their outcome, whoever asked for it."""
        return sum(one.due - len(one.outcomes) for one in self._active if one.kind is not ReadingKind.CONTINUOUS)

    @property
    def current(self) -> Round | None:
        """The scheduled round under way, else whatever else is."""
        return next((one for one in self._active if one.kind is ReadingKind.SCHEDULED), None)

    def idle_but_for(self, priority: Priority) -> bool:
        """Nothing more urgent than `priority` is under way."""
        return all(one.priority >= priority for one in self._active)

    def start(self, fresh: Round, meters: Iterable[Meter], dead_after: int, blocked: Failure | None) -> None:
        """Take a round in. Meters that an earlier scheduled round still holds miss this slot, or that one."""
        meters = tuple(meters)
        late = set()
        if fresh.kind is ReadingKind.SCHEDULED:
            late = {meter.id for meter in meters if self._held(meter.id, blocked)}
        fresh.admit([self._visit(meter, dead_after) for meter in meters], late)
        self.progress_at = self._clock.monotonic()
        self._active.append(fresh)
        self._active.sort(key=lambda one: (one.priority, one.ends, one.number))
        self._tell(fresh)
        for meter in meters:
            if meter.id in late:
                self._miss(fresh, meter, LATE)
        self._close_if_over(fresh)

    def next_visit(self, now: float) -> tuple[Round, Visit] | None:
        """The most urgent meter whose turn it is."""
        for one in self._active:
            visit = one.next_visit(now)
            if visit is not None:
                return one, visit
        return None

    def next_turn(self) -> float:
        """When a meter is to be visited, monotonic; 0 = now."""
        return min((one.ready_at() for one in self._active), default=FOR_EVER)

    def next_deadline(self, now: float) -> float:
        """When something is to be given up, monotonic."""
        moments = (moment for one in self._active for moment in (one.retries_end, one.ends) if moment > now)
        return min(moments, default=FOR_EVER)

    def heard(self, one: Round, visit: Visit, telegrams: tuple[bytes, ...], now: float) -> None:
        """A reading for its slot."""
        meter = visit.meter
        heard = Heard(
            meter=meter.id,
            slot=one.slot,
            kind=one.kind,
            telegrams=telegrams,
            at=self._clock.stamp(),
            round=one.number,
            urgent=one.priority is Priority.PERSON,
        )
        page = self._memory.of(meter.id)
        page.newest, page.silent_rounds = heard, 0
        one.heard += 1
        if one.kind is not ReadingKind.CONTINUOUS and one.store and meter.store:
            self._intake.accept(heard)
        self._publish(TelegramHeard(heard))
        self._note(one, meter, heard)
        self._miss_all(one, one.succeeded(now))
        self._close_if_over(one)

    def failed(self, one: Round, visit: Visit, failure: Failure, now: float) -> None:
        """A visit in vain: another one later, or the end of the slot."""
        self.progress_at = now
        self._miss_all(one, one.failed(visit, failure, now))
        self._close_if_over(one)

    def watch(self, now: float, blocked: Failure | None) -> None:
        """Give up what has no time left, what was broken off, and what a person must not wait for."""
        for one in list(self._active):
            if one.job is not None and one.job.cancelled:
                self._drop(one, CANCELLED)
            elif blocked is not None and (one.priority is Priority.PERSON or now >= one.ends):
                self._drop(one, blocked)
            elif now >= one.retries_end:
                self._miss_all(one, one.drop_retries())
                self._close_if_over(one)

    def drop_all(self, failure: Failure) -> None:
        """End every round now."""
        for one in list(self._active):
            self._drop(one, failure)

    def drop_continuous(self) -> None:
        """Continuous mode was switched off."""
        self._active = [one for one in self._active if one.kind is not ReadingKind.CONTINUOUS]

    def _visit(self, meter: Meter, dead_after: int) -> Visit:
        silent = self._memory.of(meter.id).silent_rounds
        return Visit(meter, only_once=bool(dead_after) and silent >= dead_after)

    def _held(self, meter: int, blocked: Failure | None) -> bool:
        """Whether an earlier round keeps a meter from joining. A blocked bus gives the earlier slot up instead."""
        for one in list(self._active):
            if one.kind is ReadingKind.SCHEDULED and one.holds(meter):
                if blocked is None and not one.resumed:
                    return True
                self._drop(one, blocked or NOT_FINISHED)
        return False

    def _drop(self, one: Round, failure: Failure) -> None:
        for visit in one.drop_all():
            self._miss(one, visit.meter, visit.failure or failure)
        self._close_if_over(one)

    def _miss_all(self, one: Round, visits: Iterable[Visit]) -> None:
        for visit in visits:
            self._miss(one, visit.meter, visit.failure or LATE)

    def _miss(self, one: Round, meter: Meter, failure: Failure) -> None:
        missed = Missed(
            meter=meter.id,
            slot=one.slot,
            kind=one.kind,
            reason=failure.reason,
            detail=failure.detail,
            at=self._clock.stamp(),
            octets=failure.octets,
            round=one.number,
        )
        if one.kind is ReadingKind.SCHEDULED and failure.reason is Reason.NO_ANSWER:
            self._memory.of(meter.id).silent_rounds += 1
        if one.kind is not ReadingKind.CONTINUOUS and one.store and meter.store:
            self._intake.missed(missed)
        self._publish(ReadingMissed(missed))
        self._note(one, meter, missed)

    def _note(self, one: Round, meter: Meter, outcome: Outcome) -> None:
        one.outcomes[meter.id] = outcome
        self.progress_at = self._clock.monotonic()
        if one.job is not None:
            verb = "answered" if isinstance(outcome, Heard) else f"missed: {outcome.reason}"
            one.job.report(len(one.outcomes), one.due, f"{meter.label} {verb}")
        if not one.over:
            self._tell(one)

    def _close_if_over(self, one: Round) -> None:
        if one not in self._active:
            return
        if one.over:
            self._active.remove(one)
            self._tell(one, ended=True)
            if one.answer is not None and one.answer.set_running_or_notify_cancel():
                one.answer.set_result(one.in_order())
        if one.kind is not ReadingKind.CONTINUOUS and (one.over or one.waits_for_retry):
            self._intake.flush()

    def _tell(self, one: Round, *, ended: bool = False) -> None:
        if one.number:
            self._publish(
                RoundProgress(
                    number=one.number,
                    slot=one.slot,
                    segment=self._segment,
                    due=one.due,
                    answered=one.heard,
                    missed=len(one.outcomes) - one.heard,
                    began=one.began,
                    ended=self._clock.now() if ended else None,
                )
            )
