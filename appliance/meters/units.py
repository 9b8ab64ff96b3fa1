"""Friendly units and exact digits: `24.318 MWh` comes from 24318 kWh, nothing rounded, no zeros added.

The unit is chosen per series, by its newest value: the largest in which that is at least 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Final

from appliance.mbus.records import Record

Number = int | Decimal

# Base unit of a record: the units people use for it, the smallest first, each as a power of ten of the base unit.
FRIENDLY: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "Wh": (("Wh", 0), ("kWh", 3), ("MWh", 6), ("GWh", 9)),
    "J": (("J", 0), ("kJ", 3), ("MJ", 6), ("GJ", 9)),
    "W": (("W", 0), ("kW", 3), ("MW", 6)),
    "J/h": (("J/h", 0), ("kJ/h", 3), ("MJ/h", 6), ("GJ/h", 9)),
    "m3": (("l", -3), ("m3", 0)),
    "m3/h": (("l/h", -3), ("m3/h", 0)),
    "kg": (("g", -3), ("kg", 0), ("t", 3)),
    "kg/h": (("kg/h", 0), ("t/h", 3)),
    "V": (("mV", -3), ("V", 0), ("kV", 3)),
    "A": (("mA", -3), ("A", 0), ("kA", 3)),
    "var": (("var", 0), ("kvar", 3), ("Mvar", 6)),
    "VA": (("VA", 0), ("kVA", 3), ("MVA", 6)),
    "varh": (("varh", 0), ("kvarh", 3), ("Mvarh", 6)),
    "Hz": (("Hz", 0), ("kHz", 3)),
}
THIN_GAP_FROM: Final = 4  # digits before the point from which thousands are set apart
SECONDS: Final = (("d", 86400), ("h", 3600), ("min", 60))


class Units(StrEnum):
    """Which units screens show (setting localization.units)."""

    FRIENDLY = "friendly"
    BASE = "base"
    METER = "meter"


@dataclass(frozen=True, slots=True)
class Shown:
    """A number and its unit, ready for a column each."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}".rstrip()


def friendly(value: Number, unit: str | None, newest: Number | None = None, *, decimal_sign: str = ".") -> Shown:
    """A value in its base unit, in the unit people use; `newest` chooses it where the series has a newer value."""
    if unit == "s":
        return _duration(value)
    choice = FRIENDLY.get(unit or "")
    if choice is None:
        return Shown(digits(value, decimal_sign=decimal_sign), unit or "")
    name, power = choose(choice, value if newest is None else newest)
    return Shown(digits(_shift(value, -power), decimal_sign=decimal_sign), name)


def choose(units: tuple[tuple[str, int], ...], newest: Number) -> tuple[str, int]:
    """The largest unit in which the value is at least 1; of zero the one it came in, which has power 0."""
    size = Decimal(newest).copy_abs()
    if size == 0:
        return next(unit for unit in units if unit[1] == 0)
    fitting = [unit for unit in units if size >= _power(unit[1])]
    return fitting[-1] if fitting else units[0]


def digits(value: Number, *, decimal_sign: str = ".") -> str:
    """All digits the value has, thousands set apart by a blank."""
    number = Decimal(value)
    sign, text = "-" * (number < 0), f"{number.copy_abs():f}"
    whole, _, rest = text.partition(".")
    if len(whole) >= THIN_GAP_FROM:
        whole = f"{int(whole):,}".replace(",", " ")
    return f"{sign}{whole}{decimal_sign}{rest}" if rest else sign + whole


def exact(record: Record) -> Decimal | None:
    """The value of a record in its base unit with the digits the meter sent; None where it is no number."""
    raw, meaning = record.raw, record.meaning
    if record.value is None or isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return None
    if isinstance(record.value, Decimal):
        return record.value
    return _shift(raw * meaning.factor, meaning.exponent)


def show(record: Record, units: Units = Units.FRIENDLY, *, decimal_sign: str = ".") -> Shown:
    """A record's value as a person reads it: numbers with their unit, dates ISO, octets in hex, none as a dash."""
    number = exact(record)
    if number is None:
        return Shown("–" if record.value is None else plain(record.value), "")
    if not record.unit:
        return Shown(f"{number:f}", "")  # numbers of things, not amounts: nothing sets their thousands apart
    if units is Units.BASE:
        return Shown(digits(number, decimal_sign=decimal_sign), record.unit)
    if units is Units.METER:
        return _as_sent(number, record.unit, record.meaning.exponent, decimal_sign)
    return friendly(number, record.unit, decimal_sign=decimal_sign)


def plain(value: object) -> str:
    """What is no number."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes" if value.second == 0 else "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex(" ").upper()
    return str(value)


def _as_sent(number: Decimal, unit: str, exponent: int, decimal_sign: str) -> Shown:
    units = FRIENDLY.get(unit, ((unit, 0),))
    fitting = [(name, power) for name, power in units if power <= exponent]
    name, power = fitting[-1] if fitting else units[0]
    return Shown(digits(_shift(number, -power), decimal_sign=decimal_sign), name)


def _duration(value: Number) -> Shown:
    whole = int(value)
    for unit, seconds in SECONDS:
        if whole and whole == value and whole % seconds == 0:
            return Shown(digits(whole // seconds), unit)
    return Shown(digits(value), "s")


def _shift(value: Number, power: int) -> Decimal:
    """Exactly value * 10^power, with the digits the value has."""
    sign, figures, exponent = Decimal(value).as_tuple()
    assert isinstance(exponent, int)  # a record's value is finite
    return Decimal((sign, figures, exponent + power))


def _power(power: int) -> Decimal:
    return Decimal(f"1E{power}")
