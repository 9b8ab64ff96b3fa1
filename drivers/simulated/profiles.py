"""How consumption goes over the day and the year, as a function of time alone.

A profile says how much of a year's consumption falls into each month and how much of a day's into each hour. From
that `elapsed` tells how many years' worth was consumed since 2000 began, so that the value of a counter at a time
never depends on who asked when.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
DAYS_OF_MONTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
HOURS_OF_YEAR: Final = 8760
DAY: Final = 86400


@dataclass(frozen=True)
class Profile:
    """Relative weights of months and hours."""

    months: tuple[int, ...]
    hours: tuple[int, ...]

    def elapsed(self, at: datetime) -> float:
        """Years' worth consumed from 2000 to `at`: grows with time and never falls."""
        day, seconds = divmod(int((at - EPOCH).total_seconds()), DAY)
        return _months_before(self.months, day) + _day_share(self.months, day) * self._part_of_day(seconds)

    def pace(self, at: datetime) -> float:
        """How fast it is consumed at `at`, 1 where it is as over the whole year."""
        day, seconds = divmod(int((at - EPOCH).total_seconds()), DAY)
        return _day_share(self.months, day) * 365 * self.hours[seconds // 3600] * 24 / sum(self.hours)

    def highest_pace(self, at: datetime) -> float:
        """The pace of the busiest hour of that day."""
        return _day_share(self.months, (at - EPOCH).days) * 365 * max(self.hours) * 24 / sum(self.hours)

    def _part_of_day(self, seconds: int) -> float:
        hour, rest = divmod(seconds, 3600)
        sums = _sums(self.hours)
        return (sums[hour] + self.hours[hour] * rest / 3600) / sums[-1]


@lru_cache(maxsize=64)
def _sums(weights: tuple[int, ...]) -> tuple[int, ...]:
    return (0, *accumulate(weights))


@lru_cache(maxsize=4096)
def _day_share(months: tuple[int, ...], day: int) -> float:
    """The part of a year's consumption that falls on a day."""
    total = sum(weight * days for weight, days in zip(months, DAYS_OF_MONTHS, strict=True))
    return months[(EPOCH + timedelta(days=day)).month - 1] / total


@lru_cache(maxsize=64)
def _months_sums(months: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """First days of the months of 2000 to 2100 and the years' worth consumed before each."""
    first_days, sums = [0], [0.0]
    for year in range(2000, 2101):
        for month in range(12):
            following = datetime(year + (month == 11), (month + 1) % 12 + 1, 1, tzinfo=UTC)
            days = (following - EPOCH).days - first_days[-1]
            sums.append(sums[-1] + days * _day_share(months, first_days[-1]))
            first_days.append(first_days[-1] + days)
    return tuple(first_days), tuple(sums)


@lru_cache(maxsize=4096)
def _months_before(months: tuple[int, ...], day: int) -> float:
    """Years' worth consumed before a day."""
    first_days, sums = _months_sums(months)
    month = bisect_right(first_days, day) - 1
    return sums[month] + (day - first_days[month]) * _day_share(months, day)


# fmt: off
PROFILES: Final = {
    "even": Profile((1,) * 12, (1,) * 24),
    #                         Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
    "heating": Profile(       (17, 15, 13,  8,  3,  1,  1,  1,  2,  8, 13, 16),
                       (2, 2, 2, 2, 3, 6, 8, 7, 5, 4, 4, 4, 4, 4, 4, 5, 6, 7, 7, 7, 6, 5, 3, 2)),
    "cold_water": Profile(    ( 9,  9,  9, 10, 10, 11, 11, 10, 10,  9,  9,  9),
                       (1, 0, 0, 0, 0, 2, 8, 9, 7, 5, 4, 4, 5, 4, 3, 3, 4, 5, 7, 8, 7, 5, 3, 2)),
    "warm_water": Profile(    (11, 11, 10,  9,  8,  7,  6,  7,  8,  9, 10, 11),
                       (0, 0, 0, 0, 0, 3, 9, 9, 6, 4, 3, 3, 3, 2, 2, 2, 3, 4, 7, 8, 8, 5, 3, 1)),
    "household": Profile(     (10, 9,  9,  8,  7,  7,  7,  7,  7,  8,  9, 10),
                       (2, 2, 2, 2, 2, 2, 4, 5, 4, 4, 4, 5, 6, 5, 4, 4, 5, 7, 9, 9, 8, 7, 5, 3)),
    "two_shifts": Profile(    ( 9, 9, 10,  9,  9,  9,  7,  6, 10, 10, 10,  8),
                       (2, 2, 2, 2, 3, 6, 9, 9, 9, 9, 8, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8, 7, 3, 2)),
    "cooling": Profile(       ( 2, 2,  3,  5, 10, 16, 20, 19, 11,  5,  3,  2),
                       (2, 2, 2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 8, 7, 6, 5, 4, 3, 3, 2)),
}
# fmt: on
