"""What waits for one bus, the most urgent first: orders of persons, the round, a loan of the line, continuous mode."""

from __future__ import annotations

from appliance.bus.continuous import Continuous
from appliance.bus.engine_settings import SegmentSettings
from appliance.bus.errand import Priority
from appliance.bus.failure import Failure
from appliance.bus.lease import Lease, Lending
from appliance.bus.round import Round
from appliance.bus.rounds import Rounds
from appliance.bus.talks import Talk, Talks
from appliance.bus.visit import Visit
from appliance.clock import Clock
from appliance.errors import BusError
from appliance.ports import MeterBook

Turn = Talk | Lease | tuple[Round, Visit]


class Agenda:
    """Everything there is to do on a segment. Used by its thread alone."""

    def __init__(
        self, settings: SegmentSettings, *, rounds: Rounds, lending: Lending, meters: MeterBook, clock: Clock
    ) -> None:
        self.talks = Talks()
        self._settings = settings
        self._rounds = rounds
        self._lending = lending
        self._meters = meters
        self._clock = clock
        self._continuous = Continuous()

    def next(self, now: float) -> Turn | None:
        """What the free bus is for now; None where nothing is to be done yet."""
        lease = None if self.talks else self._lease_due()
        if lease is not None:
            return lease
        while self.talks:
            talk = self.talks.begin()
            if talk is not None:
                return talk
        return self._rounds.next_visit(now) or self._next_continuous(now)

    def next_moment(self, now: float, *, free: bool) -> float:
        """When there is something to do, or to give up, on a bus that is free or not."""
        moments = [self._rounds.next_deadline(now)]
        if free:
            moments += [self._rounds.next_turn(), self._continuous.next_moment()]
        if self._lending.asked is not None:
            moments.append(self._lending.asked.until)
        return min(moments)

    def give_up(self, now: float, blocked: Failure | None) -> None:
        """Drop what has no time left, and what a blocked bus must not keep waiting."""
        self._lending.forget_late(now)
        if blocked is not None:
            self.talks.fail_all(BusError(blocked.detail))
        self._rounds.watch(now, blocked)

    def read_continuously(self, pause: float | None) -> None:
        """Switch continuous mode on, with a pause between two turns, or off."""
        self._continuous.switch(pause)
        if pause is None:
            self._rounds.drop_continuous()

    def _lease_due(self) -> Lease | None:
        """The line is lent when nothing that a person or the plan waits for is under way."""
        if self._lending.asked is None or not self._rounds.idle_but_for(Priority.CONTINUOUS):
            return None
        return self._lending.grant()

    def _next_continuous(self, now: float) -> tuple[Round, Visit] | None:
        if not self._continuous.is_due(now):
            return None
        meters = [meter for meter in self._meters.meters(self._settings.name) if not meter.battery]
        turn = self._continuous.begin(meters, self._clock.now(), now)
        if turn is None:
            return None
        self._rounds.start(turn, meters, self._settings.dead_after, now)
        return self._rounds.next_visit(now)
