"""Dates and times on the wire: types F, G, I and J (public M-Bus documentation; OMS volume 2).

```text
G  day (5)  year (3 low | 4 high bits)  month (4)                                              16 bit
F  minute (6)  invalid (bit 7)  hour (5)  century (bits 5-6)  summer time (bit 7)  then as G   32 bit
J  second (6)  minute (6)  hour (5)                                                            24 bit
I  second (6)  summer time (bit 6)  leap year (bit 7)  minute (6)  ahead (bit 6)  invalid (bit 7)
   hour (5)  weekday (3)  then as G  week (6)  hours of summer time (2)                        48 bit
```
A meter's clock knows no zone: the values are naive. A time that the meter marks as invalid is told, with a remark;
days that no calendar has are None, and the remarks say why. Types G and J are none at all with all bits set.
What type I says beyond its moment is told as the open decoders exmbus and pyMBusMaster read it.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, datetime, time
from typing import Final

from appliance.errors import EncodeError

EVERY_YEAR: Final = 127
EVERY_MONTH: Final = 15
EVERY_DAY: Final = 0
EVERY_HOUR: Final = 31
EVERY_MINUTE: Final = 63
EVERY_SECOND: Final = 63
NO_YEAR: Final = 127
NO_DATE: Final = b"\xff\xff"
NO_TIME: Final = b"\xff\xff\xff"
INVALID: Final = 0x80
LAST_YEAR_AFTER_2000: Final = 80  # two-digit years up to it are of this century, later ones of the last


def read_date(octets: bytes) -> date | None:
    """Type G."""
    year = octets[0] >> 5 | octets[1] >> 1 & 0x78
    try:
        return date(_full_year(year, 0), octets[1] & 0x0F, octets[0] & 0x1F)
    except ValueError:
        return None


def read_date_time(octets: bytes) -> datetime | None:
    """Type F."""
    minute, hour, low, high = octets
    year = _full_year(low >> 5 | high >> 1 & 0x78, hour >> 5 & 3)
    try:
        return datetime(year, high & 0x0F, low & 0x1F, hour & 0x1F, minute & 0x3F)  # noqa: DTZ001 - no zone on the wire
    except ValueError:
        return None


def read_time(octets: bytes) -> time | None:
    """Type J."""
    try:
        return time(octets[2] & 0x1F, octets[1] & 0x3F, octets[0] & 0x3F)
    except ValueError:
        return None


def read_long_date_time(octets: bytes) -> datetime | None:
    """Type I."""
    second, minute, hour, low, high, _ = octets
    year = _full_year(low >> 5 | high >> 1 & 0x78, 0)
    try:
        return datetime(  # noqa: DTZ001 - no zone on the wire
            year, high & 0x0F, low & 0x1F, hour & 0x1F, minute & 0x3F, second & 0x3F
        )
    except ValueError:
        return None


def _full_year(year: int, century: int) -> int:
    """The century field counts from 1900; meters that leave it 0 mean 1981 to 2080."""
    if year > 99:
        return 0  # no calendar year: `date` refuses it
    return 1900 + 100 * (century or year <= LAST_YEAR_AFTER_2000) + year


def date_remarks(octets: bytes) -> tuple[str, ...]:
    """Type G in words, where it is no plain day."""
    if read_date(octets) is not None:
        return ()
    if octets == NO_DATE:
        return ("no date",)
    return _recurring(octets) or (f"no such day: {octets.hex().upper()}",)


def date_time_remarks(octets: bytes) -> tuple[str, ...]:
    """Type F in words: invalid, summer time, recurring."""
    marks = _marks(octets[0] & INVALID, octets[1] & 0x80)
    return marks if read_date_time(octets) else marks + _problem(octets[0], octets[1], octets[2:])


def long_date_time_remarks(octets: bytes) -> tuple[str, ...]:
    """Type I in words: invalid, summer time and by how many hours, recurring, parts that are not told."""
    marks = _marks(octets[1] & INVALID, octets[0] & 0x40) + _deviation(octets[5] >> 6, bool(octets[1] & 0x40))
    if read_long_date_time(octets):
        return marks
    clock = _recurring_second(octets[0]) + _recurring_time(octets[1], octets[2])
    return marks + (_not_told(octets[3:5]) + clock or _no_such_time(octets[1], octets[2], octets[3:5]))


def _deviation(hours: int, ahead: bool) -> tuple[str, ...]:
    return (f"summer time is {hours} h {'ahead' if ahead else 'behind'}",) * bool(hours)


def _not_told(day: bytes) -> tuple[str, ...]:
    """What a moment of type I leaves open."""
    open_parts = {
        "no year": (day[0] >> 5 | day[1] >> 1 & 0x78) == NO_YEAR,
        "no month": day[1] & 0x0F == 0,
        "no day": day[0] & 0x1F == 0,
    }
    return tuple(words for words, holds in open_parts.items() if holds)


def time_remarks(octets: bytes) -> tuple[str, ...]:
    """Type J in words, where it is no plain time."""
    if read_time(octets) is not None:
        return ()
    if octets == NO_TIME:
        return ("no time",)
    every = _recurring_second(octets[0]) + _recurring_time(octets[1], octets[2])
    return every or (f"no such time: {octets.hex().upper()}",)


def _marks(invalid: int, summer_time: int) -> tuple[str, ...]:
    return ("the meter marks its time as invalid",) * bool(invalid) + ("summer time",) * bool(summer_time)


def _problem(minute: int, hour: int, day: bytes) -> tuple[str, ...]:
    return _recurring(day) + _recurring_time(minute, hour) or _no_such_time(minute, hour, day)


def _no_such_time(minute: int, hour: int, day: bytes) -> tuple[str, ...]:
    return (f"no such time: {minute & 0x3F:02X}{hour & 0x1F:02X}{day.hex().upper()}",)


def _recurring(day: bytes) -> tuple[str, ...]:
    every = {
        "every year": (day[0] >> 5 | day[1] >> 1 & 0x78) == EVERY_YEAR,
        "every month": day[1] & 0x0F == EVERY_MONTH,
        "every day": day[0] & 0x1F == EVERY_DAY and day != bytes(2),
    }
    return tuple(words for words, holds in every.items() if holds)


def _recurring_time(minute: int, hour: int) -> tuple[str, ...]:
    every = {"every hour": hour & 0x1F == EVERY_HOUR, "every minute": minute & 0x3F == EVERY_MINUTE}
    return tuple(words for words, holds in every.items() if holds)


def _recurring_second(second: int) -> tuple[str, ...]:
    return ("every second",) * (second & 0x3F == EVERY_SECOND)


def write_date(value: date) -> bytes:
    """Type G; raises `EncodeError` for years it cannot tell."""
    year = _short_year(value)
    return bytes((value.day | (year & 7) << 5, value.month | (year & 0x78) << 1))


def write_date_time(value: datetime) -> bytes:
    """Type F, with the century field; raises `EncodeError` for what it cannot tell, seconds and zones among it."""
    _refuse(value, second=value.second, microsecond=value.microsecond, zone=value.tzinfo)
    century, year = divmod(value.year - 1900, 100)
    if not 0 <= century <= 3:
        raise EncodeError(f"Type F tells years from 1900 to 2299, not {value.year}.")
    if century == 0 and year <= LAST_YEAR_AFTER_2000:
        raise EncodeError(f"Type F cannot tell {value.year} from {value.year + 100}.")
    day = bytes((value.day | (year & 7) << 5, value.month | (year & 0x78) << 1))
    return bytes((value.minute, value.hour | century << 5)) + day


def write_time(value: time) -> bytes:
    """Type J; raises `EncodeError` for what it cannot tell."""
    _refuse(value, microsecond=value.microsecond, zone=value.tzinfo)
    return bytes((value.second, value.minute, value.hour))


def write_long_date_time(value: datetime) -> bytes:
    """Type I, with the day of the week, the week of the year, and whether that is a leap year."""
    _refuse(value, microsecond=value.microsecond, zone=value.tzinfo)
    week, weekday = value.isocalendar()[1:]
    clock = bytes((value.second | isleap(value.year) << 7, value.minute, value.hour | weekday << 5))
    return clock + write_date(value) + bytes((week,))


def _refuse(value: object, **parts: object) -> None:
    """What a type has no bits for must not get lost in silence."""
    for name, part in parts.items():
        if part:
            raise EncodeError(f"{value} has a {name}, which this type of the wire cannot tell.")


def _short_year(value: date) -> int:
    if not 1900 + LAST_YEAR_AFTER_2000 < value.year <= 2000 + LAST_YEAR_AFTER_2000:
        raise EncodeError(f"A date of type G lies between 1981 and 2080, not in {value.year}.")
    return value.year % 100
