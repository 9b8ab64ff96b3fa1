"""The tables of value information: rows that fit together, and what a few of them say."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Final

import pytest

from appliance.mbus.codings import Kind
from appliance.mbus.fixed import FIXED_UNITS
from appliance.mbus.meaning import Meaning, meaning_of
from appliance.mbus.vif import (
    EXTENSION_FB,
    EXTENSION_FD,
    EXTENSION_FD_FD,
    PRIMARY,
    PRIMARY_TABLE_LEADS_ON,
    Vif,
    by_code,
)

TABLES: Final = [PRIMARY, EXTENSION_FB, EXTENSION_FD, EXTENSION_FD_FD, FIXED_UNITS]


@pytest.mark.parametrize("rows", TABLES)
def test_rows_of_a_table_stand_in_order_and_do_not_overlap(rows: tuple[Vif, ...]) -> None:
    assert all(row.first <= row.last <= 0x7F for row in rows)
    assert all(before.last < after.first for before, after in pairwise(rows))


@pytest.mark.parametrize("rows", TABLES)
def test_row_without_powers_of_ten_names_each_of_its_codes(rows: tuple[Vif, ...]) -> None:
    assert all(len(row.unit) == row.last - row.first + 1 for row in rows if isinstance(row.unit, tuple))


def test_primary_table_covers_every_code() -> None:
    codes = set(by_code(PRIMARY)) | set(PRIMARY_TABLE_LEADS_ON)
    assert codes == set(range(0x80))


def test_table_behind_fd_covers_what_is_documented() -> None:
    assert set(range(0x77)) - set(by_code(EXTENSION_FD)) == set()


def meaning(vif: str, kind: Kind = Kind.INTEGER, size: int = 4) -> Meaning:
    return meaning_of(b"\x04", bytes.fromhex(vif), kind, size)


@pytest.mark.parametrize(("vif", "quantity", "unit", "value_of_one"), [
    ("03",       "energy",                    "Wh",    "1"),
    ("07",       "energy",                    "Wh",    "10000"),
    ("0F",       "energy",                    "J",     "10000000"),
    ("10",       "volume",                    "m3",    "0.000001"),
    ("1A",       "mass",                      "kg",    "0.1"),
    ("23",       "on time",                   "s",     "86400"),
    ("25",       "operating time",            "s",     "60"),
    ("2E",       "power",                     "W",     "1000"),
    ("33",       "power",                     "J/h",   "1000"),
    ("3B",       "volume flow",               "m3/h",  "0.001"),
    ("40",       "volume flow",               "m3/h",  "0.000006"),
    ("4F",       "volume flow",               "m3/h",  "36"),
    ("53",       "mass flow",                 "kg/h",  "1"),
    ("59",       "flow temperature",          "°C",    "0.01"),
    ("61",       "temperature difference",    "K",     "0.01"),
    ("68",       "pressure",                  "bar",   "0.001"),
    ("6E",       "heat cost allocation",      None,    "1"),
    ("78",       "fabrication number",        None,    "1"),
    ("FB00",     "energy",                    "Wh",    "100000"),
    ("FB09",     "energy",                    "J",     "1000000000"),
    ("FB1A",     "relative humidity",         "%",     "0.1"),
    ("FB20",     "volume",                    "m3",    "0.028316846592"),
    ("FB23",     "volume",                    "m3",    "0.003785411784"),
    ("FB25",     "volume flow",               "m3/h",  "0.22712470704"),
    ("FB2F",     "frequency",                 "Hz",    "1"),
    ("FB68",     "resulting rating factor",   None,    "0.000244140625"),
    ("FB69",     "thermal output rating factor", None, "1"),
    ("FB6E",     "display scaling factor",    None,    "0.000244140625"),
    ("FD3A",     "dimensionless",             None,    "1"),
    ("FD47",     "voltage",                   "V",     "0.01"),
    ("FD59",     "current",                   "A",     "0.001"),
    ("FD71",     "signal strength",           "dBm",   "1"),
    ("FD74",     "remaining battery life",    "s",     "86400"),
    ("FDFD02",   "remaining battery life",    "month", "1"),
    ("FD29",     "storage interval",          "year",  "1"),
    ("9371",     "volume",                    "m3",    "0.00000001"),
    ("AB7D",     "power",                     "W",     "1000"),
    ("8320",     "energy",                    "Wh/s",  "1"),
    ("BB54",     "volume flow",               "s",     "1"),
    ("BB5E",     "volume flow",               "s",     "3600"),
    ("BB49",     "volume flow",               None,    "1"),
    ("FC0325485274", "RH%",                   None,    "0.01"),
    ("FC0348522574", "relative humidity",     "%",     "0.01"),
    ("FC7403485225", "relative humidity",     "%",     "0.01"),
    ("FCF47403485225", "relative humidity",   "%",     "0.0001"),
    ("FC7400",   "plain text",                None,    "0.01"),
    ("7C01 43",  "C",                         None,    "1"),
])  # fmt: skip
def test_code_says_quantity_unit_and_scale(vif: str, quantity: str, unit: str | None, value_of_one: str) -> None:
    found = meaning(vif)
    assert (found.quantity, found.unit) == (quantity, unit)
    assert found.scale(1) == Decimal(value_of_one)


@pytest.mark.parametrize(("vif", "notes"), [
    ("833B",     ("forward flow only",)),
    ("ABFC01",   ("phase L1",)),
    ("ABFC81FC07", ("phase L1", "phases L3 to L1")),
    ("ABFF01",   ("manufacturer's extension 01",)),
    ("FF1234",   ("manufacturer's VIF 12 34",)),
    ("ABFC7F",   ("unknown extension FC 7F",)),
    ("EC7E",     ("future value",)),
    ("BBC0",     ("lower limit",)),
    ("BB78",     ("additive correction constant 10^-3",)),
    ("7B",       ("VIF 7B leads to no further table",)),
    ("6F",       ("VIF 6F leads to no further table",)),
    ("EF18",     ("VIF EF 18 is reserved",)),
    ("EF983B",   ("VIF EF 98 is reserved", "forward flow only")),
    ("EFFB01",   ("VIF EF FB is reserved", "record error: too many DIFEs")),
    ("FD7C",     ("VIF FD 7C is reserved",)),
])  # fmt: skip
def test_extension_is_told_in_words(vif: str, notes: tuple[str, ...]) -> None:
    assert meaning(vif).notes == notes


@pytest.mark.parametrize("code", range(0x80))
def test_every_extension_has_a_meaning_and_never_fails(code: int) -> None:
    assert meaning_of(b"\x04", bytes((0xBB, code)), Kind.INTEGER, 4).quantity == "volume flow"
    assert meaning_of(b"\x04", bytes((0xBB, 0xFC, code)), Kind.INTEGER, 4).quantity == "volume flow"


@pytest.mark.parametrize(("vif", "type_of_octets"), [("FD72", "type K"), ("FD73", "type L")])
def test_type_whose_layout_is_not_public_is_kept_as_octets(vif: str, type_of_octets: str) -> None:
    found = meaning(vif)
    assert found.coding.kind is Kind.RAW
    assert found.notes[0].startswith(type_of_octets)


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.RAW])
def test_date_of_variable_length_is_none_of_the_types_of_fixed_length(kind: Kind) -> None:
    found = meaning_of(b"\x0d", b"\x6d", kind, 4)
    assert found.coding.kind is Kind.RAW
    assert found.notes[0].startswith("type M")


def test_time_at_which_a_day_changes_is_a_time() -> None:
    assert meaning("FD65", size=3).coding.kind is Kind.TIME


def test_date_of_a_limit_is_read_as_a_date() -> None:
    assert meaning("BB6A").coding.kind is Kind.DATE_TIME
    assert meaning("BB6A", size=2).coding.kind is Kind.DATE


def test_record_that_the_meter_marks_as_error_has_no_value() -> None:
    found = meaning("8318")
    assert found.notes == ("record error: data error",)
    assert found.scale(5) is None


@pytest.mark.parametrize(("vif", "note"), [
    ("FD971D", "standard conform data content"),
    ("9312",   "average value"),
    ("9314",   "relative deviation"),
    ("9308",   "reserved error code 08"),
])  # fmt: skip
def test_code_among_the_errors_that_tells_none_leaves_the_value(vif: str, note: str) -> None:
    assert meaning(vif).notes == (note,)
    assert meaning(vif).scale(5) is not None


def test_compact_profile_is_kept_as_octets() -> None:
    assert meaning("931F").coding.kind is Kind.RAW


def test_extension_without_error_leaves_the_value() -> None:
    assert meaning("8300").scale(5) == 5


def test_error_code_of_a_meter_is_an_action_of_a_master() -> None:
    found = meaning_of(b"\x04", b"\x83\x07", Kind.INTEGER, 4, from_master=True)
    assert found.notes == ("action: clear",)
    assert found.scale(5) == 5


def test_code_of_the_empty_table_is_a_vif_and_no_record_error() -> None:
    found = meaning("EF18")
    assert (found.quantity, found.unit) == ("unknown", None)
    assert found.scale(5) == 5
    assert meaning("EF9818").scale(5) is None


def test_flags_have_no_sign() -> None:
    assert meaning("FD17", size=1).coding.read(b"\xff") == 255
    assert meaning("13", size=1).coding.read(b"\xff") == -1


def test_large_numbers_stay_exact() -> None:
    digits = 123456789012345678901234567890
    assert meaning("10", Kind.BCD, 15).scale(digits) == Decimal(f"{digits}E-6")
    assert meaning("4F", Kind.REAL, 4).scale(Decimal("1.5")) == Decimal(54)
