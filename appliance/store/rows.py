"""Between readings and rows: when something happened is kept in a few octets.

The wall time is kept as its distance from the slot, the monotonic time as what the wall clock has gained on it since
the boot row: both are small numbers, and SQLite keeps small numbers in few octets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from appliance.clock import ClockQuality, Stamp
from appliance.ports import ReadingKind, Reason

FOREVER: Final = 1 << 40  # above every slot
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
MS_A_DAY: Final = 86_400_000
KINDS: Final = (ReadingKind.SCHEDULED, ReadingKind.MANUAL, ReadingKind.CONTINUOUS, ReadingKind.RADIO)
REASONS: Final = tuple(Reason)  # a file keeps the place in this order: new ones go to the end
KIND: Final = 7  # in `marks`, the lowest bits
UNTRUSTED: Final = 8  # in `marks`, above the kind
UNTRUSTED_CLOCK: Final = ClockQuality.UNTRUSTED
INCOMPLETE: Final = 4  # in `marks`, bits from here on: place of the reason, counted from 1; 0 = all telegrams came


@dataclass(frozen=True, slots=True)
class Start:
    """Both clocks, in milliseconds, at the moment a boot was registered."""

    number: int
    wall: int
    monotonic: int


Starts = Callable[[int], Start]
"""From a boot's number to its start; a boot nobody registered starts at zero."""


When = tuple[int, int, int, int]
"""The columns that tell when: marks, boot, delay, drift."""


def milliseconds(moment: datetime) -> int:
    """Milliseconds UTC since 1970."""
    passed = moment - EPOCH
    return passed.days * MS_A_DAY + passed.seconds * 1000 + round(passed.microseconds / 1000)


def moment(milliseconds: int) -> datetime:
    """The way back."""
    return EPOCH + milliseconds * MILLISECOND


def pack(kind: ReadingKind, slot: int, at: Stamp, start: Start, incomplete: Reason | None = None) -> When:
    """The four small numbers of a stamp made since `start`."""
    wall, monotonic = milliseconds(at.wall), round(at.monotonic * 1000)
    marks = KINDS.index(kind) | (UNTRUSTED if at.quality is UNTRUSTED_CLOCK else 0)
    if incomplete is not None:
        marks |= REASONS.index(incomplete) + 1 << INCOMPLETE
    return marks, start.number, wall - slot * 1000, (wall - start.wall) - (monotonic - start.monotonic)


def unpack(slot: int, when: When, starts: Starts) -> tuple[ReadingKind, Stamp]:
    """The way back, exact to a millisecond."""
    marks, boot, delay, drift = when
    wall, start = slot * 1000 + delay, starts(boot)
    monotonic = (wall - start.wall) - drift + start.monotonic
    quality = UNTRUSTED_CLOCK if marks & UNTRUSTED else ClockQuality.TRUSTED
    return KINDS[marks & KIND], Stamp(moment(wall), monotonic / 1000, boot, quality)


def incomplete(marks: int) -> Reason | None:
    """Why further telegrams of a reading did not come; None where all did."""
    return REASONS[(marks >> INCOMPLETE) - 1] if marks >> INCOMPLETE else None
