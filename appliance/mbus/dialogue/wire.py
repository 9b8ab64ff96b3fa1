"""What a master knows about its line between two exchanges."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.mbus.dialogue.timing import CHARACTER_BITS, GAP_MARGIN, READOUT, REQUEST_PAUSE_BITS, Timing


class Echo(StrEnum):
    """Whether the converter repeats what is sent."""

    AUTO = "auto"  # an exact copy of the request in front of an answer is an echo
    ON = "on"
    OFF = "off"


class Traffic(StrEnum):
    """What passed on the line, for whoever follows it."""

    SENT = "sent"
    RECEIVED = "received"
    SILENCE = "silence"
    NOISE = "noise"


@dataclass(slots=True)
class Counters:
    """What happened on a line since it was opened first."""

    requests: int = 0
    repeats: int = 0
    answers: int = 0
    silences: int = 0
    collisions: int = 0
    garbled: int = 0
    foreign: int = 0
    breaks: int = 0
    jams: int = 0
    octets_sent: int = 0
    octets_received: int = 0
    octets_noise: int = 0


@dataclass(slots=True)
class Wire:
    """A half-duplex line: its rate, its delay, its echo, its head, since when it is quiet, what was counted on it."""

    baud_rate: int = 2400
    latency: float = 0.0
    echo: Echo = Echo.AUTO
    timing: Timing = READOUT
    wake_up: float = 0.0  # seconds of light before an optical head hears a frame; 0 on two wires
    asleep: bool = True  # whether the head has to be woken
    quiet_since: float = -math.inf
    counters: Counters = field(default_factory=Counters)
    follow: Callable[[Traffic, bytes, str], None] | None = None

    @property
    def request_pause(self) -> float:
        """Silence that goes before a request."""
        return REQUEST_PAUSE_BITS / self.baud_rate

    @property
    def gap(self) -> float:
        """Silence that ends a frame that has begun."""
        return (REQUEST_PAUSE_BITS + CHARACTER_BITS) / self.baud_rate + GAP_MARGIN + self.latency

    @property
    def must_wake(self) -> bool:
        """Whether light goes before the next frame."""
        return self.wake_up > 0 and self.asleep

    def tell(self, traffic: Traffic, octets: bytes, note: str = "") -> None:
        """Show traffic to whoever follows."""
        if self.follow is not None:
            self.follow(traffic, octets, note)
