"""The optical head of a simulated meter: it sleeps, and a run of 55 without parity wakes it."""

from __future__ import annotations

from math import inf
from typing import Final

WAKING: Final = b"\x55"
WAKING_RATE: Final = 2400
LEAST_OCTETS: Final = 504  # 2.1 s at 2400 Bd with ten bits each
DARKNESS_BITS: Final = 33  # after the light, before the head hears a frame
STAYS_AWAKE: Final = 3.0  # seconds without a frame for this meter


class OpticalHead:
    """Hears what the master sends; the meter behind it hears frames only while the head is awake."""

    def __init__(self) -> None:
        self._octets = 0  # of light, one after the other
        self._awake_from = inf
        self._awake_until = -inf

    def shine(self, octets: int, end: float, bit_time: float) -> None:
        """So many octets of light, the last of which ends at `end`; none: something else came."""
        self._octets = self._octets + octets if octets else 0
        if self._octets >= LEAST_OCTETS:
            self._awake_from = end + DARKNESS_BITS * bit_time
            self._awake_until = self._awake_from + STAYS_AWAKE

    def hears(self, start: float) -> bool:
        """Whether a frame that begins then is heard; one that is keeps the head awake."""
        awake = self._awake_from <= start <= self._awake_until
        if awake:
            self._awake_until = start + STAYS_AWAKE
        return awake
