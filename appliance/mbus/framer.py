"""Finds frames in the octets of a line. Noise is normal on a bus: it is an event like a frame, never an exception.

A false start octet may hide a sound frame behind it, so octets that turn out to be no frame are given up one by one
and searched again. A broken frame waits for octets that never come until the line falls silent: then `flush()`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from appliance.errors import TelegramError
from appliance.mbus.frames import MAXIMUM_FRAME, Frame, expected_length, parse_frame


class Received(NamedTuple):
    """Octets as a line gives them; `damaged` are the positions whose parity or stop bit was wrong."""

    octets: bytes = b""
    damaged: tuple[int, ...] = ()


class NoiseKind(StrEnum):
    """Why octets are no frame."""

    STRAY = "stray"  # no frame begins here
    BROKEN = "broken"  # a frame began, but length, checksum or stop octet are wrong
    DAMAGED = "damaged"  # an octet had a parity or framing error
    TRUNCATED = "truncated"  # the line fell silent inside a frame


@dataclass(frozen=True, slots=True)
class Noise:
    """Octets that are no frame, and why."""

    octets: bytes
    kind: NoiseKind


class Framer:
    """Fed with octets as they come, gives frames and noise in their order. Holds at most a frame's octets of each."""

    def __init__(self) -> None:
        self._octets = bytearray()
        self._damaged: set[int] = set()
        self._noise = bytearray()
        self._kind = NoiseKind.STRAY

    @property
    def pending(self) -> int:
        """Octets of a frame that has begun and is not complete."""
        return len(self._octets)

    def feed(self, received: Received) -> list[Frame | Noise]:
        """Take octets, give the frames and the noise they complete."""
        base = len(self._octets)
        self._octets += received.octets
        self._damaged.update(base + position for position in received.damaged)
        events: list[Frame | Noise] = []
        while self._octets and self._advance(events):
            if len(self._noise) >= MAXIMUM_FRAME:  # who babbles without end is heard of, and fills no memory
                self._end_noise(events)
        if not self._octets:
            self._end_noise(events)
        return events

    def flush(self) -> list[Frame | Noise]:
        """The line fell silent: what waits for more octets is noise, but may hide whole frames."""
        events: list[Frame | Noise] = []
        while self._octets:
            if not self._advance(events):
                self._give_up(NoiseKind.TRUNCATED)
        self._end_noise(events)
        return events

    def _advance(self, events: list[Frame | Noise]) -> bool:
        """Take one frame or one octet of noise from the front; False while the frame there is not complete."""
        try:
            length = expected_length(self._octets)
            end = length or len(self._octets)
            if any(position < end for position in self._damaged):
                self._give_up(NoiseKind.DAMAGED)
                return True
            if length is None or len(self._octets) < length:
                return False
            frame = parse_frame(bytes(self._octets[:length]))
        except TelegramError as error:
            self._give_up(NoiseKind.STRAY if error.octet == 0 else NoiseKind.BROKEN)
            return True
        self._end_noise(events)
        self._drop(length)
        events.append(frame)
        return True

    def _give_up(self, kind: NoiseKind) -> None:
        if not self._noise or self._kind is NoiseKind.STRAY:  # the outermost false frame gives the noise its name
            self._kind = kind
        self._noise.append(self._octets[0])
        self._drop(1)

    def _drop(self, count: int) -> None:
        del self._octets[:count]
        self._damaged = {position - count for position in self._damaged if position >= count}

    def _end_noise(self, events: list[Frame | Noise]) -> None:
        if self._noise:
            events.append(Noise(bytes(self._noise), self._kind))
            self._noise.clear()
            self._kind = NoiseKind.STRAY
