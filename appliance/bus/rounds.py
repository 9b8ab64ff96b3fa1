"""The rounds of a segment: whose turn is next, and that each due slot ends in exactly one of Heard or Missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from appliance.bus.accounts import Accounts
from appliance.bus.errand import FOR_EVER, Priority
from appliance.bus.failure import Failure
from appliance.bus.memory import Memory
from appliance.bus.round import Outcome, Round
from appliance.bus.visit import Visit
from appliance.clock import Clock
from appliance.events import RoundProgress
from appliance.meters.meter import Meter
from appliance.ports import Intake, ReadingKind, Reason

LATE: Final = Failure(Reason.LATE, "The round before was not over; shorten it or choose a longer cycle.")
CANCELLED: Final = Failure(Reason.CANCELLED, "The order was broken off.")
TO_BLAME: Final = "It happens when this meter is asked, and not with the others."
SOON_OVER: Final = (Reason.JAMMED, Reason.OVERLOAD)  # what a bus gets over when the meter to blame is left alone


class Rounds:
    """All rounds under way on one segment. Used by the segment's thread alone."""

    def __init__(
        self, segment: str, *, intake: Intake, memory: Memory, clock: Clock, publish: Callable[[object], None]
    ) -> None:
        self.progress_at = clock.monotonic()
        self._segment = segment
        self._memory = memory
        self._clock = clock
        self._publish = publish
        self._accounts = Accounts(intake=intake, memory=memory, clock=clock, publish=publish)
        self._active: list[Round] = []

    @property
    def waiting(self) -> int:
        """Meters that wait for their outcome, whoever asked for it."""
        return sum(one.waiting for one in self._active if one.errand.kind is not ReadingKind.CONTINUOUS)

    @property
    def current(self) -> Round | None:
        """The scheduled round under way, if any."""
        return next((one for one in self._active if one.errand.is_scheduled and one.due), None)

    def idle_but_for(self, priority: Priority) -> bool:
        """Nothing more urgent than `priority` is under way."""
        return all(one.errand.priority >= priority for one in self._active)

    # ---------------------------------------------------------------- what is under way

    def start(
        self, fresh: Round, meters: Iterable[Meter], dead_after: int, now: float, blocked: Failure | None = None
    ) -> None:
        """Take a round in. Meters that an earlier round holds miss this slot, or that one; in the same slot they are
        read once, for both."""
        self.watch(now, blocked)
        meters = tuple(meters)
        joined = [meter for meter in meters if self._is_read(meter.id, fresh)]
        own = [meter for meter in meters if meter not in joined]
        late = {meter.id for meter in own if fresh.errand.is_scheduled and self._is_held(meter.id, blocked, now)}
        visits = [Visit.to(meter, self._memory.of(meter.id), dead_after) for meter in own]
        fresh.admit(visits, late, joined)
        self.progress_at = now
        self._active.append(fresh)
        self._active.sort(key=_urgency)
        if not fresh.errand.goes_on:
            self._tell(fresh)
        for meter in own:
            if meter.id in late:
                self._miss(fresh, meter, LATE)
        self._close_if_over(fresh)

    def follow(self, listed: Mapping[int, Meter]) -> None:
        """Records of meters were changed."""
        for one in self._active:
            one.visits.follow(listed)

    def next_visit(self, now: float) -> tuple[Round, Visit] | None:
        """The most urgent meter whose turn it is: further attempts wait until no round has a first one to make."""
        for one in sorted(self._active, key=lambda one: (one.errand.priority, not one.visits.in_first_turns)):
            visit = one.visits.next(now)
            self._note_retry(one)
            if visit is not None:
                return one, visit
        return None

    def next_turn(self) -> float:
        """When a meter is to be visited, monotonic; 0 = now."""
        return min((one.visits.ready_at() for one in self._active), default=FOR_EVER)

    def next_deadline(self, now: float) -> float:
        """When something is to be given up, monotonic."""
        ends = (moment for one in self._active for moment in (one.errand.retries_end, one.errand.ends) if moment > now)
        return min(ends, default=FOR_EVER)

    # ---------------------------------------------------------------- how a visit ended

    def heard(self, one: Round, visit: Visit, telegrams: tuple[bytes, ...], now: float) -> None:
        """A reading for its slot."""
        one.outlasts = None
        self._enter(one, visit.meter, self._accounts.heard(one.errand, visit.meter, telegrams))
        self._give_up(one, one.visits.done(now))

    def heard_in_part(
        self, one: Round, visit: Visit, telegrams: tuple[bytes, ...], failure: Failure, now: float
    ) -> None:
        """The first telegrams of a reading, then no more: kept as it is, unless a further attempt brings all."""
        visit.keep_part(self._accounts.heard(one.errand, visit.meter, telegrams, failure.reason))
        self.failed(one, visit, failure, now)

    def failed(self, one: Round, visit: Visit, failure: Failure, now: float) -> None:
        """A visit in vain: another one later, or the end of the slot."""
        self.progress_at = now
        one.outlasts = None
        visit.failure = failure
        self._give_up(one, one.visits.failed(visit, now))

    def lost(self, one: Round, visit: Visit, failure: Failure, now: float) -> None:
        """A visit in vain that no other attempt can help."""
        self.progress_at = now
        visit.failure = failure
        self._give_up(one, one.visits.lost(visit, now))

    def blocked(self, one: Round, visit: Visit, failure: Failure, now: float) -> None:
        """The bus failed while a meter was asked. It comes at the end of the round; if others could be read since then
        and the bus fails at it again, its slot is missed for that. In a person's order it is missed at once."""
        visit.failure = failure
        self._memory.of(visit.meter.id).blocks_bus = True
        if one.visits.is_to_blame(visit):
            self.lost(one, visit, replace(failure, detail=f"{failure.detail} {TO_BLAME}"), now)
        elif one.errand.priority is Priority.PERSON:
            self.lost(one, visit, failure, now)
            one.outlasts = failure.reason if one.outlasts is None and failure.reason in SOON_OVER else None
        else:
            one.visits.postpone(visit)

    # ---------------------------------------------------------------- what is given up

    def watch(self, now: float, blocked: Failure | None) -> None:
        """Give up what has no time left, what was broken off, and what a person must not wait for."""
        for one in list(self._active):
            if one.is_cancelled:
                self._drop(one, CANCELLED)
            elif blocked is not None and _is_in_vain(one, blocked):
                self._drop(one, blocked)
            elif blocked is not None and now >= one.errand.ends:
                self._drop(one, _why_unfinished(one, blocked) or blocked)
            elif now >= one.errand.retries_end:
                self._give_up(one, one.visits.drop_retries())

    def drop_all(self, failure: Failure) -> None:
        """End every round now. One that goes on with another, and is through with nobody yet, never was."""
        self._active = [one for one in self._active if not (one.errand.goes_on and one.waiting == one.due)]
        for one in list(self._active):
            self._drop(one, failure)

    def drop_continuous(self) -> None:
        """Continuous mode was switched off."""
        self._active = [one for one in self._active if one.errand.kind is not ReadingKind.CONTINUOUS]

    def _is_read(self, meter: int, fresh: Round) -> bool:
        """Whether a meter is being read for this very slot."""
        same_slot = (one for one in self._active if one.errand.is_scheduled and one.errand.slot == fresh.errand.slot)
        return fresh.errand.is_scheduled and any(one.holds(meter) for one in same_slot)

    def _is_held(self, meter: int, blocked: Failure | None, now: float) -> bool:
        """Whether an earlier round keeps a meter from being due in another slot. One that gives way is given up, and on
        a blocked bus every one is; of any other a further attempt is, which meets a slot of a grid that was changed."""
        for one in list(self._active):
            if one.errand.is_scheduled and one.holds(meter):
                given_up = _why_unfinished(one, blocked)
                withdrawn = one.visits.withdraw(meter, now) if given_up is None else []
                if given_up is not None:
                    self._drop(one, given_up)
                elif withdrawn:
                    self._give_up(one, withdrawn)
                else:
                    return True
        return False

    def _drop(self, one: Round, failure: Failure) -> None:
        self._give_up(one, one.visits.drop_all(), failure)
        for meter in one.joined():
            one.take(meter, self._accounts.missed(one.errand, meter, failure))
        self._close_if_over(one)

    def _give_up(self, one: Round, visits: Iterable[Visit], failure: Failure = LATE) -> None:
        """No further attempts: these slots end with what came of the last."""
        for visit in visits:
            if visit.part is not None:
                self._enter(one, visit.meter, visit.part)
            else:
                self._miss(one, visit.meter, visit.failure or failure)
        self._close_if_over(one)

    def _miss(self, one: Round, meter: Meter, failure: Failure) -> None:
        self._enter(one, meter, self._accounts.missed(one.errand, meter, failure))

    # ---------------------------------------------------------------- what became of it

    def _enter(self, one: Round, meter: Meter, outcome: Outcome) -> None:
        self._accounts.enter(one.errand, meter, outcome)
        self.progress_at = self._clock.monotonic()
        one.take(meter, outcome)
        if not one.over:
            self._tell(one)
        for other in list(self._active):
            if other.expects(meter.id, outcome.slot):
                other.take(meter, outcome)
                self._close_if_over(other)

    def _close_if_over(self, one: Round) -> None:
        if one not in self._active:
            return
        if one.over:
            self._active.remove(one)
            self._tell(one, ended=True)
            one.answer()
        self._note_retry(one)
        if one.errand.kind is not ReadingKind.CONTINUOUS and (one.over or one.waits_until):
            self._accounts.flush()

    def _note_retry(self, one: Round) -> None:
        """It begins to wait for its job retry, or goes on with it."""
        retry_at = None if one.over else one.visits.retry_at
        if (retry_at is None) == (one.waits_until is None):
            return
        left = None if retry_at is None else timedelta(seconds=retry_at - self._clock.monotonic())
        one.waits_until = None if left is None else self._clock.now() + left
        if not one.over:
            self._tell(one)

    def _tell(self, one: Round, *, ended: bool = False) -> None:
        if one.errand.number and one.due:
            self._publish(
                RoundProgress(
                    number=one.errand.number,
                    slot=one.errand.slot,
                    segment=self._segment,
                    due=one.due,
                    answered=one.answered,
                    missed=one.missed,
                    began=one.errand.began,
                    ended=self._clock.now() if ended else None,
                    retries=one.retries,
                    waits_until=one.waits_until,
                )
            )


def _urgency(one: Round) -> tuple[Priority, float, int]:
    return one.errand.priority, one.errand.ends, one.errand.number


def _is_in_vain(one: Round, blocked: Failure) -> bool:
    """Whether a person waits for a bus that may not work again soon."""
    return one.errand.priority is Priority.PERSON and one.outlasts is not blocked.reason


def _why_unfinished(one: Round, blocked: Failure | None) -> Failure | None:
    """Why a round is given up for the next slot; None where that waits. A bus that worked in it is not the reason."""
    return (one.errand.gives_way if one.answered else blocked) or blocked or one.errand.gives_way
