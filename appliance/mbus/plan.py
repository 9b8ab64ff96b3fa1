"""Compiled plans: all values of a telegram whose layout is known, in one `struct` call and one expression a record.

A plan is a function made once per layout. Its source is put together from the rows below and nothing else: which rows,
and in which order, is what the layout decides; no octet and no text of a meter ever stands in it. What is not worth
a row is read by the coding itself, and so is every value that is odd (digits beyond 9, minus signs, impossible days),
so that a plan always says what the slow path says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby
from struct import Struct
from typing import Any, Final, NamedTuple

from appliance.mbus.codings import Coding, Kind, Order, Raw
from appliance.mbus.moments import days, midnights, names_of, odd_moment, passed, taken
from appliance.mbus.numerals import read_bcd
from appliance.mbus.singles import real

Values = tuple[Raw, ...]
Reader = Callable[[bytes], Values]

NO_NUMBER: Final = -(10**13)  # keeps every sum of digits below zero in which it takes part
ODD_REMEMBERED: Final = 256  # a meter without a value sends the same digits that are none each time


class Row(NamedTuple):
    """How values of one kind and size are taken: the codes of `struct`, and an expression over what it gives."""

    codes: str
    expression: str
    odd: str = ""  # what reads the value where the expression gives less than 0


def _bcd(size: int) -> Row:
    """The row for so many octets of two digits each."""
    octets = ", ".join(f"{{{place}}}" for place in range(size))
    return Row("B" * size, " + ".join(f"digits{n}[{{{n}}}]" for n in range(size)), f"odd(bytes(({octets},)))")


# fmt: off
ROWS: Final = {
    (Kind.INTEGER, 1):   Row("b",   "{0}"),
    (Kind.INTEGER, 2):   Row("h",   "{0}"),
    (Kind.INTEGER, 3):   Row("Hb",  "{0} | {1} << 16"),
    (Kind.INTEGER, 4):   Row("i",   "{0}"),
    (Kind.INTEGER, 5):   Row("Ib",  "{0} | {1} << 32"),
    (Kind.INTEGER, 6):   Row("Ih",  "{0} | {1} << 32"),
    (Kind.INTEGER, 8):   Row("q",   "{0}"),
    (Kind.UNSIGNED, 1):  Row("B",   "{0}"),
    (Kind.UNSIGNED, 2):  Row("H",   "{0}"),
    (Kind.UNSIGNED, 3):  Row("HB",  "{0} | {1} << 16"),
    (Kind.UNSIGNED, 4):  Row("I",   "{0}"),
    (Kind.UNSIGNED, 5):  Row("IB",  "{0} | {1} << 32"),
    (Kind.UNSIGNED, 6):  Row("IH",  "{0} | {1} << 32"),
    (Kind.UNSIGNED, 8):  Row("Q",   "{0}"),
    (Kind.DATE, 2):      Row("H",   taken("days", "{0}")),
    (Kind.DATE_TIME, 4): Row("HH",  f"m + t if (m := {taken('midnights', '{1}')}) is not None"
                                    f" and (t := {taken('passed', '{0}')}) is not None"
                                    " else odd_moment({0} | {1} << 16)"),
    (Kind.REAL, 4):      Row("f",   "real({0})"),
    **{(Kind.BCD, size): _bcd(size) for size in range(1, 7)},
}
OCTETS: Final = Row("s", "{0}")
NO_ROW: Final = Row("s", "{read}({0})")  # the coding reads the octets itself
# fmt: on


def digits(place: int) -> tuple[int, ...]:
    """What an octet of BCD is worth as the one at `place`; far below zero where a digit is none.

    A table for each octet is small enough to stay near the processor, which one for every two octets is not.
    """
    pairs = [tens * 10 + ones if tens < 10 > ones else NO_NUMBER for tens in range(16) for ones in range(16)]
    return tuple(pair * 100**place for pair in pairs)


@lru_cache(ODD_REMEMBERED)
def odd(octets: bytes) -> int | None:
    """BCD that is no plain number: a minus sign, or digits that say that there is none."""
    return read_bcd(octets)


@cache
def functions() -> dict[str, Any]:
    """What the source of every plan may use, made when the first is."""
    return {
        "EMPTY": b"",
        "odd": odd,
        "odd_moment": odd_moment,
        "real": real,
        **{f"digits{place}": digits(place) for place in range(6)},
        **names_of(days=days, midnights=midnights, passed=passed),
    }


class Part(NamedTuple):
    """One record in the source: the names of the fields that `struct` gives for it, and expressions over them."""

    fields: list[str]
    expression: str
    odd: str

    @property
    def value(self) -> str:
        """Source of the value, odd or not."""
        return f"n if (n := {self.expression}) >= 0 else {self.odd}" if self.odd else self.expression


class Column(NamedTuple):
    """A record as a plan sees it: its coding, and where its data stand in the frame."""

    coding: Coding
    start: int
    end: int


def reader(columns: Sequence[Column], positions: Iterable[int]) -> Reader:
    """A plan: from octets that stand at `positions` of the frame, the values of the records in their order."""
    names, parts = source_parts(columns, positions)
    fields = [field for part in parts for field in part.fields]
    values = " ".join(f"({part.value})," for part in parts)
    source = f"def values(octets):\n    [{', '.join(fields)}] = unpack(octets)\n    return ({values})\n"
    exec(source, names)  # see the module's docstring for what stands in it
    made: Reader = names["values"]
    return made


def source_parts(columns: Sequence[Column], positions: Iterable[int]) -> tuple[dict[str, Any], list[Part]]:
    """What a plan is made of: the names its source uses, and for each record fields and expression."""
    rows = [_row(column.coding) for column in columns]
    octets = Struct(_format(columns, rows, positions))
    names: dict[str, Any] = {**functions(), "unpack": octets.unpack}
    parts: list[Part] = []
    count = 0
    for number, (column, row) in enumerate(zip(columns, rows, strict=True)):
        given = [f"x{count + n}" for n in range(len(row.codes))] if column.end > column.start else []
        count += len(given)
        if row is NO_ROW:
            names[f"read{number}"] = column.coding.reader
        fields = given or ["EMPTY"]
        parts.append(Part(given, row.expression.format(*fields, read=f"read{number}"), row.odd.format(*fields)))
    return names, parts


def _row(coding: Coding) -> Row:
    """The row for a coding, one of the two general ones where it has none of its own."""
    if coding.kind is Kind.RAW:
        return OCTETS
    if coding.order is Order.LEAST_FIRST or coding.size == 1:
        return ROWS.get((coding.kind, coding.size), NO_ROW)
    return NO_ROW


def _format(columns: Sequence[Column], rows: Sequence[Row], positions: Iterable[int]) -> str:
    """The `struct` format over `positions`: the codes of each column where it begins, else octets passed over."""
    codes = {
        column.start: _codes(column, row)
        for column, row in zip(columns, rows, strict=True)
        if column.end > column.start
    }
    inside = {position for column in columns for position in range(column.start, column.end)}
    parts = [codes.get(position, "" if position in inside else "x") for position in positions]
    return "<" + "".join(_shortened(parts))


def _shortened(parts: Iterable[str]) -> Iterator[str]:
    for part, run in groupby(parts):
        count = sum(1 for _ in run)
        yield f"{count}x" if part == "x" else part * count


def _codes(column: Column, row: Row) -> str:
    return f"{column.end - column.start}s" if row.codes == "s" else row.codes
