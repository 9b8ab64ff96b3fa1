"""Numbers as people read them: friendly units, every digit the meter sent and none more."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.mbus.encode import encode_record
from appliance.mbus.records import Record, read_records, walk
from appliance.meters.units import Units, digits, friendly, show


def record(dif: str, vif: str, raw: int | Decimal) -> Record:
    octets = encode_record(bytes.fromhex(dif), bytes.fromhex(vif), raw)
    return read_records(octets, walk(octets, 0, len(octets)), len(octets))[0]


@pytest.mark.parametrize(
    ("vif", "raw", "friendly_", "base", "sent"),
    [
        ("06", 24318, "24.318 MWh", "24 318 000 Wh", "24 318 kWh"),
        ("06", 0, "0 Wh", "0 Wh", "0 kWh"),
        ("06", 999, "999 kWh", "999 000 Wh", "999 kWh"),
        ("06", -1500, "-1.500 MWh", "-1 500 000 Wh", "-1 500 kWh"),
        ("13", 412307, "412.307 m3", "412.307 m3", "412 307 l"),
        ("13", 7, "7 l", "0.007 m3", "7 l"),
        ("2B", 12400, "12.400 kW", "12 400 W", "12 400 W"),
        ("3B", 38, "38 l/h", "0.038 m3/h", "38 l/h"),
        ("5A", 215, "21.5 °C", "21.5 °C", "21.5 °C"),
        ("0F", 3, "30 MJ", "30 000 000 J", "30 MJ"),
        ("6E", 1234, "1234", "1234", "1234"),
        ("22", 36, "36 h", "129 600 s", "129 600 s"),
    ],
)
def test_value_is_shown_in_the_unit_people_use(vif: str, raw: int, friendly_: str, base: str, sent: str) -> None:
    value = record("04", vif, raw)
    assert str(show(value)) == friendly_
    assert str(show(value, Units.BASE)) == base
    assert str(show(value, Units.METER)) == sent


def test_decimal_sign_is_the_one_set() -> None:
    assert str(show(record("04", "13", 412307), decimal_sign=",")) == "412,307 m3"


@pytest.mark.parametrize(("raw", "shown"), [("1.5", "90 min"), ("48", "2 d"), ("0", "0 s")])
def test_duration_is_shown_in_the_unit_in_which_it_is_whole(raw: str, shown: str) -> None:
    assert str(show(record("05", "22", Decimal(raw)))) == shown


@pytest.mark.parametrize("raw", ["1E+300", "0.12345678901234566", "1.2345678901234567E-200"])
@pytest.mark.parametrize("vif", ["22", "FB25"])
def test_number_of_any_size_keeps_all_its_digits(vif: str, raw: str) -> None:
    value = record("0D", vif, Decimal(raw))
    assert Decimal(show(value, Units.BASE).number.replace(" ", "")) == value.value
    show(value)


def test_unit_is_chosen_by_the_newest_value_of_the_series() -> None:
    assert str(friendly(900_000, "Wh", newest=24_000_000)) == "0.900000 MWh"


@given(st.integers(-(10**12), 10**12), st.integers(-6, 9))
def test_no_digit_is_lost_or_added(number: int, power: int) -> None:
    value = Decimal(f"{number}E{power}")
    shown = friendly(value, "Wh")
    factor = {"Wh": 0, "kWh": 3, "MWh": 6, "GWh": 9}[shown.unit]
    assert Decimal(shown.number.replace(" ", "")).scaleb(factor) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_digits_read_back(number: Decimal) -> None:
    assert Decimal(digits(number).replace(" ", "")) == number
