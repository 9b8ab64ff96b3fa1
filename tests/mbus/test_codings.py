"""Codings: what is written is read back, odd octets are no value and say why."""

from __future__ import annotations

import math
import struct
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import EncodeError
from appliance.mbus.codings import LENGTHS, METHODS, Coding, Kind, Order, Raw, by_length
from appliance.mbus.text import HARMFUL, MeterText

ORDERS = st.sampled_from(list(Order))
SIZES = st.sampled_from([1, 2, 3, 4, 6, 8])


@given(ORDERS, SIZES, st.data())
def test_integers_are_read_as_written(order: Order, size: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(-(1 << 8 * size - 1), (1 << 8 * size - 1) - 1))
    assert written_and_read(Coding(Kind.INTEGER, size, order), number) == number
    unsigned = data.draw(st.integers(0, (1 << 8 * size) - 1))
    assert written_and_read(Coding(Kind.UNSIGNED, size, order), unsigned) == unsigned


@given(ORDERS, st.sampled_from([1, 2, 3, 4, 6, 15]), st.data())
def test_bcd_is_read_as_written(order: Order, size: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(-(10 ** (2 * size - 1)) + 1, 10 ** (2 * size) - 1))
    assert written_and_read(Coding(Kind.BCD, size, order), number) == number
    assert written_and_read(Coding(Kind.NEGATIVE_BCD, size, order), -abs(number)) == -abs(number)


@given(ORDERS, st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_single_precision_is_read_as_the_shortest_number_that_is_it(order: Order, number: float) -> None:
    value = written_and_read(Coding(Kind.REAL, 4, order), number)
    assert isinstance(value, Decimal)
    assert struct.unpack("<f", struct.pack("<f", float(value)))[0] == number
    assert len(value.as_tuple().digits) <= 9


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_double_precision_is_read_as_written(number: float) -> None:
    value = written_and_read(Coding(Kind.REAL, 8), number)
    assert isinstance(value, Decimal)
    assert float(value) == number


def test_single_precision_shows_no_digits_it_does_not_have() -> None:
    assert Coding(Kind.REAL, 4).read(struct.pack("<f", 49.992569)) == Decimal("49.99257")
    assert Coding(Kind.REAL, 4).read(struct.pack("<f", 0.1)) == Decimal("0.1")


@pytest.mark.parametrize(("number", "words"), [(math.nan, "not a number"), (math.inf, "infinite")])
def test_what_is_no_number_has_no_value(number: float, words: str) -> None:
    octets = struct.pack("<f", number)
    assert Coding(Kind.REAL, 4).read(octets) is None
    assert Coding(Kind.REAL, 4).remarks(octets) == (words,)


@given(ORDERS, st.text(st.characters(max_codepoint=255, exclude_categories=["Cc", "Cf"]), max_size=0xBF))
def test_text_is_read_as_written(order: Order, text: str) -> None:
    assert written_and_read(Coding(Kind.TEXT, len(text), order), text) == text


@given(ORDERS, st.dates(date(1981, 1, 1), date(2080, 12, 31)))
def test_dates_are_read_as_written(order: Order, day: date) -> None:
    assert written_and_read(Coding(Kind.DATE, 2, order), day) == day


@given(ORDERS, st.datetimes(datetime(1981, 1, 1), datetime(2299, 12, 31)))  # noqa: DTZ001 - a meter's clock has no zone
def test_times_with_century_are_read_as_written(order: Order, moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    assert written_and_read(Coding(Kind.DATE_TIME, 4, order), moment) == moment


@given(ORDERS, st.datetimes(datetime(1981, 1, 1), datetime(2080, 12, 31)))  # noqa: DTZ001 - a meter's clock has no zone
def test_times_with_seconds_are_read_as_written(order: Order, moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert written_and_read(Coding(Kind.LONG_DATE_TIME, 6, order), moment) == moment


@given(ORDERS, st.times())
def test_times_of_day_are_read_as_written(order: Order, moment: time) -> None:
    moment = moment.replace(microsecond=0)
    assert written_and_read(Coding(Kind.TIME, 3, order), moment) == moment


def written_and_read(coding: Coding, value: Raw | float) -> Raw:
    octets = coding.write(value)
    assert len(octets) == coding.size
    return coding.read(octets)


@pytest.mark.parametrize(("octets", "value", "remarks"), [
    ("3412",   1234,  ()),
    ("34F2",   -234,  ()),
    ("34A2",   None,  ("digits that are no number: A234",)),
    ("3F12",   None,  ("digits that are no number: 123F",)),
    ("FFFF",   None,  ("digits that are no number: FFFF",)),
    ("DDB4",   None,  ("digits that are no number: B4DD",)),
])  # fmt: skip
def test_bcd_with_other_digits_is_no_number(octets: str, value: int | None, remarks: tuple[str, ...]) -> None:
    coding = Coding(Kind.BCD, 2)
    assert coding.read(bytes.fromhex(octets)) == value
    assert coding.remarks(bytes.fromhex(octets)) == remarks


@pytest.mark.parametrize(("kind", "octets", "value", "remarks"), [
    (Kind.DATE,      "7F2C",     "2019-12-31",          ()),
    (Kind.DATE,      "A110",     None,                  ("no such day: A110",)),
    (Kind.DATE,      "0000",     None,                  ("no such day: 0000",)),
    (Kind.DATE,      "FFFF",     None,                  ("no date",)),
    (Kind.DATE,      "FEFF",     None,                  ("every year", "every month")),
    (Kind.DATE,      "FFFC",     None,                  ("every year",)),
    (Kind.DATE,      "1E22",     None,                  ("no such day: 1E22",)),
    (Kind.DATE_TIME, "1A2F6511", "2011-01-05T15:26:00", ()),
    (Kind.DATE_TIME, "9A2F6511", "2011-01-05T15:26:00", ("the meter marks its time as invalid",)),
    (Kind.DATE_TIME, "1AAF6511", "2011-01-05T15:26:00", ("summer time",)),
    (Kind.DATE_TIME, "1A4F6511", "2111-01-05T15:26:00", ()),
    (Kind.DATE_TIME, "0000E1F1", None,                  ("every year",)),
    (Kind.DATE_TIME, "3F1FFFFF", None,                  ("every year", "every month", "every hour", "every minute")),
    (Kind.DATE_TIME, "1A186511", None,                  ("no such time: 1A186511",)),
    (Kind.TIME,      "1E3B17",   "23:59:30",            ()),
    (Kind.TIME,      "003F1F",   None,                  ("every hour", "every minute")),
    (Kind.TIME,      "3F3B17",   None,                  ("every second",)),
    (Kind.TIME,      "FFFFFF",   None,                  ("no time",)),
    (Kind.TIME,      "3C0000",   None,                  ("no such time: 3C0000",)),
    (Kind.LONG_DATE_TIME, "1E1A2F651101", "2011-01-05T15:26:30", ()),
    (Kind.LONG_DATE_TIME, "5E9A2F651101", "2011-01-05T15:26:30",
        ("the meter marks its time as invalid", "summer time")),
    (Kind.LONG_DATE_TIME, "DE5A2F651141", "2011-01-05T15:26:30", ("summer time", "summer time is 1 h ahead")),
    (Kind.LONG_DATE_TIME, "1E1A2F651181", "2011-01-05T15:26:30", ("summer time is 2 h behind",)),
    (Kind.LONG_DATE_TIME, "000000000000", None,         ("no month", "no day")),
    (Kind.LONG_DATE_TIME, "3F3F1FE5F100", None,
        ("no year", "every second", "every hour", "every minute")),
    (Kind.LONG_DATE_TIME, "3D1A2F651100", None,         ("no such time: 1A0F6511",)),
])  # fmt: skip
def test_dates_and_their_marks(kind: Kind, octets: str, value: str | None, remarks: tuple[str, ...]) -> None:
    data = bytes.fromhex(octets)
    moment = Coding(kind, len(data)).read(data)
    assert (moment.isoformat() if isinstance(moment, date | time) else moment) == value
    assert Coding(kind, len(data)).remarks(data) == remarks


def test_ranges_of_lengths_stand_in_order_and_do_not_overlap() -> None:
    assert all(before.last < after.first for before, after in pairwise(LENGTHS))


@pytest.mark.parametrize(("lvar", "kind", "size"), [
    (0x00, Kind.TEXT, 0), (0xBF, Kind.TEXT, 191), (0xC4, Kind.BCD, 4), (0xD4, Kind.NEGATIVE_BCD, 4),
    (0xE5, Kind.INTEGER, 5), (0xF0, Kind.RAW, 16), (0xF4, Kind.RAW, 32), (0xF5, Kind.RAW, 48), (0xF6, Kind.RAW, 64),
    (0xF8, Kind.REAL, 8),
])  # fmt: skip
def test_length_octet_tells_kind_and_size(lvar: int, kind: Kind, size: int) -> None:
    assert by_length(lvar) == (kind, size)


@pytest.mark.parametrize("lvar", [0xF7, 0xF9, 0xFA, 0xFB, 0xFF])
def test_reserved_length_octet_tells_nothing(lvar: int) -> None:
    assert by_length(lvar) is None


def test_every_kind_has_its_functions() -> None:
    assert set(METHODS) == set(Kind)


@given(st.binary(max_size=40))
def test_text_of_a_meter_is_harmless_whatever_it_sends(octets: bytes) -> None:
    text = MeterText.from_wire(octets)
    assert not any(unicodedata.category(character) in HARMFUL for character in text)


def test_text_cannot_turn_the_writing_direction() -> None:
    assert MeterText("a\u202eb\x1b[31m\x9b") == "a\ufffdb\ufffd[31m\ufffd"


@pytest.mark.parametrize(("coding", "value"), [
    (Coding(Kind.INTEGER, 1), 128),
    (Coding(Kind.UNSIGNED, 1), -1),
    (Coding(Kind.INTEGER, 1), "one"),
    (Coding(Kind.BCD, 1), 100),
    (Coding(Kind.BCD, 1), -10),
    (Coding(Kind.BCD, 1), Decimal("1.5")),
    (Coding(Kind.BCD, 1), Decimal("NaN")),
    (Coding(Kind.BCD, 1), True),
    (Coding(Kind.REAL, 4), 1e39),
    (Coding(Kind.TEXT, 1), "Ω"),
    (Coding(Kind.TEXT, 1), "ab"),
    (Coding(Kind.DATE, 2), date(1980, 1, 1)),
    (Coding(Kind.DATE, 2), "2020-01-01"),
    (Coding(Kind.DATE_TIME, 4), date(2020, 1, 1)),
    (Coding(Kind.DATE_TIME, 4), datetime(2300, 1, 1)),  # noqa: DTZ001 - a meter's clock has no zone
    (Coding(Kind.RAW, 1), b"ab"),
    (Coding(Kind.RAW, 1), 1),
    (Coding(Kind.NONE, 0), 1),
])  # fmt: skip
def test_value_that_does_not_fit_is_refused(coding: Coding, value: Raw) -> None:
    with pytest.raises(EncodeError):
        coding.write(value)
