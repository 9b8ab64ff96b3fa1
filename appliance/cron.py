"""Schedules: the presets on the grid of the local day, and cron patterns as cron4j reads them.

```text
minute 0-59   hour 0-23   day of month 1-31 or L   month 1-12 or jan-dec   day of week 0-7 or sun-sat
*  any     1,5  list     9-17  range     */15  9-17/2  step     ?  ?1-30  one of them, the same for ever on a device
5 * * * *|8 10 * * *     either
```
All five fields must match: `* 12 16 * mon` is noon of those Mondays that are a 16th. `L` is the last day of the month.

A schedule names local times. The hour that spring skips is not lost: a time in it runs when the gap is over. The hour
that autumn repeats runs once where the hours are fixed or every second or third, and through both where every hour is
meant; presets of less than an hour run through both, too. No instant runs twice.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from appliance.errors import SettingError

PRESETS: Final[dict[str, int]] = {
    "10s": 10, "30s": 30, "1min": 60, "2min": 120, "3min": 180, "4min": 240, "5min": 300, "10min": 600,
    "15min": 900, "20min": 1200, "30min": 1800, "45min": 2700, "60min": 3600, "90min": 5400, "120min": 7200,
    "150min": 9000, "3h": 10800, "6h": 21600, "12h": 43200, "18h": 64800, "24h": 86400, "48h": 172800,
    "168h": 604800, "672h": 2419200,
}  # fmt: skip
"""Name and period in seconds; operations.md `show presets`."""

DAY: Final = 86400
HOURS: Final = 24
HORIZON_DAYS: Final = 366 * 41  # a 29th of February on a given weekday may be forty years away
LOOK_BACK_DAYS: Final = 62
GRID_ORIGIN: Final = date(2000, 1, 3)  # periods of several days count from this Monday
MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_NAMES: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS: Final = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
WEEKDAYS: Final = {name: number for number, name in enumerate(DAY_NAMES)}
LONGEST_MONTHS: Final = {month: monthrange(2000, month)[1] for month in range(1, 13)}
LAST_DAY: Final = 32  # what L is in the set of days


@dataclass(frozen=True, slots=True)
class Field:
    """One of the five: its name for messages, its range and the names it knows."""

    name: str
    first: int
    last: int
    names: dict[str, int]


FIELDS: Final = (
    Field("minute", 0, 59, {}),
    Field("hour", 0, 23, {}),
    Field("day of month", 1, 31, {"l": LAST_DAY}),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, 7, WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One cron pattern, as the sets of what each field allows."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    every_hour: bool  # so in both hours of the autumn fold, and the hours around spring's gap make up for it

    def allows(self, day: date) -> bool:
        """Whether day, month and weekday all match."""
        last = LAST_DAY in self.days and day.day == monthrange(day.year, day.month)[1]
        return (day.day in self.days or last) and day.month in self.months and day.isoweekday() % 7 in self.weekdays


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is due; made by `parse`, asked by `next`."""

    text: str
    period: int = 0  # seconds of a preset; 0 for patterns
    patterns: tuple[Pattern, ...] = ()

    @classmethod
    def parse(cls, text: str, seed: str = "") -> Schedule:
        """From a preset or cron patterns; `seed` (the serial number) decides what `?` stands for.

        Raises `SettingError` for text that is neither, and for a pattern no day ever matches.
        """
        word = text.strip()
        if word in PRESETS:
            return cls(word, PRESETS[word])
        parts = word.split("|")
        return cls(word, 0, tuple(_parse_pattern(part, f"{seed} {number}") for number, part in enumerate(parts)))

    def next(self, after: datetime, zone: ZoneInfo) -> datetime:
        """The first instant later than `after`, UTC. Raises `SettingError` where there is none."""
        for day in _days_from(after.astimezone(zone).date() - timedelta(days=1), self.period):
            instants = _instants(self, day, zone)
            place = bisect_right(instants, after)
            if place < len(instants):
                return instants[place]
        raise SettingError(f'The schedule "{self.text}" names no day that ever comes.')

    def latest(self, until: datetime, zone: ZoneInfo) -> datetime | None:
        """The last instant not later than `until`; None where the last weeks had none."""
        today = until.astimezone(zone).date()
        for days in range(-1, LOOK_BACK_DAYS):
            instants = [one for one in _due_on(self, today - timedelta(days=days), zone) if one <= until]
            if instants:
                return instants[-1]
        return None

    def between(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """All instants later than `after` and not later than `until`."""
        instant = self.next(after, zone)
        while instant <= until:
            yield instant
            instant = self.next(instant, zone)


def _due_on(schedule: Schedule, day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    whole_days = schedule.period // DAY if schedule.period % DAY == 0 else 0
    if whole_days and (day - GRID_ORIGIN).days % whole_days:
        return ()
    return _instants(schedule, day, zone)


@lru_cache(maxsize=64)
def _instants(schedule: Schedule, day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When a schedule is due on one local day, in order."""
    if schedule.period:
        return _preset_instants(schedule.period, day, zone)
    fires = (_fires(pattern, day, zone) for pattern in schedule.patterns if pattern.allows(day))
    return tuple(sorted(set(chain.from_iterable(fires))))


def _days_from(first: date, period: int) -> Iterator[date]:
    """Days on which something may be due."""
    whole_days = max(period // DAY, 1) if period % DAY == 0 else 1
    offset = -(first - GRID_ORIGIN).days % whole_days
    return (first + timedelta(days=offset + step) for step in range(0, HORIZON_DAYS, whole_days))


def _preset_instants(period: int, day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The grid of one local day: elapsed multiples for periods that divide the hour, wall times for longer ones."""
    midnight = _instant(day, 0, 0, zone)
    if period >= DAY:
        return (midnight,)
    if 3600 % period == 0:
        seconds = (_instant(day + timedelta(days=1), 0, 0, zone) - midnight).total_seconds()
        return tuple(midnight + timedelta(seconds=second) for second in range(0, round(seconds), period))
    minutes = range(0, DAY // 60, period // 60)
    folds = (0, 1) if period < 3600 else (0,)
    return tuple(sorted({_instant(day, minute // 60, minute % 60, zone, fold) for minute in minutes for fold in folds}))


def _fires(pattern: Pattern, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    for hour in pattern.hours:
        for minute in pattern.minutes:
            first = _instant(day, hour, minute, zone)
            if not pattern.every_hour:
                yield first
            elif _is_on_clock(first, hour, minute, zone):  # what spring skips the hours around it make up for
                yield from (first, _instant(day, hour, minute, zone, fold=1))


def _instant(day: date, hour: int, minute: int, zone: ZoneInfo, fold: int = 0) -> datetime:
    """A local time as UTC; one that spring skips is the end of the gap."""
    instant = datetime.combine(day, time(hour, minute, fold=fold), zone).astimezone(UTC)
    return instant if _is_on_clock(instant, hour, minute, zone) else _end_of_gap(instant, zone)


def _is_on_clock(instant: datetime, hour: int, minute: int, zone: ZoneInfo) -> bool:
    local = instant.astimezone(zone)
    return (local.hour, local.minute) == (hour, minute)


def _end_of_gap(instant: datetime, zone: ZoneInfo) -> datetime:
    """The change of the offset within a day around `instant`, to the second."""
    before, after = instant - timedelta(days=1), instant + timedelta(days=1)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after


def _parse_pattern(text: str, seed: str) -> Pattern:
    words = text.lower().split()
    if len(words) != len(FIELDS):
        presets = ", ".join(PRESETS)
        raise SettingError(
            f'A schedule is one of {presets}, or a pattern of five fields such as "*/15 * * * *", not "{text.strip()}".'
        )
    sets = [_parse_field(word, field, f"{seed} {field.name}") for word, field in zip(words, FIELDS, strict=True)]
    weekdays = frozenset(day % 7 for day in sets[4])
    if not any(day == LAST_DAY or day <= LONGEST_MONTHS[month] for day in sets[2] for month in sets[3]):
        raise SettingError(f'The schedule "{text.strip()}" names no day that ever comes.')
    return Pattern(sets[0], sets[1], sets[2], sets[3], weekdays, len(sets[1]) == HOURS)


def _parse_field(word: str, field: Field, seed: str) -> frozenset[int]:
    allowed: set[int] = set()
    for part in word.split(","):
        allowed |= _parse_part(part, field, seed)
    return frozenset(allowed)


PART: Final = re.compile(r"(?P<random>\?)?(?P<range>\*|[a-z0-9]+(-[a-z0-9]+)?)?(/(?P<step>\d+))?")


def _parse_part(part: str, field: Field, seed: str) -> set[int]:
    match = PART.fullmatch(part)
    if match is None or not (match["random"] or match["range"]):
        raise _wrong(part, field)
    values = _parse_range(match["range"] or "*", field, part)
    if match["step"] is not None:
        if int(match["step"]) == 0:
            raise _wrong(part, field)
        if "-" not in (match["range"] or "*-"):
            values = range(values.start, field.last + 1) if match["range"] != "*" else values
        values = values[:: int(match["step"])]
    return {Random(f"{seed} {part}").choice(values)} if match["random"] else set(values)


def _parse_range(text: str, field: Field, part: str) -> range:
    if text == "*":
        return range(field.first, min(field.last, 6 if field.names is WEEKDAYS else field.last) + 1)
    first, _, last = text.partition("-")
    low = _parse_value(first, field, part)
    high = _parse_value(last, field, part) if last else low
    if high < low:
        raise _wrong(part, field)
    return range(low, high + 1)


def _parse_value(text: str, field: Field, part: str) -> int:
    if text in field.names:
        return field.names[text]
    if not text.isdecimal() or not field.first <= int(text) <= field.last:
        raise _wrong(part, field)
    return int(text)


def _wrong(part: str, field: Field) -> SettingError:
    return SettingError(f'The {field.name} of a schedule is {field.first} to {field.last}, not "{part}".')
