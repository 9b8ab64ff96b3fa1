"""What the encoder builds the decoder reads: every coding, LVAR of all kinds, plain text VIFs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import EncodeError
from appliance.mbus.codings import Order, Raw
from appliance.mbus.encode import encode_bcd, encode_record, plain_text_vif
from appliance.mbus.records import Record, read_records, walk

ORDERS = st.sampled_from(list(Order))
PRINTABLE = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc", "Cf"]), max_size=0xBF)


def read(octets: bytes, order: Order = Order.LEAST_FIRST) -> Record:
    found = walk(octets, 0, len(octets), order)
    assert found.fault is None
    (record,) = read_records(octets, found, len(octets))
    return record


@pytest.mark.parametrize(("dif", "vif", "value"), [
    ("00",   "13",   None),
    ("01",   "13",   -128),
    ("02",   "13",   -32768),
    ("03",   "13",   8388607),
    ("04",   "13",   -2147483648),
    ("06",   "13",   1 << 46),
    ("07",   "13",   -(1 << 63)),
    ("01",   "FD17", 255),
    ("07",   "FD17", (1 << 64) - 1),
    ("05",   "13",   Decimal("0.1")),
    ("08",   "13",   None),
    ("09",   "13",   99),
    ("0A",   "13",   -999),
    ("0B",   "13",   999999),
    ("0C",   "13",   -9999999),
    ("0E",   "13",   999999999999),
    ("04",   "EF18", -7),
    ("02",   "EF983B", 300),
    ("02",   "6C",   date(2026, 11, 21)),
    ("04",   "6D",   datetime(2026, 11, 21, 6, 30)),      # noqa: DTZ001 - a meter's clock has no zone
    ("06",   "6D",   datetime(2026, 11, 21, 6, 30, 15)),  # noqa: DTZ001 - a meter's clock has no zone
    ("03",   "6D",   time(6, 30, 15)),
    ("02",   "FD70", date(2026, 11, 21)),
    ("04",   "78",   0x9ABCDEF0),  # a number that names something is never negative
    ("04",   "79",   (1 << 32) - 1),
    ("0D",   "78",   "Zähler 5"),
    ("0D",   "13",   0),
    ("0D",   "13",   -1),
    ("0D",   "13",   1 << 110),
    ("0D",   "13",   Decimal("1.5")),
    ("0D",   "FD3B", bytes(range(16))),
    ("0D",   "FD3B", bytes(range(64))),
    ("8C10", "937A", 12345678),
])  # fmt: skip
@pytest.mark.parametrize("order", list(Order))
def test_record_is_read_as_built(dif: str, vif: str, value: Raw, order: Order) -> None:
    record = read(encode_record(bytes.fromhex(dif), bytes.fromhex(vif), value, order), order)
    assert record.raw == value
    assert type(record.raw) is type(value) or isinstance(record.raw, str)


@given(ORDERS, PRINTABLE)
def test_any_text_is_read_as_built(order: Order, text: str) -> None:
    assert read(encode_record(b"\x0d", b"\x78", text, order), order).raw == text


@given(ORDERS, st.integers(-(1 << 119), (1 << 119) - 1))
def test_any_number_of_variable_length_is_read_as_built(order: Order, number: int) -> None:
    assert read(encode_record(b"\x0d", b"\x13", number, order), order).raw == number


@given(st.integers(-(10**30) + 1, 10**30 - 1))
def test_any_bcd_number_of_variable_length_is_read_as_built(number: int) -> None:
    assert read(encode_bcd(b"\x0d", b"\x13", number)).raw == number


def test_unit_in_plain_text_is_read_as_built() -> None:
    record = read(encode_record(b"\x02", plain_text_vif("%RH", b"\x74"), 4660))
    assert (record.value, record.unit, record.quantity) == (Decimal("46.60"), "%", "relative humidity")
    record = read(encode_record(b"\x02", plain_text_vif("cust. ID"), 7))
    assert (record.value, record.quantity) == (7, "cust. ID")


@pytest.mark.parametrize(("dif", "vif", "value"), [
    ("",   "13",   1),
    ("04", "",     1),
    ("0F", "13",   1),
    ("02", "13",   40_000),
    ("0D", "78",   "x" * 192),
    ("0D", "13",   1 << 120),
    ("0D", "FD3B", bytes(15)),
    ("0D", "6D",   date(2026, 11, 21)),
    ("00", "13",   1),
    ("04", "6D", datetime(2026, 11, 21, 6, 30, 15)),            # noqa: DTZ001 - seconds, which type F has no bits for
    ("04", "6D", datetime(2026, 11, 21, 6, 30, tzinfo=UTC)),    # a meter's clock knows no zone
    ("06", "6D", datetime(2026, 11, 21, 6, 30, 15, 500_000)),   # noqa: DTZ001 - a meter's clock has no zone
    ("03", "6D", time(6, 30, 15, 1)),
])  # fmt: skip
def test_value_that_no_coding_takes_is_refused(dif: str, vif: str, value: Raw) -> None:
    with pytest.raises(EncodeError):
        encode_record(bytes.fromhex(dif), bytes.fromhex(vif), value)


def test_text_and_numbers_too_long_for_their_length_are_refused() -> None:
    with pytest.raises(EncodeError):
        plain_text_vif("x" * 256)
    with pytest.raises(EncodeError):
        plain_text_vif("x" * 32, b"\x3b")
    with pytest.raises(EncodeError):
        encode_bcd(b"\x0d", b"\x13", 10**30)
