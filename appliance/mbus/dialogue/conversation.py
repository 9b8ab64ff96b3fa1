"""Runs one dialogue over a wire, step by step: keeps the pauses and hands each reply to the dialogue."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final, Generic, NamedTuple, TypeVar

from appliance.errors import BusmeisterError, Jammed
from appliance.mbus.dialogue.exchange import Exchange, Reply, Request, Verdict
from appliance.mbus.dialogue.wake_up import DARKNESS, WAKING_RATE, light, waking_time
from appliance.mbus.dialogue.wire import Traffic, Wire
from appliance.mbus.framer import Received

T = TypeVar("T")
Dialogue = Generator[Request, Reply, T]

NOTHING: Final = Received()


class Action(NamedTuple):
    """What to put on the wire now (often nothing), and when to come back at the latest."""

    send: bytes
    wait_until: float
    wakes: bool = False  # octets of light for an optical head: `WAKING_RATE`, without parity


class Conversation(Generic[T]):
    """A dialogue under way. `step` until `over`; then `result`, or the `error` that ended it."""

    def __init__(self, dialogue: Dialogue[T], wire: Wire) -> None:
        self.over = False
        self.result: T | None = None
        self.error: BusmeisterError | None = None
        self._dialogue = dialogue
        self._wire = wire
        self._request: Request | None = None
        self._exchange: Exchange | None = None
        self._woken_at: float | None = None  # when the head that is being woken hears
        self._patient_until: float | None = None
        wire.asleep = True
        self._verdict = Verdict.ANSWER
        self._advance(None)

    def step(self, now: float, received: Received = NOTHING) -> Action:
        """Take what came; what to send and until when to wait. Octets that come in a pause prolong it."""
        if self._exchange is not None:
            exchange = self._exchange
            reply = exchange.hear(now, received)
            if reply is None:
                return Action(b"", exchange.until)
            self._finish(exchange.request, reply)
        elif self._woken_at is not None:  # what comes is our own light, reflected
            if now < self._woken_at:
                return Action(b"", self._woken_at)
            self._woken_at = None
        elif received.octets:
            self._disturb(now, received)
        if self.over:
            return Action(b"", now)
        return self._ask(now)

    def close(self) -> None:
        """Break it off: the line is gone or the order was called back."""
        self._dialogue.close()
        self.over = True

    def _ask(self, now: float) -> Action:
        request = self._request
        if request is None:
            raise AssertionError("a dialogue that is not over has a request")
        due = self._wire.quiet_since + self._pause(request)
        if now < due - 1e-9:
            return Action(b"", due)
        if self._wire.must_wake:
            return self._wake(now)
        self._request = None
        self._patient_until = None
        self._exchange = Exchange(request, self._wire, now)
        self._wire.quiet_since = self._exchange.sent_until
        counters = self._wire.counters
        counters.requests += 1
        counters.repeats += request.repeated
        counters.octets_sent += len(request.octets)
        self._wire.tell(Traffic.SENT, request.octets, request.note)
        return Action(request.octets, self._exchange.until)

    def _wake(self, now: float) -> Action:
        """Light for the head, and darkness; the request comes after."""
        wire = self._wire
        octets = light(wire.wake_up)
        self._woken_at = now + waking_time(wire.wake_up)
        wire.quiet_since = self._woken_at - DARKNESS
        wire.asleep = False
        wire.counters.octets_sent += len(octets)
        wire.tell(
            Traffic.SENT, b"", f"wake-up, {len(octets)} times 55 at {WAKING_RATE} Bd"
        )  # no frame: told, not shown
        return Action(octets, self._woken_at, wakes=True)

    def _pause(self, request: Request) -> float:
        pause = max(self._wire.request_pause, request.pause)
        timing = self._wire.timing
        if timing.silence_ends_idle:
            return pause
        collided = self._verdict in (Verdict.COLLISION, Verdict.GARBLED)
        return max(pause, timing.collision_idle_time if collided else timing.request_idle_time)

    def _disturb(self, now: float, received: Received) -> None:
        """Somebody talks where there should be silence."""
        wire = self._wire
        wire.quiet_since = now
        wire.counters.octets_noise += len(received.octets)
        wire.counters.octets_received += len(received.octets)
        wire.tell(Traffic.NOISE, received.octets, "before a request")
        if self._patient_until is None:
            self._patient_until = now + wire.timing.collision_idle_time
        elif now > self._patient_until:
            wire.counters.jams += 1
            self._dialogue.close()
            self._end(error=Jammed("Somebody talks on the bus without having been asked and does not stop."))

    def _finish(self, request: Request, reply: Reply) -> None:
        self._exchange = None
        self._verdict = reply.verdict
        self._wire.asleep = reply.verdict is Verdict.SILENCE
        self._count(reply)
        if self._wire.follow is not None:
            self._show(reply, request)
        self._advance(reply)

    def _advance(self, reply: Reply | None) -> None:
        try:
            self._request = next(self._dialogue) if reply is None else self._dialogue.send(reply)
        except StopIteration as end:
            self._end(result=end.value)
        except BusmeisterError as error:
            self._end(error=error)

    def _end(self, *, result: T | None = None, error: BusmeisterError | None = None) -> None:
        self.over, self.result, self.error = True, result, error

    def _count(self, reply: Reply) -> None:
        counters = self._wire.counters
        counters.octets_received += len(reply.octets)
        name = COUNTED[reply.verdict]
        setattr(counters, name, getattr(counters, name) + 1)

    def _show(self, reply: Reply, request: Request) -> None:
        if reply.verdict is Verdict.ANSWER:
            self._wire.tell(Traffic.RECEIVED, reply.octets, f"after {reply.delay * 1000:.0f} ms")
        elif reply.verdict is not Verdict.SILENCE:
            traffic = Traffic.RECEIVED if reply.verdict is Verdict.FOREIGN else Traffic.NOISE
            self._wire.tell(traffic, reply.octets, reply.verdict.value)
        elif request.wait:
            self._wire.tell(Traffic.SILENCE, b"", f"no answer in {request.wait * 1000:.0f} ms")


COUNTED: Final = {
    Verdict.ANSWER: "answers",
    Verdict.SILENCE: "silences",
    Verdict.COLLISION: "collisions",
    Verdict.GARBLED: "garbled",
    Verdict.FOREIGN: "foreign",
    Verdict.BREAK: "breaks",
    Verdict.JAM: "jams",
}
