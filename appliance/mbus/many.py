"""Values of many telegrams of one layout, record by record: what a curve over a year takes.

The data octets of all telegrams lie behind one another. One record of all of them is taken out octet by octet, by
strides, into lanes of 1, 2, 4 or 8 octets, and each kind of coding makes values of whole lanes. Lanes of BCD are taken
as one long integer, on which a few steps make plain binary numbers of all digits:

```text
digits of an octet        16 a + b            - (16 - 10) a      = 10 a + b
two neighbouring octets   256 a + b           - (256 - 100) a    = 100 a + b
two pairs, two fours      likewise, with the powers of 256 and 100
```
No lane ever borrows from its neighbour, since none becomes negative. Lanes in which a digit is none (a meter without a
value sends such) are read one by one, as are codings that have no way of their own.

Numbers stay in arrays: a year of a meter with fifteen records takes 2 MB, not 20 as an object each.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from operator import add
from struct import unpack
from typing import Any, Final, NamedTuple, TypeVar

from appliance.errors import TelegramError
from appliance.mbus.codings import Coding, Kind, Order, Raw
from appliance.mbus.moments import days, midnights, odd_moment, passed
from appliance.mbus.numerals import read_bcd
from appliance.mbus.plan import Column
from appliance.mbus.singles import real

Found = TypeVar("Found")

TOGETHER: Final = (
    1024  # lanes in one integer: enough to share the work of a step, few enough to stay near the processor
)
LANES: Final = {1: 1, 2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 8: 8}
"""By the size of a record's data, the octets of its lane."""
CODES: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}
"""By the octets of a lane, the code of `array`."""
ANY_SIZE: Final = 0


class Step(NamedTuple):
    """Subtracts `factor` times the upper half of each number from the whole of it."""

    shift: int
    mask: int
    factor: int


class Digits:
    """Makes numbers of so many lanes of BCD."""

    def __init__(self, width: int, lanes: int) -> None:
        self._size = width * lanes
        self._ones = _mask(b"\x11", self._size)
        self._steps = [Step(4, _mask(b"\x0f", self._size), 16 - 10)]
        for half in (1, 2, 4):
            if half < width:
                mask = _mask(b"\xff" * half + bytes(half), self._size)
                self._steps.append(Step(8 * half, mask, 256**half - 100**half))

    def convert(self, lanes: bytes) -> bytes | None:
        """The same lanes with numbers in them; None where a digit is none."""
        number = int.from_bytes(lanes, "little")
        if number >> 3 & (number >> 2 | number >> 1) & self._ones:  # 8 with 4 or 2: A to F
            return None
        for shift, mask, factor in self._steps:
            number -= (number >> shift & mask) * factor
        return number.to_bytes(self._size, "little")[: len(lanes)]


class Telegrams:
    """The data octets of many telegrams of one layout. Raises `TelegramError` where they are of another."""

    def __init__(self, columns: Sequence[Column], positions: Sequence[int], datas: Sequence[bytes]) -> None:
        self._columns = columns
        self._positions = positions
        self._count = len(datas)
        for length in set(map(len, datas)) - {len(positions)}:
            raise TelegramError(f"The layout has {len(positions)} octets of data, not {length}.")
        self._octets = b"".join(datas)

    def values(self, index: int) -> Sequence[Raw]:
        """Raw values of one record, in the order of the telegrams."""
        coding, start, end = self._columns[index]
        way = WAYS.get((coding.kind, ANY_SIZE)) or WAYS.get((coding.kind, coding.size))
        if start == end or way is None or coding.size not in LANES:
            return self._singly(coding, start, end)
        return way(self._lanes(coding, start), coding.size)

    def _lanes(self, coding: Coding, start: int) -> bytes:
        """The data of one record with the least significant octet first, filled up with zeros."""
        places = range(coding.size) if coding.order is Order.LEAST_FIRST else range(coding.size - 1, -1, -1)
        first, width, row = self._positions.index(start), LANES[coding.size], len(self._positions)
        lanes = bytearray(width * self._count)
        for octet, place in enumerate(places):
            lanes[octet::width] = self._octets[first + place :: row]
        return bytes(lanes)

    def _singly(self, coding: Coding, start: int, end: int) -> list[Raw]:
        if start == end:
            return [coding.reader(b"")] * self._count
        first, row = self._positions.index(start), len(self._positions)
        read, octets = coding.reader, self._octets
        return [read(octets[place : place + end - start]) for place in range(first, len(octets), row)]


def _numbers(code: str, lanes: bytes) -> array[int]:
    """Lanes as what they are: the numbers of an array."""
    numbers = array(code, lanes)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _unsigned(lanes: bytes, size: int) -> array[int]:
    return _numbers(CODES[LANES[size]], lanes)


def _integer(lanes: bytes, size: int) -> Sequence[int]:
    width = LANES[size]
    if size == width:
        return _numbers(CODES[width].lower(), lanes)
    sign = 1 << 8 * size - 1
    return [(number ^ sign) - sign for number in _unsigned(lanes, size)]


def _bcd(lanes: bytes, size: int) -> Sequence[int | None]:
    width = LANES[size]
    parts = [lanes[first : first + width * TOGETHER] for first in range(0, len(lanes), width * TOGETHER)]
    numbers = [_digits(width).convert(part) for part in parts]
    sound = [plain for plain in numbers if plain is not None]
    if len(sound) == len(numbers):
        return _unsigned(b"".join(sound), size)
    values = list[int | None]()
    for part, plain in zip(parts, numbers, strict=True):
        if plain is None:
            values += (read_bcd(part[place : place + size]) for place in range(0, len(part), width))
        else:
            values += _unsigned(plain, size)
    return values


def _real(lanes: bytes, size: int) -> list[Decimal | None]:
    return list(map(real, unpack(f"<{len(lanes) // size}f", lanes)))


def _date(lanes: bytes, size: int) -> list[date | None]:
    numbers = _unsigned(lanes, size)
    found = {number: days[number] for number in set(numbers)}
    return _by_place(found, numbers)


def _date_time(lanes: bytes, size: int) -> Sequence[Raw]:
    """Type F. A year has few different days and minutes of the day: each is made once."""
    halves = _unsigned(lanes, size // 2)
    lowers, uppers = halves[::2], halves[1::2]
    times = {lower: passed[lower] for lower in set(lowers)}
    dates = {upper: midnights[upper] for upper in set(uppers)}
    if None in dates.values() or None in times.values():
        return list(map(_moment, lowers, uppers))
    return list(map(add, _by_place(dates, uppers), _by_place(times, lowers)))


def _by_place(found: dict[int, Found], numbers: Sequence[int]) -> list[Found]:
    """What each number stands for, looked up in a list: a dictionary compares the numbers that it finds."""
    table: list[Any] = [None] * (max(found, default=0) + 1)
    for number, each in found.items():
        table[number] = each
    return [table[number] for number in numbers]


def _moment(lower: int, upper: int) -> Raw:
    """A date and time of type F by its halves, plain or odd."""
    midnight, since = midnights[upper], passed[lower]
    return odd_moment(lower | upper << 16) if midnight is None or since is None else midnight + since


WAYS: Final[dict[tuple[Kind, int], Callable[[bytes, int], Sequence[Raw]]]] = {
    (Kind.UNSIGNED, ANY_SIZE): _unsigned,
    (Kind.INTEGER, ANY_SIZE): _integer,
    (Kind.BCD, ANY_SIZE): _bcd,
    (Kind.REAL, 4): _real,
    (Kind.DATE, 2): _date,
    (Kind.DATE_TIME, 4): _date_time,
}


@cache
def _digits(width: int) -> Digits:
    return Digits(width, TOGETHER)


def _mask(octets: bytes, size: int) -> int:
    """A number of so many octets, in which these come again and again."""
    return int.from_bytes(octets * (size // len(octets)), "little")
