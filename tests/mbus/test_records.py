"""Cutting octets into records: sound ones are read, a broken one is marked and costs no other."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.mbus.codings import Order
from appliance.mbus.dif import Function, build_dif, place
from appliance.mbus.records import Record, read_records, walk

VOLUME: Final = "0413D2040000"  # 1.234 m3


def records(octets: str, order: Order = Order.LEAST_FIRST) -> tuple[Record, ...]:
    data = bytes.fromhex(octets)
    return read_records(data, walk(data, 0, len(data), order), len(data))


@given(
    st.sampled_from(list(Function)),
    st.integers(0, (1 << 41) - 1),
    st.integers(0, (1 << 20) - 1),
    st.integers(0, (1 << 10) - 1),
)
def test_place_of_a_value_is_read_as_written(function: Function, storage: int, tariff: int, subunit: int) -> None:
    dif = build_dif(0x04, function, storage, tariff, subunit)
    assert place(dif) == (function, storage, tariff, subunit)
    assert len(dif) <= 11


# fmt: off
READ: Final = [
    # octets                                value                       unit    of
    ("0413D2040000",                        Decimal("1.234"),           "m3",   "32 bit"),
    ("0113FE",                              Decimal("-0.002"),          "m3",   "8 bit, negative"),
    ("0213FEFF",                            Decimal("-0.002"),          "m3",   "16 bit"),
    ("0313FEFFFF",                          Decimal("-0.002"),          "m3",   "24 bit"),
    ("0613FEFFFFFFFFFF",                    Decimal("-0.002"),          "m3",   "48 bit"),
    ("0713FEFFFFFFFFFFFFFF",                Decimal("-0.002"),          "m3",   "64 bit"),
    ("051300000040",                        Decimal("0.002"),           "m3",   "IEEE 754"),
    ("091312",                              Decimal("0.012"),           "m3",   "2 digits"),
    ("0A133412",                            Decimal("1.234"),           "m3",   "4 digits"),
    ("0B13563412",                          Decimal("123.456"),         "m3",   "6 digits"),
    ("0C1378563412",                        Decimal("12345.678"),       "m3",   "8 digits"),
    ("0C13785634F2",                        Decimal("-2345.678"),       "m3",   "8 digits, negative"),
    ("0E13907856341200",                    Decimal("1234567.890"),     "m3",   "12 digits"),
    ("0D78054142434445",                    "EDCBA",                    None,   "text"),
    ("0D13C23412",                          Decimal("1.234"),           "m3",   "BCD of variable length"),
    ("0D13D23412",                          Decimal("-1.234"),          "m3",   "negative BCD of variable length"),
    ("0D13E3FEFFFF",                        Decimal("-0.002"),          "m3",   "binary of variable length"),
    ("0D13F8000000000000E03F",              Decimal("0.0005"),          "m3",   "double precision"),
    ("0DFD3BF0" + "00" * 15 + "01",         bytes(15) + b"\x01",        None,   "container"),
    ("0013",                                None,                       "m3",   "no data"),
    ("0813",                                None,                       "m3",   "selection for readout"),
]
# fmt: on


@pytest.mark.parametrize(("octets", "value", "unit", "of"), READ)
def test_value_of_each_coding(octets: str, value: object, unit: str | None, of: str) -> None:
    (record,) = records(octets)
    assert (record.value, record.unit) == (value, unit), of
    assert record.octets.hex().upper() == octets


def test_most_significant_octet_first_in_mode_2() -> None:
    values = [record.value for record in records("0413000004D2" + "0A131234" + "0D7803414243", Order.MOST_FIRST)]
    assert values == [Decimal("1.234"), Decimal("1.234"), "ABC"]


def test_idle_fillers_stand_anywhere_between_records() -> None:
    assert [record.value for record in records("2F2F" + VOLUME + "2F" + VOLUME + "2F")] == [Decimal("1.234")] * 2


def test_manufacturer_data_are_a_last_record_of_octets() -> None:
    data = bytes.fromhex(VOLUME + "1F0102")
    found = walk(data, 0, len(data))
    assert found.more
    assert read_records(data, found, len(data))[1].value == b"\x01\x02"
    assert not walk(data[:6] + b"\x0f\x01", 0, 8).more


def test_end_mark_without_data_is_no_record() -> None:
    assert len(records(VOLUME + "0F")) == len(records(VOLUME + "1F")) == 1


# fmt: off
FAULTS: Final = [
    # octets                       what the note says                          octet
    ("84" + "80" * 10 + "0013",    "more than 10 DIFEs",                       17),
    ("0493" + "BB" * 10 + "3B",    "more than 10 VIFEs",                       18),
    ("84",                         "the record ends before its last DIFE",     7),
    ("04",                         "the record ends before its VIF",           7),
    ("0493",                       "the record ends before its last VIFE",     8),
    ("0413D204",                   "the record needs 4 octets of data, 2 are left", 10),
    ("0D78",                       "the record ends before its length",        8),
    ("0D78F7",                     "length F7 is reserved",                    8),
    ("0D780541",                   "the record needs 5 octets of data, 1 are left", 10),
    ("047C",                       "the record ends inside the text of its VIF", 8),
    ("047C0541",                   "the record ends inside the text of its VIF", 10),
    ("04FC0141",                   "the record ends before its last VIFE",     10),
    ("04FC74",                     "the record ends inside the text of its VIF", 9),
    ("04FCF4",                     "the record ends before its last VIFE",     9),
    ("04FC740241",                 "the record ends inside the text of its VIF", 11),
    ("3F",                         "DIF 3F is reserved",                       6),
    ("8F00",                       "DIF 8F is reserved",                       6),
]
# fmt: on


@pytest.mark.parametrize(("broken", "sentence", "octet"), FAULTS)
def test_broken_record_is_marked_and_those_before_it_are_sound(broken: str, sentence: str, octet: int) -> None:
    sound, marked = records(VOLUME + broken)
    assert sound.value == Decimal("1.234")
    assert marked.octets.hex().upper() == broken
    assert marked.notes == (f"unreadable: {sentence} (octet {octet})",)


def test_ten_extensions_are_read() -> None:
    (record,) = records("84" + "80" * 9 + "01" + "13D2040000")
    assert record.storage == 1 << 37
    (record,) = records("0493" + "BB" * 9 + "3B" + "D2040000")
    assert record.notes == ("forward flow only",) * 10


@given(st.binary(max_size=250))
def test_any_octets_are_records_that_cover_them_in_order(octets: bytes) -> None:
    found = walk(octets, 0, len(octets))
    position = 0
    for span in found.spans:
        assert position <= span.start < span.data <= span.end <= len(octets)
        assert not octets[position : span.start].strip(b"\x2f")
        position = span.end
    read_records(octets, found, len(octets))
