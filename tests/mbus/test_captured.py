"""The telegrams of real meters: what we read beside what two other programs read, and why where we differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pytest

from appliance.errors import TelegramError
from appliance.mbus.records import Record
from appliance.mbus.telegram import Telegram, decode

# fmt: off
FUNCTIONS: Final = {
    "Instantaneous value":      "instantaneous",
    "Maximum value":            "maximum",
    "Minimum value":            "minimum",
    "Value during error state": "error",
}
UNITS: Final = {"m^3": "m3", "m^3/h": "m3/h", "Units for H.C.A.": None, "-": None, "": None}

NO_DAY =       "day 0 of month 0 is no day: no value, where libmbus writes 2000-00-00"
PERCENT =      "the plain text unit %RH is a unit, not a quantity"
NO_DIGITS =    "BCD digits A to E are no digits: no value, where libmbus counts them as 10 to 14"
MARKED =       "the meter marks its time as invalid: told with that note, where libmbus writes 1900-01-00"
LIMIT_DATE =   "the extension says that the value is the date of an event, not the quantity itself"
EVERY_YEAR =   "year 127 means every year: no date, where libmbus writes 2027"
RESERVED =     "a reserved code has no unit, where libmbus names the unit Reserved"
LIBMBUS_DIFFERS: Final = {
    ("ACW_Itron-BM-plus-m", 2): NO_DAY,
    ("itron_bm_+m", 2): NO_DAY,
    ("siemens_water", 3): NO_DAY,
    ("REL-Relay-Padpuls2", 1): MARKED,
    **{(name, index): PERCENT for name in ("THI_cma10", "elv_temp_humid") for index in (1, 2, 3)},
    **{("abb_f95", index): NO_DIGITS for index in (2, 3)},
    **{("landis+gyr_ultraheat_t230", index): LIMIT_DATE for index in (19, 20, 21, 22)},
    ("landis+gyr_ultraheat_t230", 32): EVERY_YEAR,
    **{("siemens_rvd235", index): RESERVED for index in (3, 4, 5)},
}
# fmt: on


def wired(captured: Path) -> Iterator[tuple[str, Telegram, list[ElementTree.Element]]]:
    """Each captured telegram with the records libmbus makes of it."""
    for path in sorted((captured / "wired").glob("*.hex")):
        text = path.with_name(f"{path.stem}.norm.xml").read_text(encoding="utf-8").partition("?>")[2]
        # The values are data of a test, not of a stranger.
        yield path.stem, decode(bytes.fromhex(path.read_text())), ElementTree.fromstring(text).findall("DataRecord")


def test_wired_meters_read_as_libmbus_reads_them_but_where_it_is_wrong(captured: Path) -> None:
    differing = {
        (name, record.index)
        for name, telegram, theirs in wired(captured)
        for record, element in zip(telegram.records or (), theirs, strict=False)
        if not agrees(record, element)
    }
    assert differing == set(LIBMBUS_DIFFERS)


def test_no_record_of_a_wired_meter_is_missing_or_invented(captured: Path) -> None:
    for name, telegram, theirs in wired(captured):
        values = [element for element in theirs if element.findtext("Function") in FUNCTIONS]
        tails = [element for element in theirs[len(values) :] if element.findtext("Value")]
        assert telegram.sound, name
        assert len(telegram.records or ()) == len(values) + len(tails), name
        assert telegram.more == any(element.findtext("Function") == "More records follow" for element in theirs), name


def agrees(record: Record, theirs: ElementTree.Element) -> bool:
    """Whether libmbus says the same of a record."""
    function = FUNCTIONS.get(theirs.findtext("Function") or "")
    if function is None:
        return isinstance(record.value, bytes) and record.value == bytes.fromhex(theirs.findtext("Value") or "")
    places = [int(theirs.findtext(tag) or 0) for tag in ("StorageNumber", "Tariff", "Device")]
    unit = theirs.findtext("Unit") or ""
    return (
        (record.function, [record.storage, record.tariff, record.subunit]) == (function, places)
        and record.unit == UNITS.get(unit, unit)
        and same_value(record.value, theirs.findtext("Value") or "")
    )


def same_value(ours: object, theirs: str) -> bool:
    """Numbers to the six decimals that the others print, dates and text as they are."""
    if isinstance(ours, datetime):
        return ours.isoformat() == theirs.rstrip("Z")
    if isinstance(ours, date):
        return ours.isoformat() == theirs
    if isinstance(ours, int | Decimal):
        return close(ours, Decimal(theirs))
    return isinstance(ours, str) and ours.strip() == theirs.strip()


def close(ours: int | Decimal, theirs: Decimal) -> bool:
    return abs(ours - theirs) <= Decimal("0.000001") * max(Decimal(1), abs(theirs))


# What the names of wmbusmeters' fields end in: our unit, and how many of it theirs is.
# fmt: off
SUFFIXES: Final = {
    "_kwh":   ("Wh",   Decimal(1000)),
    "_kvarh": (None,   Decimal(1000)),
    "_kw":    ("W",    Decimal(1000)),
    "_m3h":   ("m3/h", Decimal(1)),
    "_m3":    ("m3",   Decimal(1)),
    "difference_c": ("K", Decimal(1)),
    "_c":     ("°C",   Decimal(1)),
    "_v":     ("V",    Decimal(1)),
    "_a":     ("A",    Decimal(1)),
    "_h":     ("s",    Decimal(3600)),
    "_hca":   (None,   Decimal(1)),
    "_hz":    (None,   Decimal(1)),
}
# Fields that are no single record of the telegram, and why.
WMBUSMETERS_DIFFERS: Final = {
    ("sensostar", "target_date"): "day 0 of month 0 is no day; wmbusmeters counts back to 1999-11-30",
    ("werhlemodwm", "meter_datetime"): "day 0 of month 0 is no day: no value",
    ("elf2", "total_energy_kwh"): "the meter counts joule, and so do we: 13469426300 J are its 3741.507306 kWh",
    ("nemo", "frequency_hz"): "behind a manufacturer's VIF, in tenths: kept as it came until a template names it",
}
# fmt: on


def wired_meters(captured: Path) -> Iterator[tuple[str, str, Telegram, dict[str, Any]]]:
    for line in (captured / "wired-meters.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        for telegram in case["telegrams"]:
            yield case["driver"], case["name"], decode(bytes.fromhex(telegram)), case["expected"]


def test_wired_meters_read_as_wmbusmeters_reads_them(captured: Path) -> None:
    missing = set()
    for driver, name, telegram, expected in wired_meters(captured):
        assert telegram.sound, name
        assert telegram.header is not None
        assert telegram.header.identification == expected["id"]
        missing |= {(driver, field) for field, value in expected.items() if not found(field, value, telegram)}
    assert missing == set(WMBUSMETERS_DIFFERS)


def found(field: str, value: object, telegram: Telegram) -> bool:
    """Whether a record says what the field says; fields without unit or date are names and words of their own."""
    records = telegram.records or ()
    if field.endswith(("_date", "_datetime")) and isinstance(value, str):
        return any(value == _as_they_write(record.value) for record in records)
    for suffix, (unit, factor) in SUFFIXES.items():
        if field.endswith(suffix) and isinstance(value, int | float):
            expected = Decimal(str(value)) * factor
            return any(_is_number(record, unit, expected) for record in records)
    return True


def _as_they_write(value: object) -> str:
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else str(value)


def _is_number(record: Record, unit: str | None, expected: Decimal) -> bool:
    if not isinstance(record.value, int | Decimal) or (unit is not None and record.unit != unit):
        return False
    return close(record.value, expected)


# fmt: off
REPORTED: Final = {
    "application_busy":        (8, "application busy"),
    "buffer_too_long":         (2, "buffer too long, truncated"),
    "premature_end_of_record": (4, "premature end of record"),
    "too_many_difes":          (5, "more than 10 DIFEs"),
    "unimplemented_ci":        (1, "CI field not implemented"),
    "unspecified_error":       (0, "unspecified error"),
}
# fmt: on


@pytest.mark.parametrize("name", REPORTED)
def test_application_error_of_a_meter_is_told_in_words(captured: Path, name: str) -> None:
    telegram = read(captured, "wired-faulty", name)
    assert telegram.application_error is not None
    assert (telegram.application_error.code, telegram.application_error.text) == REPORTED[name]
    assert telegram.records == ()


@pytest.mark.parametrize("name", ["premature_end_of_data2", "premature_end_of_dif1"])
def test_records_before_a_broken_one_are_sound(captured: Path, name: str) -> None:
    telegram = read(captured, "wired-faulty", name)
    volume, flow, broken = telegram.records or ()
    assert not telegram.sound
    assert (volume.value, volume.unit) == (Decimal("12.565"), "m3")
    assert (flow.value, flow.unit, flow.storage, flow.function) == (Decimal("0.113"), "m3/h", 5, "maximum")
    assert broken.quantity == "unreadable"
    assert "octet" in broken.notes[0]


@pytest.mark.parametrize(("folder", "name", "octet"), [
    ("wired-faulty", "too_short_header", 12),
    ("wired-unsupported", "invalid_length2", 22),
])  # fmt: skip
def test_telegram_that_ends_too_early_is_refused_by_its_octet(
    captured: Path, folder: str, name: str, octet: int
) -> None:
    with pytest.raises(TelegramError) as caught:
        read(captured, folder, name)
    assert caught.value.octet == octet


def test_order_of_a_master_is_told_in_words(captured: Path) -> None:
    telegram = read(captured, "wired-unsupported", "manual_frame4")
    assert telegram.order == "set primary address"
    assert [record.value for record in telegram.records or ()] == [8]


def test_telegram_of_manufacturer_data_alone_keeps_them_whole(captured: Path) -> None:
    telegram = read(captured, "wired-unsupported", "svm_f22_telegram2")
    (record,) = telegram.records or ()
    assert telegram.more
    assert record.value == telegram.octets[20:-2]


def read(captured: Path, folder: str, name: str) -> Telegram:
    return decode(bytes.fromhex((captured / folder / f"{name}.hex").read_text()))
