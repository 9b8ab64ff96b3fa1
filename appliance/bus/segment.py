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
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from appliance.bus.engine_settings import SegmentSettings
from appliance.bus.lease import Lease
from appliance.bus.memory import Memory
from appliance.bus.plan import plan_patience, plan_target, timing_of
from appliance.bus.round import FOR_EVER, Failure, Priority, Round, Visit
from appliance.bus.rounds import Rounds
from appliance.clock import Clock
from appliance.errors import (
    ApplicationError,
    BusError,
    BusmeisterError,
    Collision,
    Garbled,
    Jammed,
    LineLost,
    NoAnswer,
    Overload,
    SettingError,
    WrongAnswer,
)
from appliance.events import BusState, BusTraffic, Direction, SegmentChanged
from appliance.log import stream
from appliance.mbus.dialogue import Conversation, Counters, Readout, Traffic, Wire, read_meter
from appliance.mbus.dialogue.conversation import NOTHING, Dialogue
from appliance.mbus.framer import Received
from appliance.meters.meter import Addressing, Initialization, Meter
from appliance.ports import Intake, MeterBook, ReadingKind, Reason

log = stream("bus")

LONGEST_SLEEP: Final = 60.0
QUIET: Final = 0.5  # seconds of silence after which a jammed bus is tried again
JAM_SENTENCE: Final = "Somebody talks on the bus without end: look for a babbling meter or a second master."
REASONS: Final[dict[type[BusmeisterError], Reason]] = {
    NoAnswer: Reason.NO_ANSWER,
    Collision: Reason.COLLISION,
    Garbled: Reason.GARBLED,
    WrongAnswer: Reason.WRONG_ANSWER,
    ApplicationError: Reason.APPLICATION_ERROR,
}


class Step(NamedTuple):
    """What the line is to do: this rate, these octets (often none), and wait for others until then."""

    send: bytes
    wait_until: float
    baud_rate: int


@dataclass(frozen=True, slots=True)
class Block:
    """Something that keeps the whole bus from working, and until when."""

    state: BusState
    failure: Failure
    until: float = FOR_EVER


@dataclass(slots=True)
class Talk:
    """A dialogue somebody else brought: an order to a meter, a step of a search."""

    dialogue: Dialogue[Any]
    answer: Future[Any]
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
        self._talks: deque[Talk] = deque()
        self._opened = False
        self._blocks: dict[BusState, Block] = {}
        self._conversation: Conversation[Any] | None = None
        self._visit: tuple[Round, Visit] | None = None
        self._talk: Talk | None = None
        self._lease: Lease | None = None
        self._lease_asked: Lease | None = None
        self._continuous_pause: float | None = None  # None: continuous mode is off
        self._continuous: Round | None = None
        self._continuous_at = 0.0
        self._stepped_at = self._idle_at = clock.monotonic()
        self._asked = 0  # questions until the last step

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
        """Monotonic time of the last question or outcome, or of the last step where nothing was to be done."""
        return self.rounds.progress_at if self.rounds.waiting and not self._blocks else self._stepped_at

    # ---------------------------------------------------------------- for other threads

    def post(self, order: Callable[[float], None]) -> None:
        """Have something done by the segment's own thread, between two meters."""
        self._mail.append(order)
        self.wake()

    def begin(self, fresh: Round, meters: Sequence[Meter]) -> None:
        """Read meters for a slot."""
        self.post(lambda now: self._start(fresh, meters))

    def talk(self, dialogue: Dialogue[Any], baud_rate: int = 0) -> Future[Any]:
        """Run a dialogue as soon as the bus is free; its result, or the error that ended it."""
        talk = Talk(dialogue, Future(), baud_rate or self.settings.baud_rate)
        self.post(lambda now: self._queue_talk(talk))
        return talk.answer

    def lend(self, lease: Lease) -> None:
        """Lend the line once the round under way is over."""
        self.post(lambda now: self._ask_lease(lease))

    def pause(self, until: float, sentence: str = "Readouts are paused.") -> None:
        """Read nothing until the monotonic clock shows `until`."""
        block = Block(BusState.PAUSED, Failure(Reason.PAUSED, sentence), until)
        self.post(lambda now: self._block(block))

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
        self._blocks.pop(BusState.LOST, None)
        self._blocks.pop(BusState.REFUSED, None)
        self._show_state()

    def line_down(self, error: BusmeisterError) -> None:
        """The line is gone, or cannot be opened as asked."""
        self._opened = False
        self._give_visit_back(LineLost(error.sentence))
        if self._lease is not None:
            self._end_lease(error.sentence)
        state, other = (BusState.LOST, BusState.REFUSED)
        if not isinstance(error, LineLost):
            state, other = other, state
        self._blocks.pop(other, None)
        self._block(Block(state, Failure(Reason.LINE_LOST, error.sentence)))

    def recover(self) -> None:
        """The program itself failed in a visit: this meter missed it, the others are read."""
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            conversation.close()
        if self._visit is not None:
            (one, visit), self._visit = self._visit, None
            visit.only_once = True
            failure = Failure(Reason.GARBLED, "The program failed on this meter's answer; the log says how.")
            if one.holds(visit.meter.id):
                self.rounds.failed(one, visit, failure, self._stepped_at)
        if self._talk is not None:
            self._conclude_talk(None, BusError("The program failed in this order; the log says how."))

    def stop(self) -> None:
        """End everything that is open: the appliance stops or the segment is no longer there."""
        stopped = Failure(Reason.STOPPED, "The appliance stopped.")
        self._run_mail(self._clock.monotonic())
        self._give_visit_back(LineLost(stopped.detail))
        self.rounds.drop_all(stopped)
        self._fail_talks(LineLost(stopped.detail))
        for lease in (self._lease, self._lease_asked):
            if lease is not None:
                lease.end(stopped.detail)
        self._lease = self._lease_asked = None
        self._opened = False
        self._blocks.clear()
        self._show_state(BusState.OFF)

    def step(self, now: float, received: Received = NOTHING) -> Step:
        """Take what came since the last step; what to do next."""
        self._stepped_at = now
        if self._asked != self.counters.requests:  # slow meters may need minutes for one reading
            self._asked, self.rounds.progress_at = self.counters.requests, now
        if self._mail:
            self._run_mail(now)
        if self._lease is not None:
            return self._serve_lease(self._lease, now, received)
        while True:
            if self._conversation is not None:
                action = self._conversation.step(now, received)
                received = NOTHING
                if not self._conversation.over:
                    return Step(action.send, action.wait_until, self.wire.baud_rate)
                self._conclude(now)
            elif received.octets:
                self._take_stray(now, received)
                received = NOTHING
            if not self._begin_next(now):
                self._idle_at = now
                return Step(b"", self._sleep_until(now), self.wire.baud_rate)

    # ---------------------------------------------------------------- what to do next

    def _begin_next(self, now: float) -> bool:
        """Start the next conversation; False where there is none to have now."""
        self._lift_blocks(now)
        self.rounds.watch(now, self._worst_block())
        self._forget_late_lease(now)
        if self._blocks or not self._opened or self._is_lent():
            self._show_state()
            return False
        if self._talks:
            self._begin_talk(self._talks.popleft())
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
        try:
            target = plan_target(meter, self.settings, self.memory, self._newest_stored(meter))
        except SettingError as error:
            self._visit, visit.only_once = None, True
            self.rounds.failed(one, visit, Failure(Reason.NO_ANSWER, error.sentence), self._stepped_at)
            return
        patience = plan_patience(visit, self.settings, self.wire.baud_rate, self.memory)
        self._converse(read_meter(target, patience))
        self._show_state(STATES[one.priority])

    def _begin_talk(self, talk: Talk) -> None:
        if not talk.answer.set_running_or_notify_cancel():
            return
        self._talk = talk
        self.wire.baud_rate = talk.baud_rate
        self.wire.timing = self.settings.readout
        self._converse(talk.dialogue)
        self._show_state(BusState.ORDER)

    def _converse(self, dialogue: Dialogue[Any]) -> None:
        self.wire.follow = self._publish_traffic if self._wanted(BusTraffic) else None
        self._conversation = Conversation(dialogue, self.wire)

    def _newest_stored(self, meter: Meter) -> bytes | None:
        """The newest telegram kept, where the first answer since the start has to be told from a repeated one."""
        if meter.addressing is not Addressing.PRIMARY or meter.initialization is not Initialization.OFF:
            return None
        if meter.primary_address in self.memory.bits:
            return None
        return self._meters.newest(meter.id)

    def _next_continuous(self, now: float) -> tuple[Round, Visit] | None:
        """The first meter of another turn of continuous mode, once the pause after the last one is over."""
        if self._continuous_pause is None:
            return None
        if self._continuous is not None and self._continuous.over:
            self._continuous = None
            self._continuous_at = now + self._continuous_pause
        if self._continuous is not None or now < self._continuous_at:
            return None
        meters = [meter for meter in self._meters.meters(self.name) if not meter.battery]
        if not meters:
            self._continuous_at = now + LONGEST_SLEEP
            return None
        began = self._clock.now()
        self._continuous = Round(
            number=0,
            slot=int(began.timestamp()),
            kind=ReadingKind.CONTINUOUS,
            priority=Priority.CONTINUOUS,
            began=began,
        )
        self.rounds.start(self._continuous, meters, self.settings.dead_after, None)
        return self.rounds.next_visit(now)

    def _sleep_until(self, now: float) -> float:
        moments = [now + LONGEST_SLEEP, self.rounds.next_deadline(now)]
        moments += [block.until for block in self._blocks.values()]
        if self._opened and not self._blocks:
            moments.append(self.rounds.next_turn())
            if self._continuous_pause is not None:
                moments.append(self._continuous_at)
        if self._lease_asked is not None:
            moments.append(self._lease_asked.until)
        return max(min(moments), now)

    # ---------------------------------------------------------------- how it ended

    def _conclude(self, now: float) -> None:
        conversation, self._conversation = self._conversation, None
        if conversation is None:
            return
        error = conversation.error
        if isinstance(error, Overload):
            self._block(_overload(now + self.settings.overload_pause))
        elif isinstance(error, Jammed):
            self._block(Block(BusState.JAMMED, Failure(Reason.JAMMED, JAM_SENTENCE), now + QUIET))
        if self._talk is not None:
            self._conclude_talk(conversation.result, error)
        elif self._visit is not None:
            self._conclude_visit(*self._visit, conversation.result, error, now)

    def _conclude_talk(self, result: object, error: BusmeisterError | None) -> None:
        talk, self._talk = self._talk, None
        if talk is None:
            return
        if error is None:
            talk.answer.set_result(result)
        else:
            talk.answer.set_exception(error)

    def _conclude_visit(
        self, one: Round, visit: Visit, result: Readout | None, error: BusmeisterError | None, now: float
    ) -> None:
        if result is not None:
            self._learn(visit.meter, result)
            self.rounds.heard(one, visit, result.telegrams, now)
        elif isinstance(error, (Overload, Jammed)):
            one.give_back(visit)
        elif error is not None:
            self.memory.of(visit.meter.id).settle = isinstance(error, WrongAnswer)
            octets = error.octets if isinstance(error, BusError) else b""
            failure = Failure(REASONS.get(type(error), Reason.NO_ANSWER), error.sentence, octets)
            self.rounds.failed(one, visit, failure, now)
        self._visit = None

    def _learn(self, meter: Meter, readout: Readout) -> None:
        timing = self.wire.timing
        page = self.memory.of(meter.id)
        page.settle = False
        page.learn(readout, timing.response(self.wire.baud_rate), timing.longest_response)
        if meter.addressing is Addressing.PRIMARY and meter.primary_address is not None:
            self.memory.bits[meter.primary_address] = readout.next_bit

    # ---------------------------------------------------------------- orders from other threads

    def _run_mail(self, now: float) -> None:
        while self._mail:
            self._mail.popleft()(now)

    def _start(self, fresh: Round, meters: Sequence[Meter]) -> None:
        self.rounds.start(fresh, meters, self.settings.dead_after, self._worst_block())

    def _queue_talk(self, talk: Talk) -> None:
        block = self._worst_block()
        if block is None:
            self._talks.append(talk)
        else:
            talk.answer.set_exception(LineLost(block.detail))

    def _ask_lease(self, lease: Lease) -> None:
        if self._lease is not None or self._lease_asked is not None:
            lease.end(f"The segment {self.name} is lent already.")
        else:
            self._lease_asked = lease

    def _resume(self) -> None:
        self._blocks.pop(BusState.PAUSED, None)
        if self._lease is not None:
            self._lease.give_back()

    def _switch_continuous(self, pause: float | None) -> None:
        self._continuous_pause = pause
        if pause is None:
            self.rounds.drop_continuous()
            self._continuous = None

    # ---------------------------------------------------------------- the line lent

    def _forget_late_lease(self, now: float) -> None:
        lease = self._lease_asked
        if lease is not None and lease.is_due_back(now):
            self._lease_asked = None
            lease.end("The bus was not free in time.")

    def _is_lent(self) -> bool:
        """Hand the line over when nothing a person or the plan waits for is under way."""
        lease = self._lease_asked
        if lease is None:
            return False
        if not self.rounds.idle_but_for(Priority.CONTINUOUS) or self._talks:
            return False
        self._lease_asked, self._lease = None, lease
        self._block(Block(BusState.LENT, Failure(Reason.LENT, f"The bus is lent to {lease.to}."), lease.until))
        lease.granted.set()
        return True

    def _serve_lease(self, lease: Lease, now: float, received: Received) -> Step:
        if received.octets:
            lease.hand_over(received)
            self._tell_lease(Traffic.RECEIVED, received.octets, lease)
        octets = lease.take_outgoing()
        if octets:
            self._tell_lease(Traffic.SENT, octets, lease)
        if lease.is_due_back(now) and not octets:
            self._end_lease()
            return self.step(now)
        self._idle_at = now
        self.rounds.watch(now, self._worst_block())
        self.wire.baud_rate = lease.baud_rate
        wait_until = max(min(lease.until, self.rounds.next_deadline(now), now + LONGEST_SLEEP), now)
        return Step(octets, wait_until, lease.baud_rate)

    def _tell_lease(self, traffic: Traffic, octets: bytes, lease: Lease) -> None:
        if self._wanted(BusTraffic):
            self._publish_traffic(traffic, octets, f"lent to {lease.to}")

    def _end_lease(self, sentence: str = "") -> None:
        lease, self._lease = self._lease, None
        self._blocks.pop(BusState.LENT, None)
        if lease is not None:
            lease.end(sentence)

    # ---------------------------------------------------------------- what keeps the whole bus from working

    def _block(self, block: Block) -> None:
        self._blocks[block.state] = block
        self._show_state()

    def _worst_block(self) -> Failure | None:
        return next(iter(self._blocks.values())).failure if self._blocks else None

    def _lift_blocks(self, now: float) -> None:
        for state, block in list(self._blocks.items()):
            if now >= block.until:
                del self._blocks[state]

    def _take_stray(self, now: float, received: Received) -> None:
        """Octets while nobody was asked."""
        self.wire.quiet_since = now
        self.counters.octets_noise += len(received.octets)
        self.counters.octets_received += len(received.octets)
        if BusState.JAMMED in self._blocks:
            self._blocks[BusState.JAMMED] = Block(BusState.JAMMED, self._blocks[BusState.JAMMED].failure, now + QUIET)
        if self._wanted(BusTraffic):
            self._publish_traffic(Traffic.NOISE, received.octets, "nobody was asked")

    def _give_visit_back(self, error: LineLost) -> None:
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None
        if self._visit is not None:
            one, visit = self._visit
            self._visit = None
            one.give_back(visit)
        if self._talk is not None:
            self._conclude_talk(None, error)
        self._fail_talks(error)

    def _fail_talks(self, error: LineLost) -> None:
        while self._talks:
            talk = self._talks.popleft()
            if talk.answer.set_running_or_notify_cancel():
                talk.answer.set_exception(error)

    # ---------------------------------------------------------------- what is shown

    def _show_state(self, working: BusState | None = None) -> None:
        state, sentence = working, ""
        if state is None:
            block = next(iter(self._blocks.values()), None)
            state = BusState.IDLE if self._opened else BusState.OFF
            if block is not None:
                state, sentence = block.state, block.failure.detail
            elif self.rounds.current is not None:
                state = BusState.ROUND
        if (state, sentence) != (self.state, self.sentence):
            self.state, self.sentence = state, sentence
            self._publish(SegmentChanged(self.name, state, sentence))

    def _publish_traffic(self, traffic: Traffic, octets: bytes, note: str) -> None:
        self._publish(BusTraffic(self.name, self._clock.now(), Direction(traffic), octets, note))


STATES: Final = {
    Priority.PERSON: BusState.ORDER,
    Priority.ROUND: BusState.ROUND,
    Priority.CONTINUOUS: BusState.CONTINUOUS,
}


def _overload(until: float) -> Block:
    sentence = "The bus has no voltage: look for a short circuit or too many meters; it is tried again by itself."
    return Block(BusState.OVERLOAD, Failure(Reason.OVERLOAD, sentence), until)


def _nothing() -> None:
    """Wakes nobody: the line is driven by whoever looks at `has_mail`."""
