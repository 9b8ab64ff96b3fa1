"""What the registers of a simulated meter show at a moment: a function of time alone, in the unit of their coding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zlib import crc32

from drivers.simulated.profiles import HOURS_OF_YEAR, Profile

Raw = int | str | bytes | date | datetime | None

BCD_DIGITS: Final = {0x09: 2, 0x0A: 4, 0x0B: 6, 0x0C: 8, 0x0E: 12}
INTEGER_OCTETS: Final = {0x01: 1, 0x02: 2, 0x03: 3, 0x04: 4, 0x06: 6, 0x07: 8}
UNEVENNESS: Final = 0.2  # flow and power change by so much from minute to minute


@dataclass(frozen=True, slots=True)
class Moment:
    """The meter's local time, and how far consumption has come: ahead of it where a building runs faster."""

    clock: datetime
    consumed: datetime
    speed: float = 1.0


class Register(Protocol):
    """Shows one value."""

    def value(self, moment: Moment) -> Raw:
        """What it shows then."""


class Quantity(Protocol):
    """Something consumed, that other registers are made from."""

    def total(self, consumed: datetime) -> float:
        """All of it, counted without end."""

    def hourly(self, consumed: datetime) -> float:
        """How much of it an hour takes then."""

    def highest(self, consumed: datetime) -> float:
        """The most an hour of that day takes."""


@dataclass(frozen=True)
class Counter:
    """Counts up by a profile, and begins at 0 again when its digits are used up."""

    start: int
    yearly: int
    profile: Profile
    since: datetime
    capacity: int

    def total(self, consumed: datetime) -> float:
        years = self.profile.elapsed(consumed) - self.profile.elapsed(self.since)
        return self.start + self.yearly * years

    def hourly(self, consumed: datetime) -> float:
        return self.yearly * self.profile.pace(consumed) / HOURS_OF_YEAR

    def highest(self, consumed: datetime) -> float:
        return self.yearly * self.profile.highest_pace(consumed) / HOURS_OF_YEAR

    def value(self, moment: Moment) -> Raw:
        return int(self.total(moment.consumed)) % self.capacity


@dataclass(frozen=True)
class Share:
    """A counter that goes along with another: the volume that carried the energy, a tariff of it."""

    of: Quantity
    factor: float
    capacity: int

    def total(self, consumed: datetime) -> float:
        return self.of.total(consumed) * self.factor

    def hourly(self, consumed: datetime) -> float:
        return self.of.hourly(consumed) * self.factor

    def highest(self, consumed: datetime) -> float:
        return self.of.highest(consumed) * self.factor

    def value(self, moment: Moment) -> Raw:
        return int(self.total(moment.consumed)) % self.capacity


@dataclass(frozen=True)
class Stored:
    """What a counter showed at the end of a due date."""

    of: Quantity
    due: Callable[[datetime], datetime]
    capacity: int

    def value(self, moment: Moment) -> Raw:
        return int(self.of.total(min(self.due(moment.clock), moment.consumed))) % self.capacity


@dataclass(frozen=True)
class Rate:
    """Power or flow: how fast a counter goes now, uneven from minute to minute."""

    of: Quantity
    factor: float
    seed: int
    capacity: int

    def value(self, moment: Moment) -> Raw:
        mean = self.of.hourly(moment.consumed) * self.factor * moment.speed
        return int(mean * (1 + UNEVENNESS * _chance(self.seed, moment.clock, 60))) % self.capacity


@dataclass(frozen=True)
class Peak:
    """The highest power or flow of the month."""

    of: Quantity
    factor: float
    seed: int
    capacity: int

    def value(self, moment: Moment) -> Raw:
        beginning = moment.clock.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        highest = self.of.highest(moment.consumed) * self.factor * moment.speed
        return int(highest * (1 + UNEVENNESS * (2 + _chance(self.seed, beginning, 60)))) % self.capacity


@dataclass(frozen=True)
class Wave:
    """A temperature, a voltage: between two values, high where the profile is high."""

    low: int
    high: int
    profile: Profile
    seed: int

    def value(self, moment: Moment) -> Raw:
        height = min(self.profile.pace(moment.clock) / 2, 1.0) + 0.05 * _chance(self.seed, moment.clock, 60)
        return self.low + int((self.high - self.low) * min(max(height, 0.0), 1.0))


@dataclass(frozen=True)
class Constant:
    """Always the same: error flags, texts, versions."""

    shown: Raw

    def value(self, moment: Moment) -> Raw:
        del moment
        return self.shown


@dataclass(frozen=True)
class ClockFace:
    """The meter's own date and time; `dates` shows the day alone, and without `seconds` it ends with the minute."""

    dates: bool
    seconds: bool

    def value(self, moment: Moment) -> Raw:
        shown = moment.clock.replace(tzinfo=None, microsecond=0)
        return shown.date() if self.dates else shown if self.seconds else shown.replace(second=0)


@dataclass(frozen=True)
class DueDay:
    """The day whose end the stored values show."""

    due: Callable[[datetime], datetime]
    dates: bool

    def value(self, moment: Moment) -> Raw:
        last = self.due(moment.clock) - timedelta(minutes=1)
        return last.date() if self.dates else last.replace(tzinfo=None)


@dataclass(frozen=True)
class Elapsed:
    """How long the meter has run, in hours, days or seconds."""

    since: datetime
    unit: timedelta
    capacity: int

    def value(self, moment: Moment) -> Raw:
        return (moment.clock - self.since) // self.unit % self.capacity


def yearly_due(month: int, day: int) -> Callable[[datetime], datetime]:
    """The end of the last day of the year that a contract ends at."""

    def last(clock: datetime) -> datetime:
        end = datetime(clock.year, month, day, tzinfo=UTC) + timedelta(days=1)
        return end if end <= clock else datetime(clock.year - 1, month, day, tzinfo=UTC) + timedelta(days=1)

    return last


def monthly_due(months_ago: int) -> Callable[[datetime], datetime]:
    """The beginning of the month so many months ago; 0 is this one."""

    def first(clock: datetime) -> datetime:
        months = clock.year * 12 + clock.month - 1 - months_ago
        return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)

    return first


def capacity(dif: int) -> int:
    """How many values a data field can count through."""
    field = dif & 0x0F
    if field in BCD_DIGITS:
        return int(10 ** BCD_DIGITS[field])
    return 1 << 8 * INTEGER_OCTETS.get(field, 4) - 1


def _chance(seed: int, clock: datetime, seconds: int) -> float:
    """Between -1 and 1, the same for all of a span of so many seconds."""
    step = int(clock.timestamp()) // seconds
    return crc32(f"{seed} {step}".encode()) / 2**31 - 1
