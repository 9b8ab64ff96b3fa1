"""Values of many telegrams of one layout at once: what a year of a meter takes.

The data octets of all telegrams lie behind one another and are taken as one long integer. A few steps on it make plain
binary numbers of all BCD digits, where they stand; then the plan reads those as it reads unsigned integers.

```text
digits of an octet        16 a + b            - 6 a              = 10 a + b
two neighbouring octets   256 a + b           - (256 - 100) a    = 100 a + b
two pairs, two fours      likewise, with the powers of 256 and 100
```
No lane ever borrows from its neighbour, since none becomes negative. Telegrams with BCD digits that are none (a meter
without a value sends them) are read one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from appliance.errors import TelegramError
from appliance.mbus.codings import Kind, Order
from appliance.mbus.plan import ROWS, Column, Reader, Values, source_parts

TOGETHER: Final = 256  # telegrams: enough to share the work of a step, few enough to stay near the processor
DIGIT: Final = 0x0F
WIDTHS: Final = (1, 2, 4)  # octets of the halves that a step puts together


class Step(NamedTuple):
    """Subtracts `factor` times the upper half of each number from the whole of it."""

    shift: int
    mask: int
    factor: int


class Digits:
    """Makes binary numbers of the BCD fields in so many rows of octets."""

    def __init__(self, fields: Sequence[range], width: int, rows: int) -> None:
        octets = [place for field in fields for place in field]
        self._size = width * rows
        self._ones = _mask(octets, 0x11, width, rows)
        self._steps = [Step(4, _mask(octets, DIGIT, width, rows), 16 - 10)]
        for half in WIDTHS:
            halves = [place for field in fields for place in _lower_places(field, half)]
            if halves:
                self._steps.append(Step(8 * half, _mask(halves, 0xFF, width, rows), 256**half - 100**half))

    def convert(self, octets: bytes) -> bytes | None:
        """The rows with numbers in place of digits; None where a digit is none."""
        number = int.from_bytes(octets, "little")
        if number >> 3 & (number >> 2 | number >> 1) & self._ones:  # 8 with 4 or 2: A to F
            return None
        for shift, mask, factor in self._steps:
            number -= (number >> shift & mask) * factor
        return number.to_bytes(self._size, "little")


def reader_of_many(
    columns: Sequence[Column], positions: Sequence[int], singly: Reader
) -> Callable[[Sequence[bytes]], list[Values]]:
    """A plan for the data octets of many telegrams, in their order; `singly` reads one.

    It raises `TelegramError` where the data are of another layout.
    """
    places = {position: place for place, position in enumerate(positions)}
    whole = [column for column in columns if _is_whole_bcd(column)]
    fields = [range(places[column.start], places[column.start] + column.coding.size) for column in whole]
    read = _reader_of_rows([_as_unsigned(column) if column in whole else column for column in columns], positions)
    width = len(positions)
    digits = Digits(fields, width, TOGETHER)

    def values_of_many(datas: Sequence[bytes]) -> list[Values]:
        for length in set(map(len, datas)) - {width}:
            raise TelegramError(f"The layout has {width} octets of data, not {length}.")
        values: list[Values] = []
        for first in range(0, len(datas), TOGETHER):
            some = datas[first : first + TOGETHER]
            octets = b"".join(some)
            numbers = digits.convert(octets)
            values += map(singly, some) if numbers is None else read(numbers[: len(octets)])
        return values

    return values_of_many


def _is_whole_bcd(column: Column) -> bool:
    """Whether the steps can make an integer of it that the plan reads."""
    kind, size, order = column.coding.kind, column.coding.size, column.coding.order
    return kind is Kind.BCD and (order is Order.LEAST_FIRST or size == 1) and (Kind.UNSIGNED, size) in ROWS


def _as_unsigned(column: Column) -> Column:
    return column._replace(coding=replace(column.coding, kind=Kind.UNSIGNED))


def _reader_of_rows(columns: Sequence[Column], positions: Sequence[int]) -> Callable[[bytes], list[Values]]:
    """A plan for rows of octets behind one another, put together of the same parts as one for a single row."""
    names, parts = source_parts(columns, positions)
    fields = ", ".join(field for part in parts for field in part.fields)
    values = " ".join(f"({part.value})," for part in parts)
    exec(f"def rows(octets):\n    return [({values}) for [{fields}] in iter_unpack(octets)]\n", names)
    made: Callable[[bytes], list[Values]] = names["rows"]
    return made


def _lower_places(field: range, half: int) -> Iterator[int]:
    """Where the octets of upper halves come to stand when they are moved down to the lower ones."""
    for low in range(field.start, field.stop, 2 * half):
        yield from range(low, min(low + half, field.stop - half))


def _mask(places: Sequence[int], octet: int, width: int, rows: int) -> int:
    """A number with an octet at these places of each row."""
    row = bytearray(width)
    for place in places:
        row[place] = octet
    return int.from_bytes(bytes(row) * rows, "little")
