"""Between readings and rows: when something happened is kept in a few octets.

The wall time is kept as its distance from the slot, the monotonic time as what the wall clock has gained on it since
the boot row: both are small numbers, and SQLite keeps small numbers in few octets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from appliance.clock import ClockQuality, Stamp
from appliance.ports import ReadingKind, Reason

FOREVER: Final = 1 << 40  # above every slot
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
KINDS: Final = (ReadingKind.SCHEDULED, ReadingKind.MANUAL, ReadingKind.CONTINUOUS, ReadingKind.RADIO)
REASONS: Final = tuple(Reason)  # a file keeps the place in this order: new ones go to the end
KIND: Final = 7  # in `marks`, the lowest bits
UNTRUSTED: Final = 8  # in `marks`, above the kind
INCOMPLETE: Final = 4  # in `marks`, bits from here on: place of the reason, counted from 1; 0 = all telegrams came


@dataclass(frozen=True, slots=True)
class Start:
    """Both clocks, in milliseconds, at the moment a boot was registered."""

    number: int
    wall: int
    monotonic: int


Starts = Callable[[int], Start]
"""From a boot's number to its start; a boot nobody registered starts at zero."""


class When(NamedTuple):
    """The columns that tell when: marks, boot, delay, drift."""

    marks: int
    boot: int
    delay: int
    drift: int


def milliseconds(moment: datetime) -> int:
    """Milliseconds UTC since 1970."""
    return round((moment - EPOCH) / MILLISECOND)


def moment(milliseconds: int) -> datetime:
    """The way back."""
    return EPOCH + milliseconds * MILLISECOND


def pack(kind: ReadingKind, slot: int, at: Stamp, start: Start, incomplete: Reason | None = None) -> When:
    """The four small numbers of a stamp made since `start`."""
    wall, monotonic = milliseconds(at.wall), round(at.monotonic * 1000)
    marks = KINDS.index(kind) | (UNTRUSTED if at.quality is ClockQuality.UNTRUSTED else 0)
    marks |= 0 if incomplete is None else REASONS.index(incomplete) + 1 << INCOMPLETE
    return When(marks, start.number, wall - slot * 1000, (wall - start.wall) - (monotonic - start.monotonic))


def unpack(slot: int, when: When, starts: Starts) -> tuple[ReadingKind, Stamp]:
    """The way back, exact to a millisecond."""
    wall, start = slot * 1000 + when.delay, starts(when.boot)
    monotonic = (wall - start.wall) - when.drift + start.monotonic
    quality = ClockQuality.UNTRUSTED if when.marks & UNTRUSTED else ClockQuality.TRUSTED
    return KINDS[when.marks & KIND], Stamp(moment(wall), monotonic / 1000, when.boot, quality)


def incomplete(marks: int) -> Reason | None:
    """Why further telegrams of a reading did not come; None where all did."""
    return REASONS[(marks >> INCOMPLETE) - 1] if marks >> INCOMPLETE else None
