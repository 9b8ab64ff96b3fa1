"""One request and the wait for its answer."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

from appliance.mbus.dialogue.timing import transmission_time
from appliance.mbus.dialogue.wire import Echo, Wire
from appliance.mbus.framer import Framer, Noise, NoiseKind, Received
from appliance.mbus.frames import MAXIMUM_FRAME, Ack, Frame, LongFrame, ShortFrame

JAM_FRAMES: Final = 3  # whoever talks longer than so many of the longest frames without a pause is no slave


class Verdict(StrEnum):
    """How an exchange ended."""

    ANSWER = "answer"
    SILENCE = "silence"
    GARBLED = "garbled"
    COLLISION = "collision"
    FOREIGN = "foreign"  # a sound frame, but not the answer to this request
    BREAK = "break"  # nothing but damaged zeros: the bus has no voltage
    JAM = "jam"


class Request(NamedTuple):
    """What to send, how long to wait for an answer, and which frame is one."""

    octets: bytes
    wait: float  # from the end of the request to the last moment an answer may begin; 0 where none is due
    accepts: Callable[[Frame], bool]
    note: str  # what it is, for whoever follows the traffic
    pause: float = 0.0  # least silence before it is sent, where the usual one is too short
    repeated: bool = False


class Reply(NamedTuple):
    """How it ended, the frame where one was accepted, all octets that came, and when the first of them began."""

    verdict: Verdict
    frame: Frame | None
    octets: bytes
    delay: float  # from the end of the request to the first octet

    @property
    def telegram(self) -> bytes:
        """The accepted frame's octets."""
        return b"" if self.frame is None else self.frame.to_bytes()


class Exchange:
    """Listens after a request was sent: fed with octets and the time, gives the reply once it is known."""

    def __init__(self, request: Request, wire: Wire, sent_at: float) -> None:
        self.request = request
        self.sent_until = sent_at + transmission_time(len(request.octets), wire.baud_rate)
        self.until = self.sent_until + request.wait
        self._wire = wire
        self._jammed_at = self.until + JAM_FRAMES * transmission_time(MAXIMUM_FRAME, wire.baud_rate)
        self._echo = b"" if wire.echo is Echo.OFF else request.octets
        self._framer = Framer()
        self._octets = bytearray()
        self._damage = 0
        self._noise: list[Noise] = []
        self._foreign: Frame | None = None
        self._delay = 0.0

    def hear(self, now: float, received: Received) -> Reply | None:
        """The reply, or None: listen on until `until`."""
        if received.octets:
            return self._take(now, received)
        if now < self.until:
            return None
        self._note(self._framer.flush())
        return self._reply_to_silence()

    def _take(self, now: float, received: Received) -> Reply | None:
        if not self._octets:
            self._delay = now - transmission_time(len(received.octets), self._wire.baud_rate) - self.sent_until
        self._octets += received.octets
        self._damage += len(received.damaged)
        self._wire.quiet_since = now
        fresh = self._without_echo(received)
        accepted = self._note(self._framer.feed(fresh)) if fresh.octets else None
        if accepted is not None:
            return Reply(Verdict.ANSWER, accepted, bytes(self._octets), max(self._delay, 0.0))
        self.until = max(self.until, now + self._wire.gap)
        if now > self._jammed_at:
            return Reply(Verdict.JAM, None, bytes(self._octets), self._delay)
        return None

    def _without_echo(self, received: Received) -> Received:
        """Holds octets back while they may be the echo; drops it when it is whole, else gives all of them."""
        if not self._echo:
            return received
        heard = bytes(self._octets)
        if len(heard) < len(self._echo) and self._echo.startswith(heard):
            return Received()
        echoed = heard.startswith(self._echo) and not self._damage
        skipped = len(self._echo) if echoed else 0
        held = len(heard) - len(received.octets)
        self._echo = b""
        if echoed:
            self._octets.clear()
            self._octets += heard[skipped:]
        damaged = tuple(held + position - skipped for position in received.damaged)
        return Received(heard[skipped:], damaged)

    def _note(self, events: list[Frame | Noise]) -> Frame | None:
        """Keep noise and strange frames; the first frame that is the answer."""
        for event in events:
            if isinstance(event, Noise):
                self._noise.append(event)
                self._wire.counters.octets_noise += len(event.octets)
            elif self.request.accepts(event):
                return event
            elif not isinstance(event, ShortFrame):  # a late echo or another master is no meter's answer
                self._foreign = event
        return None

    def _reply_to_silence(self) -> Reply:
        octets = bytes(self._octets)
        if not self._noise:
            verdict = Verdict.SILENCE if self._foreign is None else Verdict.FOREIGN
        elif not any(octets) and self._damage >= len(octets):
            verdict = Verdict.BREAK
        else:
            verdict = self._judge_noise(len(octets))
        return Reply(verdict, self._foreign if verdict is Verdict.FOREIGN else None, octets, self._delay)

    def _judge_noise(self, count: int) -> Verdict:
        """One meter's damaged answer keeps its shape; two that talk at once leave little of it."""
        shapeless = all(noise.kind is NoiseKind.STRAY for noise in self._noise)
        return Verdict.COLLISION if shapeless or self._damage * 8 > count else Verdict.GARBLED


def is_ack(frame: Frame) -> bool:
    """The answer to SND_NKE and SND_UD."""
    return isinstance(frame, Ack)


def is_data(frame: Frame) -> bool:
    """Any slave's answer with data."""
    return isinstance(frame, LongFrame) and frame.is_answer
