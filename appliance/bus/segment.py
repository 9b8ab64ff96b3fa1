"""One bus with its meters, sans-IO: `step` takes what came, and says what to send and until when to wait.

The segment talks to one meter at a time. Between two meters it looks who is most urgent: an order of a person, then
the round, then continuous mode. What keeps the whole bus from working (line lost, no voltage, somebody babbling, lent,
paused) charges no meter: its visit is given back and made when the bus works again.

Other threads reach it through `post` alone; everything else belongs to the thread that calls `step`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, NamedTuple

from appliance.bus import blocks
from appliance.bus.blocks import Block, Blocks
from appliance.bus.continuous import Continuous
from appliance.bus.engine_settings import SegmentSettings
from appliance.bus.lease import Lease, Lending
from appliance.bus.memory import Memory
from appliance.bus.plan import needs_newest, plan_patience, plan_target, timing_of
from appliance.bus.round import Failure, Priority, Round, Visit, failure_of
from appliance.bus.rounds import Rounds
from appliance.bus.talks import Talk, Talks
from appliance.clock import Clock
from appliance.errors import (
    BusError,
    Jammed,
    LineLost,
    LineRefused,
    Overload,
    SettingError,
    WrongAnswer,
)
from appliance.events import BusState, BusTraffic, Direction, SegmentChanged
from appliance.mbus.dialogue import Conversation, Counters, Readout, Traffic, Wire, read_meter
from appliance.mbus.dialogue.conversation import NOTHING, Dialogue
from appliance.mbus.framer import Received
from appliance.meters.meter import Addressing, Meter
from appliance.ports import Intake, MeterBook, Reason

LONGEST_SLEEP: Final = 60.0
WORKING: Final = {
    Priority.PERSON: BusState.ORDER,
    Priority.ROUND: BusState.ROUND,
    Priority.CONTINUOUS: BusState.CONTINUOUS,
}


class Step(NamedTuple):
    """What the line is to do: this rate, these octets (often none), and wait for others until then."""

    send: bytes
    wait_until: float
    baud_rate: int


class Segment:
    """The engine of one bus."""

    def __init__(
        self,
        settings: SegmentSettings,
        *,
        meters: MeterBook,
        intake: Intake,
        clock: Clock,
        publish: Callable[[object], None],
        wanted: Callable[[type], bool],
    ) -> None:
        self.settings = settings
        self.memory = Memory()
        self.wire = Wire(settings.baud_rate, settings.latency, settings.echo, settings.readout)
        self.state = BusState.OFF
        self.sentence = ""
        self.wake: Callable[[], None] = _nothing
        self.rounds = Rounds(settings.name, intake=intake, memory=self.memory, clock=clock, publish=publish)
        self._meters = meters
        self._clock = clock
        self._publish = publish
        self._wanted = wanted
        self._mail: deque[Callable[[float], None]] = deque()
        self._opened = False
        self._blocks = Blocks()
        self._talks = Talks()
        self._lending = Lending(settings.name)
        self._continuous = Continuous()
        self._conversation: Conversation[Any] | None = None
        self._visit: tuple[Round, Visit] | None = None
        self._stepped_at = self._idle_at = clock.monotonic()

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def counters(self) -> Counters:
        return self.wire.counters

    @property
    def has_mail(self) -> bool:
        """Another thread wants something: step soon."""
        return bool(self._mail)

    @property
    def last_progress(self) -> float:
        """Monotonic time of the last visit that ended, or of the last step that found nothing to do."""
        return max(self.rounds.progress_at, self._idle_at)

    # ---------------------------------------------------------------- for other threads

    def post(self, order: Callable[[float], None]) -> None:
        """Have something done by the segment's own thread."""
        self._mail.append(order)
        self.wake()

    def begin(self, fresh: Round, meters: Sequence[Meter]) -> None:
        """Read meters for a slot."""
        self.post(lambda now: self.rounds.start(fresh, meters, self.settings.dead_after, self._blocks.failure))

    def talk(self, dialogue: Dialogue[Any], baud_rate: int = 0) -> Future[Any]:
        """Run a dialogue as soon as the bus is free; its result, or the error that ended it."""
        talk = Talk(dialogue, Future(), baud_rate or self.settings.baud_rate)
        self.post(lambda now: self._queue_talk(talk))
        return talk.answer

    def lend(self, lease: Lease) -> None:
        """Lend the line once the round under way is over."""
        self.post(lambda now: self._lending.ask(lease))

    def pause(self, until: float, sentence: str = "Readouts are paused.") -> None:
        """Read nothing until the monotonic clock shows `until`."""
        self.post(lambda now: self._block(blocks.pause(until, sentence)))

    def resume(self) -> None:
        """Go on after a pause; a lease is called back, too."""
        self.post(lambda now: self._resume())

    def read_continuously(self, pause: float | None) -> None:
        """Switch continuous mode on, with a pause between two turns, or off."""
        self.post(lambda now: self._switch_continuous(pause))

    # ---------------------------------------------------------------- for the worker

    def line_opened(self) -> None:
        """The line is there."""
        self._opened = True
        self._blocks.remove(BusState.LOST, BusState.REFUSED)
        self._show_state()

    def line_down(self, error: LineLost | LineRefused) -> None:
        """The line is gone, or cannot be opened as asked."""
        self._opened = False
        self._break_off(LineLost(error.sentence))
        self._end_lease(error.sentence)
        self._blocks.remove(BusState.LOST, BusState.REFUSED)
        self._block(blocks.line_down(error.sentence, refused=isinstance(error, LineRefused)))

    def recover(self) -> None:
        """The program itself failed in a visit: this meter missed it, the others are read."""
        if self._visit is not None:
            (one, visit), self._visit = self._visit, None
            visit.only_once = True
            failure = Failure(Reason.GARBLED, "The program failed on this meter's answer; the log says how.")
            if one.holds(visit.meter.id):
                self.rounds.failed(one, visit, failure, self._stepped_at)
        self._break_off(LineLost("The program failed on this bus; the log says how."))

    def stop(self) -> None:
        """End everything that is open: the appliance stops or the segment is no longer there."""
        stopped = Failure(Reason.STOPPED, "The appliance stopped.")
        self._run_mail(self._clock.monotonic())
        self._break_off(LineLost(stopped.detail))
        self._end_lease(stopped.detail)
        self._lending.end_all(stopped.detail)
        self.rounds.drop_all(stopped)
        self._opened = False
        self._blocks = Blocks()
        self._show_state()

    def step(self, now: float, received: Received = NOTHING) -> Step:
        """Take what came since the last step; what to do next."""
        self._stepped_at = now
        if self._mail:
            self._run_mail(now)
        if self._lending.current is not None:
            return self._serve(self._lending.current, now, received)
        while True:
            if self._conversation is not None:
                action = self._conversation.step(now, received)
                received = NOTHING
                if not self._conversation.over:
                    return Step(action.send, action.wait_until, self.wire.baud_rate)
                self._conclude(self._conversation, now)
            elif received.octets:
                self._take_stray(now, received)
                received = NOTHING
            if not self._begin_next(now):
                self._idle_at = now
                return Step(b"", self._sleep_until(now), self.wire.baud_rate)

    # ---------------------------------------------------------------- what to do next

    def _begin_next(self, now: float) -> bool:
        """Start the next conversation; False where there is none to have now."""
        self._blocks.lift(now)
        self._lending.forget_late(now)
        self.rounds.watch(now, self._blocks.failure)
        if self._blocks or not self._opened or self._is_lent():
            self._show_state()
            return False
        if self._talks:
            self._begin_talk()
            return True
        turn = self.rounds.next_visit(now) or self._next_continuous(now)
        if turn is None:
            self._show_state()
            return False
        self._begin_visit(*turn)
        return True

    def _begin_visit(self, one: Round, visit: Visit) -> None:
        meter = visit.meter
        self._visit = one, visit
        self.wire.baud_rate = meter.baud_rate or self.settings.baud_rate
        self.wire.timing = timing_of(meter, self.settings)
        known = self._meters.newest(meter.id) if needs_newest(meter, self.memory) else None
        try:
            target = plan_target(meter, self.settings, self.memory, known)
        except SettingError as error:
            self._visit, visit.only_once = None, True
            self.rounds.failed(one, visit, failure_of(error), self._stepped_at)
            return
        self._converse(read_meter(target, plan_patience(visit, self.settings, self.wire.baud_rate, self.memory)))
        self._show_state(WORKING[one.priority])

    def _begin_talk(self) -> None:
        talk = self._talks.begin()
        if talk is not None:
            self.wire.baud_rate = talk.baud_rate
            self.wire.timing = self.settings.readout
            self._converse(talk.dialogue)
            self._show_state(BusState.ORDER)

    def _converse(self, dialogue: Dialogue[Any]) -> None:
        self.wire.follow = self._publish_traffic if self._wanted(BusTraffic) else None
        self._conversation = Conversation(dialogue, self.wire)

    def _next_continuous(self, now: float) -> tuple[Round, Visit] | None:
        if not self._continuous.is_due(now):
            return None
        meters = [meter for meter in self._meters.meters(self.name) if not meter.battery]
        turn = self._continuous.begin(meters, self._clock.now(), now)
        if turn is None:
            return None
        self.rounds.start(turn, meters, self.settings.dead_after, None)
        return self.rounds.next_visit(now)

    def _sleep_until(self, now: float) -> float:
        moments = [now + LONGEST_SLEEP, self.rounds.next_deadline(now), self._blocks.next_end()]
        if self._opened and not self._blocks:
            moments += [self.rounds.next_turn(), self._continuous.next_moment()]
        if self._lending.asked is not None:
            moments.append(self._lending.asked.until)
        return max(min(moments), now)

    # ---------------------------------------------------------------- how it ended

    def _conclude(self, conversation: Conversation[Any], now: float) -> None:
        self._conversation = None
        error = conversation.error
        if isinstance(error, Overload):
            self._block(blocks.overload(now + self.settings.overload_pause))
        elif isinstance(error, Jammed):
            self._block(blocks.jam(now))
        if self._visit is None:
            self._talks.conclude(conversation.result, error)
            return
        one, visit = self._visit
        if isinstance(conversation.result, Readout):
            self._keep(one, visit, conversation.result, now)
        elif isinstance(error, (Overload, Jammed)):
            one.give_back(visit)
        elif error is not None:
            self.memory.of(visit.meter.id).settle = isinstance(error, WrongAnswer)
            self.rounds.failed(one, visit, failure_of(error), now)
        self._visit = None

    def _keep(self, one: Round, visit: Visit, readout: Readout, now: float) -> None:
        """Learn from an answer, and give the reading to its slot."""
        meter, timing = visit.meter, self.wire.timing
        page = self.memory.of(meter.id)
        page.settle = False
        page.learn(readout, timing.response(self.wire.baud_rate), timing.longest_response)
        if meter.addressing is Addressing.PRIMARY and meter.primary_address is not None:
            self.memory.bits[meter.primary_address] = readout.next_bit
        self.rounds.heard(one, visit, readout.telegrams, now)

    def _break_off(self, error: LineLost) -> None:
        """No more talk for now: the visit under way is made again later, orders fail."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None
        if self._visit is not None:
            (one, visit), self._visit = self._visit, None
            one.give_back(visit)
        self._talks.fail_all(error)

    # ---------------------------------------------------------------- orders from other threads

    def _run_mail(self, now: float) -> None:
        while self._mail:
            self._mail.popleft()(now)

    def _queue_talk(self, talk: Talk) -> None:
        self._talks.add(talk)
        if self._blocks.failure is not None and self._conversation is None:
            self._talks.fail_all(BusError(self._blocks.failure.detail))

    def _resume(self) -> None:
        self._blocks.remove(BusState.PAUSED)
        if self._lending.current is not None:
            self._lending.current.give_back()

    def _switch_continuous(self, pause: float | None) -> None:
        self._continuous.switch(pause)
        if pause is None:
            self.rounds.drop_continuous()

    # ---------------------------------------------------------------- the line lent

    def _is_lent(self) -> bool:
        """Hand the line over when nothing a person or the plan waits for is under way."""
        if self._lending.asked is None or self._talks or not self.rounds.idle_but_for(Priority.CONTINUOUS):
            return False
        lease = self._lending.grant()
        if lease is not None:
            self._block(blocks.lent(lease.to, lease.until))
        return True

    def _serve(self, lease: Lease, now: float, received: Received) -> Step:
        """Pass octets between the borrower and the line."""
        self._idle_at = now
        if received.octets:
            lease.hand_over(received)
            self._tell_lease(Traffic.RECEIVED, received.octets, lease)
        octets = lease.take_outgoing()
        if octets:
            self._tell_lease(Traffic.SENT, octets, lease)
        elif lease.is_due_back(now):
            self._end_lease()
            return self.step(now)
        self.rounds.watch(now, self._blocks.failure)
        self.wire.baud_rate = lease.baud_rate
        wait_until = max(min(lease.until, self.rounds.next_deadline(now), now + LONGEST_SLEEP), now)
        return Step(octets, wait_until, lease.baud_rate)

    def _end_lease(self, sentence: str = "") -> None:
        self._lending.end(sentence)
        self._blocks.remove(BusState.LENT)

    def _tell_lease(self, traffic: Traffic, octets: bytes, lease: Lease) -> None:
        if self._wanted(BusTraffic):
            self._publish_traffic(traffic, octets, f"lent to {lease.to}")

    # ---------------------------------------------------------------- what is seen and shown

    def _take_stray(self, now: float, received: Received) -> None:
        """Octets while nobody was asked."""
        self.wire.quiet_since = now
        self.counters.octets_noise += len(received.octets)
        self.counters.octets_received += len(received.octets)
        self._blocks.heard_noise(now)
        if self._wanted(BusTraffic):
            self._publish_traffic(Traffic.NOISE, received.octets, "nobody was asked")

    def _block(self, block: Block) -> None:
        self._blocks.put(block)
        self._show_state()

    def _show_state(self, working: BusState | None = None) -> None:
        state, sentence = working, ""
        if state is None:
            state = BusState.IDLE if self._opened else BusState.OFF
            if self._blocks.first is not None:
                state, sentence = self._blocks.first.state, self._blocks.first.failure.detail
            elif self.rounds.current is not None:
                state = BusState.ROUND
        if (state, sentence) != (self.state, self.sentence):
            self.state, self.sentence = state, sentence
            self._publish(SegmentChanged(self.name, state, sentence))

    def _publish_traffic(self, traffic: Traffic, octets: bytes, note: str) -> None:
        self._publish(BusTraffic(self.name, self._clock.now(), Direction(traffic), octets, note))


def _nothing() -> None:
    """Wakes nobody: the line is driven by whoever looks at `has_mail`."""
