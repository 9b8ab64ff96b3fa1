"""Time as the appliance sees it: wall clock, monotonic clock, boot number and how far the wall clock can be trusted.

Whoever needs the time is handed a `Clock`; nobody calls `time.time()` on its own, so tests and virtual buildings
let months pass in seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol


class ClockQuality(StrEnum):
    """Whether the wall clock may be believed."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"  # not set since power-up: readings are marked and moved to their true slots later


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something happened: wall time (UTC), and what repairs it should the wall clock have been wrong."""

    wall: datetime
    monotonic: float
    boot: int
    quality: ClockQuality


class Clock(Protocol):
    """What the parts of the appliance may know about time."""

    @property
    def boot(self) -> int:
        """Number of this start of the appliance, from 1."""

    @property
    def quality(self) -> ClockQuality:
        """Whether the wall clock may be believed now."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back, from an unknown start."""

    def stamp(self) -> Stamp:
        """All of it at once."""


# Earlier than this no program of ours was written: a clock that says so was never set (a board without battery).
FIRST_PLAUSIBLE = datetime(2026, 1, 1, tzinfo=UTC)


class SystemClock:
    """The machine's clocks. The wall clock counts as untrusted while it shows a time before this program existed."""

    def __init__(self, boot: int = 1) -> None:
        self.boot = boot

    @property
    def quality(self) -> ClockQuality:
        return ClockQuality.TRUSTED if self.now() >= FIRST_PLAUSIBLE else ClockQuality.UNTRUSTED

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def stamp(self) -> Stamp:
        return Stamp(self.now(), self.monotonic(), self.boot, self.quality)


class VirtualClock:
    """A clock that stands until it is told to go on: tests, soak runs and simulated buildings in virtual time."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 6, 0, tzinfo=UTC), boot: int = 1) -> None:
        self.boot = boot
        self.quality = ClockQuality.TRUSTED
        self._wall = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._wall

    def monotonic(self) -> float:
        return self._monotonic

    def stamp(self) -> Stamp:
        return Stamp(self._wall, self._monotonic, self.boot, self.quality)

    def advance(self, delta: timedelta | None = None, **units: float) -> None:
        """Let time pass: `clock.advance(days=31)`."""
        passed = (delta or timedelta()) + timedelta(**units)
        self._wall += passed
        self._monotonic += passed.total_seconds()

    def advance_to(self, monotonic: float) -> None:
        """Let time pass until the monotonic clock shows `monotonic`; never goes back."""
        if monotonic > self._monotonic:
            self._wall += timedelta(seconds=monotonic - self._monotonic)
            self._monotonic = monotonic

    def step(self, delta: timedelta) -> None:
        """Set the wall clock, as a time server does: the monotonic clock does not notice."""
        self._wall += delta
