"""A segment's visit to one meter: from its turn in a round to the dialogue, and from its end to what was learnt."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.bus.engine_settings import SegmentSettings
from appliance.bus.errand import Priority
from appliance.bus.failure import Failure, failure_of
from appliance.bus.memory import Memory
from appliance.bus.plan import needs_newest, plan_patience, plan_target, timing_of
from appliance.bus.round import Round
from appliance.bus.rounds import LATE, Rounds
from appliance.bus.visit import Sitting, Visit
from appliance.errors import ApplicationError, BusBlocked, BusmeisterError, SettingError, WrongAnswer
from appliance.mbus.dialogue import Patience, Readout, Target, Timing, Wire, read_meter
from appliance.mbus.dialogue.conversation import Dialogue
from appliance.mbus.dialogue.orders import initialize_all
from appliance.mbus.dialogue.timing import transmission_time
from appliance.mbus.frames import MAXIMUM_FRAME
from appliance.meters.meter import Addressing, Meter
from appliance.ports import MeterBook, Reason


class Visits:
    """The one under way, if any. Used by the segment's thread alone."""

    def __init__(
        self, settings: SegmentSettings, *, meters: MeterBook, memory: Memory, wire: Wire, rounds: Rounds
    ) -> None:
        self._settings = settings
        self._meters = meters
        self._memory = memory
        self._wire = wire
        self._rounds = rounds
        self._current: tuple[Round, Visit] | None = None
        self._asked: Meter | None = None  # as it was listed when the visit under way began
        self._repeats = 0  # of the wire, when the visit under way began

    @property
    def priority(self) -> Priority | None:
        """Whose visit it is; None where none is under way."""
        return None if self._current is None else self._current[0].errand.priority

    def begin(self, one: Round, visit: Visit, now: float) -> Dialogue[Readout] | None:
        """The dialogue with the meter; None for one that cannot be asked, which is its failure."""
        meter = visit.meter
        self._current, self._asked = (one, visit), meter
        self._wire.baud_rate = meter.baud_rate or self._settings.baud_rate
        self._wire.timing = timing_of(meter, self._settings)
        self._repeats = self._wire.counters.repeats
        opens = self._opens(one)
        planned = self._plan(one, visit, now)
        if isinstance(planned, Failure):
            self._current = None
            self._rounds.lost(one, visit, planned, now)
            return None
        one.retries += visit.sitting is not Sitting.FIRST
        readout = read_meter(*planned)
        return _after_initialization(readout, self._wire.timing) if opens else readout

    def conclude(self, readout: Readout | None, error: BusmeisterError | None, now: float) -> None:
        """How it ended."""
        if self._current is None:
            return
        one, visit = self._current
        if self._asked is not None and not visit.meter.is_asked_like(self._asked):
            self._ask_anew(one, visit)
            return
        one.retries += self._wire.counters.repeats - self._repeats
        if readout is not None:
            self._take(one, visit, readout, now)
        elif isinstance(error, BusBlocked):
            self._rounds.blocked(one, visit, failure_of(error), now)
        elif error is not None:
            self._memory.of(visit.meter.id).settle = isinstance(error, WrongAnswer)
            if isinstance(error, ApplicationError):
                self._turn_bit(visit)
            self._rounds.failed(one, visit, failure_of(error), now)
        self._current = None  # not before: should the program fail here, the visit is still known

    def follow(self, listed: Mapping[int, Meter]) -> None:
        """Records of meters were changed: what comes from another address than the one listed now is not taken."""
        if self._current is not None:
            _, visit = self._current
            visit.follow(listed.get(visit.meter.id, visit.meter))

    def give_back(self) -> None:
        """It could not be ended: it is made again if time allows."""
        if self._current is not None:
            (one, visit), self._current = self._current, None
            one.visits.give_back(visit)

    def give_up(self, detail: str, now: float) -> None:
        """The program itself failed on it: this meter missed it for good."""
        if self._current is None:
            return
        (one, visit), self._current = self._current, None
        if one.holds(visit.meter.id):
            self._rounds.lost(one, visit, Failure(Reason.PROGRAM, detail), now)

    def _ask_anew(self, one: Round, visit: Visit) -> None:
        """Another device took the meter's place while the old one was asked."""
        self._current = None
        if one.holds(visit.meter.id):
            one.visits.give_back(visit)

    def _plan(self, one: Round, visit: Visit, now: float) -> tuple[Target, Patience] | Failure:
        """Whom to ask and how patiently, or why nobody is asked. Further attempts do not meet the next slot."""
        meter, baud_rate = visit.meter, self._wire.baud_rate
        if meter.segment != self._settings.name:
            return Failure(Reason.NOT_ASKED, f"It was moved to the segment {meter.segment} before its turn.")
        known = self._meters.newest(meter.id) if needs_newest(visit, self._memory) else None
        try:
            target = plan_target(meter, self._settings, self._memory, known)
        except SettingError as error:
            return failure_of(error)
        patience = plan_patience(visit, self._settings, baud_rate, self._memory)
        if visit.sitting is Sitting.FIRST:
            return target, patience
        left = one.errand.ends - now - transmission_time(MAXIMUM_FRAME, baud_rate)
        fitting = patience.within(left)
        return visit.failure or LATE if fitting is None else (target, fitting)

    def _opens(self, one: Round) -> bool:
        """Whether the round begins with this visit, and with SND_NKE to all, as rounds do on fixed timing."""
        opens = one.errand.is_scheduled and not one.opened and not self._wire.timing.silence_ends_idle
        one.opened = True
        if opens:
            self._memory.bits.clear()  # every meter's next bit is 1
        return opens

    def _take(self, one: Round, visit: Visit, readout: Readout, now: float) -> None:
        self._learn(visit, readout)
        if readout.broken_off is None:
            self._rounds.heard(one, visit, readout.telegrams, now)
        else:
            self._rounds.heard_in_part(one, visit, readout.telegrams, failure_of(readout.broken_off), now)

    def _learn(self, visit: Visit, readout: Readout) -> None:
        """How late the meter answers, and with which frame count bit it is asked next."""
        meter, timing = visit.meter, self._wire.timing
        page = self._memory.of(meter.id)
        page.settle = False
        page.learn(readout, timing.response(self._wire.baud_rate), timing.longest_response)
        if meter.addressing is Addressing.PRIMARY and meter.primary_address is not None:
            self._memory.bits[meter.primary_address] = readout.next_bit

    def _turn_bit(self, visit: Visit) -> None:
        """An application error is a sound answer, too: a meter asked with the same bit would repeat it for ever."""
        address = visit.meter.primary_address
        if visit.meter.addressing is Addressing.PRIMARY and address is not None:
            self._memory.bits[address] = not self._memory.bits.get(address, True)


def _after_initialization(readout: Dialogue[Readout], timing: Timing) -> Dialogue[Readout]:
    yield from initialize_all(timing.initialization_idle_time)
    return (yield from readout)
