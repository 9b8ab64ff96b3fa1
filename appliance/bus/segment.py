"""One bus with its meters, sans-IO: `step` takes what came, and says what to send and until when to wait.

The segment talks to one meter at a time. Between two meters it looks who is most urgent: an order of a person, then
the round, then continuous mode. What keeps the whole bus from working (line lost, no voltage, somebody babbling, lent,
paused) is charged to no meter, unless the bus fails at that one again and again and works for the others.

Other threads reach it through `post` alone; everything else belongs to the thread that calls `step`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Final, NamedTuple

from appliance.bus import blocks
from appliance.bus.agenda import Agenda
from appliance.bus.condition import Condition
from appliance.bus.engine_settings import SegmentSettings
from appliance.bus.errand import Priority
from appliance.bus.failure import Failure
from appliance.bus.herald import Herald
from appliance.bus.lease import Lease, Lending
from appliance.bus.mailbox import Mailbox
from appliance.bus.memory import Memory
from appliance.bus.round import Round
from appliance.bus.rounds import Rounds
from appliance.bus.talks import Talk
from appliance.bus.visit import Visit
from appliance.bus.visits import Visits
from appliance.clock import Clock
from appliance.errors import Jammed, LineLost, LineRefused, Overload
from appliance.events import BusState
from appliance.mbus.dialogue import Conversation, Counters, Traffic, Wire
from appliance.mbus.dialogue.conversation import NOTHING, Dialogue
from appliance.mbus.dialogue.wake_up import WAKING_RATE
from appliance.mbus.framer import Received
from appliance.meters.meter import Meter
from appliance.ports import Intake, MeterBook, Reason

LONGEST_SLEEP: Final = 60.0
PROGRAM_FAILED: Final = "The program failed on {what}; the log says how."


class Step(NamedTuple):
    """What the line is to do: this rate, these octets (often none), and wait for others until then."""

    send: bytes
    wait_until: float
    baud_rate: int
    parity: bool = True  # octets carry a parity bit; only those that wake an optical head do not


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
        self.mail = Mailbox()
        self.memory = Memory()
        self.wire = Wire(settings.baud_rate, settings.latency, settings.echo, settings.readout, settings.wake_up)
        self.herald = Herald(settings.name, clock, publish, wanted)
        self.rounds = Rounds(settings.name, intake=intake, memory=self.memory, clock=clock, publish=publish)
        self._clock = clock
        self._condition = Condition(self.herald, self.rounds)
        self._visits = Visits(settings, meters=meters, memory=self.memory, wire=self.wire, rounds=self.rounds)
        self._lending = Lending(settings.name, self.herald)
        self._agenda = Agenda(settings, rounds=self.rounds, lending=self._lending, meters=meters, clock=clock)
        self._conversation: Conversation[Any] | None = None
        self._stepped_at = self._idle_until = clock.monotonic()

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def counters(self) -> Counters:
        return self.wire.counters

    @property
    def last_progress(self) -> float:
        """Monotonic time of the last visit that ended, or until which there is nothing to do."""
        return max(self.rounds.progress_at, self._idle_until)

    # ---------------------------------------------------------------- for other threads

    def begin(self, fresh: Round, meters: Sequence[Meter]) -> None:
        """Read meters for a slot."""
        dead_after = self.settings.dead_after
        self.mail.put(lambda now: self.rounds.start(fresh, meters, dead_after, now, self._condition.failure))

    def follow(self, listed: Mapping[int, Meter]) -> None:
        """Ask meters as they are listed from now on, those of the round under way too."""
        self.mail.put(lambda now: self._follow(listed))

    def talk(self, dialogue: Dialogue[Any], baud_rate: int = 0) -> Future[Any]:
        """Run a dialogue as soon as the bus is free; its result, or the error that ended it."""
        talk = Talk(dialogue, Future(), baud_rate or self.settings.baud_rate)
        self.mail.put(lambda now: self._agenda.talks.add(talk))
        return talk.answer

    def lend(self, lease: Lease) -> None:
        """Lend the line once the round under way is over."""
        self.mail.put(lambda now: self._lending.ask(lease))

    def pause(self, until: float, sentence: str = "Readouts are paused.") -> None:
        """Read nothing until the monotonic clock shows `until`."""
        self.mail.put(lambda now: self._condition.block(blocks.pause(until, sentence)))

    def resume(self) -> None:
        """Go on after a pause; a lease is called back, too."""
        self.mail.put(lambda now: self._resume())

    def read_continuously(self, pause: float | None) -> None:
        """Switch continuous mode on, with a pause between two turns, or off."""
        self.mail.put(lambda now: self._agenda.read_continuously(pause))

    # ---------------------------------------------------------------- for the worker

    def line_opened(self) -> None:
        """The line is there."""
        self._condition.opened()

    def line_down(self, error: LineLost | LineRefused) -> None:
        """The line is gone, or cannot be opened as asked."""
        lost = LineLost(error.sentence)
        self._visits.conclude(None, lost, self._stepped_at)
        self._break_off(lost)
        self._end_lease(error.sentence)
        self._condition.down(blocks.line_down(error.sentence, refused=isinstance(error, LineRefused)))

    def recover(self) -> None:
        """The program itself failed in a visit: this meter missed it, the others are read."""
        self._visits.give_up(PROGRAM_FAILED.format(what="this meter's answer"), self._stepped_at)
        self._break_off(LineLost(PROGRAM_FAILED.format(what="this bus")))

    def stop(self, sentence: str = "The appliance stopped.") -> None:
        """End everything that is open: the appliance stops or the segment is no longer there."""
        stopped = Failure(Reason.STOPPED, sentence)
        self.mail.work_off(self._clock.monotonic())
        self._break_off(LineLost(stopped.detail))
        self._end_lease(stopped.detail)
        self._lending.end_all(stopped.detail)
        self.rounds.drop_all(stopped)
        self._condition.stopped()

    def step(self, now: float, received: Received = NOTHING) -> Step:
        """Take what came since the last step; what to do next."""
        self._stepped_at = now
        self.mail.work_off(now)
        if self._lending.current is not None:
            return self._serve(self._lending.current, now, received)
        while True:
            if self._conversation is not None:
                action = self._conversation.step(now, received)
                received = NOTHING
                if not self._conversation.over:
                    rate = WAKING_RATE if action.wakes else self.wire.baud_rate
                    return Step(action.send, action.wait_until, rate, parity=not action.wakes)
                self._conclude(self._conversation, now)
            elif received.octets:
                self._take_stray(now, received)
                received = NOTHING
            if not self._begin_next(now):
                self._idle_until = self._sleep_until(now)
                return Step(b"", self._idle_until, self.wire.baud_rate)

    # ---------------------------------------------------------------- what to do next

    def _begin_next(self, now: float) -> bool:
        """Use the bus for what is most urgent; False where there is nothing to do now."""
        self._condition.lift(now)
        self._agenda.give_up(now, self._condition.failure)
        while self._condition.is_free:
            turn = self._agenda.next(now)
            match turn:
                case None:
                    break
                case Lease():
                    self._condition.block(blocks.lent(turn.to, turn.until))
                case Talk():
                    self._begin_talk(turn)
                case (one, visit):
                    self._begin_visit(one, visit, now)
            if self._conversation is not None:
                return True
        self._condition.show()
        return False

    def _begin_visit(self, one: Round, visit: Visit, now: float) -> None:
        dialogue = self._visits.begin(one, visit, now)
        if dialogue is not None:
            self._converse(dialogue)
            self._condition.show(one.errand.priority)

    def _begin_talk(self, talk: Talk) -> None:
        self.wire.baud_rate = talk.baud_rate
        self.wire.timing = self.settings.readout
        self._converse(talk.dialogue)
        self._condition.show(Priority.PERSON)

    def _converse(self, dialogue: Dialogue[Any]) -> None:
        self.wire.follow = self.herald.follower()
        self._conversation = Conversation(dialogue, self.wire)

    def _sleep_until(self, now: float) -> float:
        next_turn = self._agenda.next_moment(now, free=self._condition.is_free)
        moments = (now + LONGEST_SLEEP, self._condition.next_end(), next_turn)
        return max(min(moments), now)

    # ---------------------------------------------------------------- how it ended

    def _conclude(self, conversation: Conversation[Any], now: float) -> None:
        self._conversation = None
        error = conversation.error
        if isinstance(error, Overload):
            self._condition.block(blocks.overload(now + self.settings.overload_pause))
        elif isinstance(error, Jammed):
            self._condition.block(blocks.jam(now))
        if self._visits.priority is None:
            self._agenda.talks.conclude(conversation.result, error)
        else:
            self._visits.conclude(conversation.result, error, now)

    def _break_off(self, error: LineLost) -> None:
        """No more talk for now: a visit under way is made again later, orders fail."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None
        self._visits.give_back()
        self._agenda.talks.fail_all(error)

    # ---------------------------------------------------------------- orders from other threads

    def _follow(self, listed: Mapping[int, Meter]) -> None:
        self.rounds.follow(listed)
        self._visits.follow(listed)

    def _resume(self) -> None:
        self._condition.unblock(BusState.PAUSED)
        if self._lending.current is not None:
            self._lending.current.give_back()

    # ---------------------------------------------------------------- the line lent

    def _serve(self, lease: Lease, now: float, received: Received) -> Step:
        """The borrower talks; the slots that pass meanwhile are missed with the reason."""
        octets = self._lending.serve(lease, now, received)
        if octets is None:
            self._end_lease()
            return self.step(now)
        self._agenda.give_up(now, self._condition.failure)
        self.wire.baud_rate = lease.baud_rate
        wait_until = max(min(lease.until, self.rounds.next_deadline(now), now + LONGEST_SLEEP), now)
        self._idle_until = wait_until
        return Step(octets, wait_until, lease.baud_rate)

    def _end_lease(self, sentence: str = "") -> None:
        self._lending.end(sentence)
        self._condition.unblock(BusState.LENT)

    # ---------------------------------------------------------------- what nobody asked for

    def _take_stray(self, now: float, received: Received) -> None:
        """Octets while nobody was asked."""
        self.wire.quiet_since = now
        self.counters.octets_noise += len(received.octets)
        self.counters.octets_received += len(received.octets)
        self._condition.heard_noise(now)
        self.herald.tell(Traffic.NOISE, received.octets, "nobody was asked")
