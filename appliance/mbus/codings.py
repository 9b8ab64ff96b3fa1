"""Codings: how the data octets of a record become a value, and back.

Values are exact: integers, the shortest decimal number that is the IEEE 754 value, dates, clean text, octets. Octets
that are no value (digits A to F, not a number, 31 February) read as None; `remarks` says why. Reading is apart from
the words about it, since a plan reads many telegrams and words only those a person looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from appliance.errors import EncodeError
from appliance.mbus import dates, numerals
from appliance.mbus.text import MeterText

Raw = int | Decimal | str | bytes | date | datetime | time | None


class Kind(StrEnum):
    """What the octets are."""

    NONE = "none"
    INTEGER = "integer"
    UNSIGNED = "unsigned integer"
    BCD = "BCD"
    NEGATIVE_BCD = "negative BCD"
    REAL = "real"
    TEXT = "text"
    DATE = "date"  # type G
    DATE_TIME = "date and time"  # type F
    LONG_DATE_TIME = "long date and time"  # type I
    TIME = "time"  # type J
    RAW = "octets"


class Order(StrEnum):
    """Which octet of several comes first."""

    LEAST_FIRST = "least significant first"
    MOST_FIRST = "most significant first"  # mode 2, CI 76 and 77


@dataclass(frozen=True, slots=True)
class Coding:
    """Kind, size in octets and byte order of a record's data."""

    kind: Kind
    size: int
    order: Order = Order.LEAST_FIRST

    def read(self, octets: bytes) -> Raw:
        """The value, None where the octets are none."""
        return METHODS[self.kind].read(self._least_first(octets))

    @property
    def reader(self) -> Callable[[bytes], Raw]:
        """`read`, without the steps that are the same for all octets."""
        return METHODS[self.kind].read if self.order is Order.LEAST_FIRST else self.read

    def remarks(self, octets: bytes) -> tuple[str, ...]:
        """What there is to say about the octets beyond their value."""
        return METHODS[self.kind].remarks(self._least_first(octets))

    def write(self, value: Raw | float) -> bytes:
        """The octets of a value; raises `EncodeError` where it does not fit."""
        octets = METHODS[self.kind].write(value, self.size)
        if len(octets) != self.size:
            raise EncodeError(f"{value!r} takes {len(octets)} octets, the coding has {self.size}.")
        return self._least_first(octets)

    def _least_first(self, octets: bytes) -> bytes:
        if self.order is Order.MOST_FIRST and self.kind is not Kind.RAW:
            return octets[::-1]
        return octets


class Method(NamedTuple):
    """The three functions of a kind, on octets with the least significant first."""

    read: Callable[[bytes], Raw]
    write: Callable[[Any, int], bytes]
    remarks: Callable[[bytes], tuple[str, ...]]


def _nothing(octets: bytes) -> None:
    """No data."""


def _no_remarks(octets: bytes) -> tuple[str, ...]:
    return ()


def _write_nothing(value: object, size: int) -> bytes:
    if value is not None:
        raise EncodeError(f"A record without data cannot hold {value!r}.")
    return b""


def _write_text(value: str, size: int) -> bytes:
    try:
        return value.encode("latin-1")[::-1]
    except (UnicodeEncodeError, AttributeError) as error:
        raise EncodeError(f"{value!r} is no text of ISO 8859-1.") from error


def _writes_moment(kind: type, write: Callable[[Any], bytes]) -> Callable[[Any, int], bytes]:
    def checked(value: object, size: int) -> bytes:
        if type(value) is not kind:
            raise EncodeError(f"{value!r} is no {kind.__name__}.")
        return write(value)

    return checked


def _write_raw(value: bytes, size: int) -> bytes:
    if not isinstance(value, bytes | bytearray):
        raise EncodeError(f"{value!r} are no octets.")
    return bytes(value)


# fmt: off
METHODS: Final = {
    Kind.NONE:           Method(_nothing, _write_nothing, _no_remarks),
    Kind.INTEGER:        Method(numerals.read_integer, numerals.write_integer, _no_remarks),
    Kind.UNSIGNED:       Method(numerals.read_unsigned, numerals.write_unsigned, _no_remarks),
    Kind.BCD:            Method(numerals.read_bcd, numerals.write_bcd, numerals.bcd_remarks),
    Kind.NEGATIVE_BCD:   Method(numerals.read_negative_bcd, numerals.write_negative_bcd, numerals.bcd_remarks),
    Kind.REAL:           Method(numerals.read_real, numerals.write_real, numerals.real_remarks),
    Kind.TEXT:           Method(MeterText.from_wire, _write_text, _no_remarks),
    Kind.DATE:           Method(dates.read_date, _writes_moment(date, dates.write_date), dates.date_remarks),
    Kind.DATE_TIME:      Method(dates.read_date_time, _writes_moment(datetime, dates.write_date_time),
                                dates.date_time_remarks),
    Kind.LONG_DATE_TIME: Method(dates.read_long_date_time, _writes_moment(datetime, dates.write_long_date_time),
                                dates.long_date_time_remarks),
    Kind.TIME:           Method(dates.read_time, _writes_moment(time, dates.write_time), dates.time_remarks),
    Kind.RAW:            Method(bytes, _write_raw, _no_remarks),
}

# Data field of the DIF: kind and size. 0D is LVAR, 0F a special function.
DATA_FIELDS: Final = {
    0x0: (Kind.NONE, 0),
    0x1: (Kind.INTEGER, 1),
    0x2: (Kind.INTEGER, 2),
    0x3: (Kind.INTEGER, 3),
    0x4: (Kind.INTEGER, 4),
    0x5: (Kind.REAL, 4),
    0x6: (Kind.INTEGER, 6),
    0x7: (Kind.INTEGER, 8),
    0x8: (Kind.NONE, 0),  # selection for readout
    0x9: (Kind.BCD, 1),
    0xA: (Kind.BCD, 2),
    0xB: (Kind.BCD, 3),
    0xC: (Kind.BCD, 4),
    0xE: (Kind.BCD, 6),
}
DATES_BY_SIZE: Final = {2: Kind.DATE, 3: Kind.TIME, 4: Kind.DATE_TIME, 6: Kind.LONG_DATE_TIME}
# fmt: on


class Length(NamedTuple):
    """A range of LVAR octets: what follows, and in how many octets per step above `base`."""

    first: int
    last: int
    kind: Kind
    base: int
    octets: int = 1


# fmt: off
LENGTHS: Final = (
    Length(0x00, 0xBF, Kind.TEXT,         0x00),
    Length(0xC0, 0xCF, Kind.BCD,          0xC0),
    Length(0xD0, 0xDF, Kind.NEGATIVE_BCD, 0xD0),
    Length(0xE0, 0xEF, Kind.INTEGER,      0xE0),
    Length(0xF0, 0xF4, Kind.RAW,          0xEC, 4),   # 16 to 32 octets
    Length(0xF5, 0xF5, Kind.RAW,          0xF4, 48),
    Length(0xF6, 0xF6, Kind.RAW,          0xF5, 64),
    Length(0xF8, 0xF8, Kind.REAL,         0xF0),
)
# fmt: on


def by_length(lvar: int) -> tuple[Kind, int] | None:
    """Kind and size that an LVAR octet tells, None for reserved ones."""
    for row in LENGTHS:
        if row.first <= lvar <= row.last:
            return row.kind, (lvar - row.base) * row.octets
    return None
