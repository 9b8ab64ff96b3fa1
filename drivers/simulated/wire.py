"""The current of the slaves on two wires, as the master's UART sees it.

A slave draws more current for a 0 than for a 1, so where several send at once a 0 of any of them wins: the wire is
the AND of all. The receiver starts at a falling edge, samples eleven bits in their middle, and marks an octet whose
parity (even) or stop bit is wrong.

```text
        start  d0  d1  d2  d3  d4  d5  d6  d7  parity  stop
mark ──┐                                              ┌────
space  └──────┴───┴───┴───┴───┴───┴───┴───┴───┴───────┘
```
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from appliance.mbus.framer import Received

OCTET_BITS: Final = 11  # start, eight data bits, even parity, stop
_SAMPLE_STOP: Final = 10.5


@dataclass(frozen=True, slots=True)
class Transmission:
    """Octets of one sender, without gaps from `start` on."""

    start: float
    octets: bytes
    bit_time: float
    damage: tuple[
        int, ...
    ] = ()  # bits that flip on the way, counted from 0 over all octets: eight data bits and parity

    @property
    def end(self) -> float:
        return self.start + len(self.octets) * OCTET_BITS * self.bit_time


@dataclass(slots=True)
class _Burst:
    """Transmissions that touch one another, and what the receiver makes of them."""

    transmissions: list[Transmission]
    start: float
    end: float
    bit_time: float  # of the receiver
    taken: int = 0
    heard: bool = False  # received when somebody asks: until then more may join
    ends: list[float] = field(default_factory=list)
    octets: bytes = b""
    damaged: list[int] = field(default_factory=list)

    def listen(self) -> None:
        """Receive all of it; octets that ended before the newest transmission began come out as before."""
        bit_time, self.heard = self.bit_time, True
        alone = self.transmissions[0] if len(self.transmissions) == 1 else None
        if alone is not None and not alone.damage and alone.bit_time == bit_time:
            octet_time = OCTET_BITS * bit_time
            self.ends = [alone.start + octet_time * count for count in range(1, len(alone.octets) + 1)]
            self.octets, self.damaged = alone.octets, []
            return
        spaces = _merged(chain.from_iterable(_spaces(transmission) for transmission in self.transmissions))
        self.ends, self.octets, self.damaged = _receive(spaces, bit_time)


class Wire:
    """What slaves send, in time; `receive` gives the octets that are complete."""

    def __init__(self) -> None:
        self._bursts: list[_Burst] = []

    def transmit(self, transmission: Transmission, bit_time: float) -> None:
        """Put a transmission on the wire, heard by a receiver at `bit_time`; it collides with what it touches."""
        whole = _Burst([transmission], transmission.start, transmission.end, bit_time)
        apart = []
        for burst in self._bursts:
            if burst.end > transmission.start and transmission.end > burst.start:
                whole.transmissions += burst.transmissions
                whole.start, whole.end = min(whole.start, burst.start), max(whole.end, burst.end)
                whole.taken = max(whole.taken, burst.taken)
            else:
                apart.append(burst)
        self._bursts = sorted([*apart, whole], key=lambda burst: burst.start)

    def receive(self, now: float) -> Received:
        """Octets that were complete at `now` and not given before."""
        self._listen()
        octets, damaged = bytearray(), []
        for burst in self._bursts:
            count = bisect_right(burst.ends, now)
            if count > burst.taken:
                shift = len(octets) - burst.taken
                damaged += [place + shift for place in burst.damaged if burst.taken <= place < count]
                octets += burst.octets[burst.taken : count]
                burst.taken = count
        if octets or self._bursts:
            self._bursts = [burst for burst in self._bursts if burst.end > now or burst.taken < len(burst.octets)]
        return Received(bytes(octets), tuple(damaged))

    def next_octet(self) -> float | None:
        """When the next octet is complete."""
        self._listen()
        ends = [burst.ends[burst.taken] for burst in self._bursts if burst.taken < len(burst.ends)]
        return min(ends, default=None)

    def next_event(self) -> float | None:
        """When the next burst begins to be heard, or the one being heard is over."""
        self._listen()
        times = [burst.ends[-1 if burst.taken else 0] for burst in self._bursts if burst.taken < len(burst.ends)]
        return min(times, default=None)

    def clear(self) -> None:
        """Forget everything: the line is gone."""
        self._bursts.clear()

    def _listen(self) -> None:
        for burst in self._bursts:
            if not burst.heard:
                burst.listen()


def _bits(octet: int) -> int:
    """Eleven bits as a number, the first on the wire lowest."""
    return octet << 1 | (octet.bit_count() & 1) << 9 | 1 << 10


_BITS: Final = tuple(_bits(octet) for octet in range(256))


def _spaces(transmission: Transmission) -> Iterable[tuple[float, float]]:
    """The intervals in which the sender draws its space current."""
    flips: dict[int, int] = {}
    for place in transmission.damage:
        octet, bit = divmod(place, 9)
        flips[octet] = flips.get(octet, 0) ^ 1 << bit + 1
    bit_time = transmission.bit_time
    for index, octet in enumerate(transmission.octets):
        bits = _BITS[octet] ^ flips.get(index, 0)
        first = index * OCTET_BITS
        run: int | None = None
        for place in range(OCTET_BITS):
            if bits >> place & 1:
                if run is not None:
                    yield transmission.start + (first + run) * bit_time, transmission.start + (first + place) * bit_time
                run = None
            elif run is None:
                run = place


def _merged(spaces: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spaces):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _receive(spaces: list[tuple[float, float]], bit_time: float) -> tuple[list[float], bytes, list[int]]:
    """What a UART reads from a line that is space in these intervals and mark elsewhere."""
    starts = [start for start, _ in spaces]
    ends: list[float] = []
    octets, damaged = bytearray(), []
    place = 0
    while place < len(spaces):
        edge = starts[place]
        bits = 0
        for bit in range(1, OCTET_BITS):
            moment = edge + (bit + 0.5) * bit_time
            around = bisect_right(starts, moment) - 1
            if moment >= spaces[around][1]:
                bits |= 1 << bit
        octet = bits >> 1 & 0xFF
        if bits != _BITS[octet]:
            damaged.append(len(octets))
        octets.append(octet)
        ends.append(edge + OCTET_BITS * bit_time)
        place = bisect_right(starts, edge + _SAMPLE_STOP * bit_time)
    return ends, bytes(octets), damaged
