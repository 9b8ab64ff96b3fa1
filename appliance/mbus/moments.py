"""Days and times of day by the 16 bits that stand for them on the wire, each made once: types G and F of EN 13757-3.

Type F is two such numbers: minute, hour and century below, the day as in type G above. Where the century is 0 or 1 and
the year's two digits are 00 to 80, both halves can be read apart, and all but odd moments are of that kind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final, TypeVar

from appliance.mbus.dates import read_date, read_date_time, read_time

Found = TypeVar("Found")

REMEMBERED: Final = 4096  # eleven years of days, all minutes of a day
ODD_REMEMBERED: Final = 256  # a meter without a date sends the same octets each time
NUMBERS: Final = 1 << 16
FIRST_YEAR: Final = 2000  # of those that two digits and a century of 0 or 1 tell alike
ANOTHER_CENTURY: Final = 0x4000


class Met(dict[int, Found]):
    """What numbers of 16 bits stand for, once they were met: `make` says it of a new one."""

    def __init__(self, make: Callable[[int], Found]) -> None:
        super().__init__()
        self._make = make

    @cached_property
    def table(self) -> list[Found | None]:
        """The same by place, where it is not false: found in a quarter of the time that a dictionary takes."""
        return [None] * NUMBERS

    def __missing__(self, number: int) -> Found:
        if len(self) >= REMEMBERED:
            self.clear()
            self.table[:] = [None] * NUMBERS
        found = self[number] = self.table[number] = self._make(number)
        return found


def taken(name: str, field: str) -> str:
    """Source of a plan that asks the `Met` called so for what a field stands for."""
    return f"({name}_table[{field}] or {name}[{field}])"


def names_of(**met: Met[Any]) -> dict[str, Any]:
    """The names that such source needs."""
    return {**met, **{f"{name}_table": each.table for name, each in met.items()}}


def day(number: int) -> date | None:
    """Type G."""
    return read_date(number.to_bytes(2, "little"))


def midnight(number: int) -> datetime | None:
    """The upper half of type F as the beginning of its day; None where that takes the lower half to say."""
    found = day(number)
    return None if found is None or found.year < FIRST_YEAR else datetime.combine(found, time())


def clock(number: int) -> time | None:
    """The lower half of type F; None where no day has it, or the century is another than that of two digits alone."""
    return None if number & ANOTHER_CENTURY else read_time(bytes((0, number & 0x3F, number >> 8)))


def since_midnight(number: int) -> timedelta | None:
    """The same as a duration: to add it takes less time than to combine day and clock."""
    found = clock(number)
    return None if found is None else timedelta(hours=found.hour, minutes=found.minute)


@lru_cache(ODD_REMEMBERED)
def odd_moment(number: int) -> datetime | None:
    """A moment of type F by both its halves, plain or not."""
    return read_date_time(number.to_bytes(4, "little"))


days: Final = Met(day)
midnights: Final = Met(midnight)
passed: Final = Met(since_midnight)
