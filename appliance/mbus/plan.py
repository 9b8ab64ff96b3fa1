"""Compiled plans: all values of a telegram whose layout is known, in one `struct` call and one expression a record.

A plan is a function made once per layout. Its source is put together from the rows below and nothing else: which rows,
and in which order, is what the layout decides; no octet and no text of a meter ever stands in it. What is not worth
a row is read by the coding itself, and so is every value that is odd (digits beyond 9, minus signs, impossible days),
so that a plan always says what the slow path says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby, starmap
from struct import Struct
from typing import Any, Final, NamedTuple

from appliance.mbus.codings import Coding, Kind, Order, Raw, read_bcd
from appliance.mbus.dates import read_date, read_date_time

Values = tuple[Raw, ...]
Reader = Callable[..., Values]

NO_NUMBER: Final = -(10**13)  # keeps every sum of digits below zero in which it takes part
DAYS_REMEMBERED: Final = 4096


class Row(NamedTuple):
    """How values of one kind and size are taken: the codes of `struct`, and an expression over what it gives."""

    codes: str
    expression: str


# fmt: off
ROWS: Final = {
    (Kind.INTEGER, 1):   Row("b",   "{0}"),
    (Kind.INTEGER, 2):   Row("h",   "{0}"),
    (Kind.INTEGER, 3):   Row("Hb",  "{0} | {1} << 16"),
    (Kind.INTEGER, 4):   Row("i",   "{0}"),
    (Kind.INTEGER, 6):   Row("Ih",  "{0} | {1} << 32"),
    (Kind.INTEGER, 8):   Row("q",   "{0}"),
    (Kind.UNSIGNED, 1):  Row("B",   "{0}"),
    (Kind.UNSIGNED, 2):  Row("H",   "{0}"),
    (Kind.UNSIGNED, 3):  Row("HB",  "{0} | {1} << 16"),
    (Kind.UNSIGNED, 4):  Row("I",   "{0}"),
    (Kind.UNSIGNED, 6):  Row("IH",  "{0} | {1} << 32"),
    (Kind.UNSIGNED, 8):  Row("Q",   "{0}"),
    (Kind.BCD, 1):       Row("B",   "n if (n := digits[{0}]) >= 0 else odd({0}, 1)"),
    (Kind.BCD, 2):       Row("H",   "n if (n := digits[{0}]) >= 0 else odd({0}, 2)"),
    (Kind.BCD, 3):       Row("HB",  "n if (n := digits[{0}] + digits[{1}] * 10000) >= 0 else odd({0} | {1} << 16, 3)"),
    (Kind.BCD, 4):       Row("HH",  "n if (n := digits[{0}] + digits[{1}] * 10000) >= 0 else odd({0} | {1} << 16, 4)"),
    (Kind.BCD, 6):       Row("HHH", "n if (n := digits[{0}] + digits[{1}] * 10000 + digits[{2}] * 100000000) >= 0"
                                    " else odd({0} | {1} << 16 | {2} << 32, 6)"),
    (Kind.DATE, 2):      Row("H",   "day({0})"),
    (Kind.DATE_TIME, 4): Row("I",   "moment({0})"),
}
# fmt: on


@cache
def digits() -> Sequence[int]:
    """The number that each two octets of BCD hold, `NO_NUMBER` where a digit is none."""
    pairs = [tens * 10 + ones if tens < 10 > ones else NO_NUMBER for tens in range(16) for ones in range(16)]
    return [high * 100 + low if low >= 0 <= high else NO_NUMBER for high in pairs for low in pairs]


def odd(number: int, size: int) -> int | None:
    """BCD that is no plain number: a minus sign, or digits that say that there is none."""
    return read_bcd(number.to_bytes(size, "little"))


@lru_cache(DAYS_REMEMBERED)
def day(number: int) -> Raw:
    """A date of type G; meters send few different ones."""
    return read_date(number.to_bytes(2, "little"))


def moment(number: int) -> Raw:
    """A date and time of type F."""
    return read_date_time(number.to_bytes(4, "little"))


class Column(NamedTuple):
    """A record as a plan sees it: its coding, and where its data stand in the frame."""

    coding: Coding
    start: int
    end: int


class Plan:
    """Reads the values of all records, from a whole frame or from the data octets alone."""

    __slots__ = ("_data", "_frame", "_read")

    def __init__(self, columns: Sequence[Column], length: int, kept: Iterable[int]) -> None:
        """`columns` in their order, `length` of the frame, `kept` the positions of its data octets."""
        rows = [_row(column.coding) for column in columns]
        self._frame = Struct(_format(columns, rows, range(length)))
        self._data = Struct(_format(columns, rows, kept))
        self._read = _compile(columns, rows)

    def values(self, octets: bytes) -> Values:
        """From a whole frame."""
        return self._read(*self._frame.unpack(octets))

    def values_of_data(self, data: bytes) -> Values:
        """From the data octets that a store keeps of a frame."""
        return self._read(*self._data.unpack(data))

    def values_of_all(self, data: Iterable[bytes]) -> Iterator[Values]:
        """From the data octets of many frames."""
        return starmap(self._read, self._data.iter_unpack(b"".join(data)))


def _row(coding: Coding) -> Row:
    """The row for a coding; the coding itself, on its octets, where there is none."""
    row = ROWS.get((coding.kind, coding.size))
    if row is not None and (coding.order is Order.LEAST_FIRST or coding.size == 1):
        return row
    return Row(f"{coding.size}s", "{read}({0})")


def _format(columns: Sequence[Column], rows: Sequence[Row], positions: Iterable[int]) -> str:
    """The `struct` format over `positions`: the codes of each column where it begins, else octets passed over."""
    codes = {column.start: row.codes for column, row in zip(columns, rows, strict=True) if column.end > column.start}
    inside = {position for column in columns for position in range(column.start, column.end)}
    parts = [codes.get(position, "" if position in inside else "x") for position in positions]
    return "<" + "".join(_shortened(parts))


def _shortened(parts: Iterable[str]) -> Iterator[str]:
    for part, run in groupby(parts):
        count = sum(1 for _ in run)
        yield f"{count}x" if part == "x" else part * count


def _compile(columns: Sequence[Column], rows: Sequence[Row]) -> Reader:
    """The function from what `struct` gives to the values."""
    names: dict[str, Any] = {"digits": digits(), "odd": odd, "day": day, "moment": moment}
    arguments: list[str] = []
    expressions: list[str] = []
    for number, (column, row) in enumerate(zip(columns, rows, strict=True)):
        given = [] if column.end == column.start else [f"x{len(arguments) + n}" for n in range(_fields(row))]
        arguments += given
        expressions.append(row.expression.format(*given or ["b''"], read=f"read{number}"))
        names[f"read{number}"] = column.coding.read
    source = f"lambda {', '.join(arguments)}: ({' '.join(f'({expression}),' for expression in expressions)})"
    reader: Reader = eval(source, names)
    return reader


def _fields(row: Row) -> int:
    """How many values `struct` gives for a row."""
    return 1 if row.codes.endswith("s") else len(row.codes)
