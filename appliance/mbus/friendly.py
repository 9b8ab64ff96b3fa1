"""Values as a person would say them: 37351 kWh rather than 37351000 Wh, 31 l rather than 0.031 m3.

Exact, never rounded.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, NamedTuple

from appliance.mbus.codings import Raw

LONGEST_OCTETS: Final = 16


class Rung(NamedTuple):
    """From this magnitude on a value is told in `unit`, which is 10^`power` base units."""

    from_magnitude: int  # as a power of ten, in base units
    power: int
    unit: str


# Zero is told in the last unit but one, in which people expect it.
# fmt: off
LADDERS: Final = {
    #             from  10^  unit, the largest first
    "Wh":   (Rung( 8,   6,  "MWh"),   Rung( 3,  3, "kWh"),   Rung(-99, 0, "Wh")),
    "J":    (Rung( 10,  9,  "GJ"),    Rung( 7,  6, "MJ"),    Rung( 3,  3, "kJ"),  Rung(-99, 0, "J")),
    "varh": (Rung( 8,   6,  "Mvarh"), Rung( 3,  3, "kvarh"), Rung(-99, 0, "varh")),
    "VAh":  (Rung( 8,   6,  "MVAh"),  Rung( 3,  3, "kVAh"),  Rung(-99, 0, "VAh")),
    "W":    (Rung( 7,   6,  "MW"),    Rung( 3,  3, "kW"),    Rung(-99, 0, "W")),
    "var":  (Rung( 7,   6,  "Mvar"),  Rung( 3,  3, "kvar"),  Rung(-99, 0, "var")),
    "VA":   (Rung( 7,   6,  "MVA"),   Rung( 3,  3, "kVA"),   Rung(-99, 0, "VA")),
    "J/h":  (Rung( 10,  9,  "GJ/h"),  Rung( 7,  6, "MJ/h"),  Rung( 3,  3, "kJ/h"), Rung(-99, 0, "J/h")),
    "m3":   (Rung( 0,   0,  "m3"),    Rung(-99, -3, "l")),
    "m3/h": (Rung( 0,   0,  "m3/h"),  Rung(-99, -3, "l/h")),
    "A":    (Rung( 0,   0,  "A"),     Rung(-99, -3, "mA")),
    "V":    (Rung( 3,   3,  "kV"),    Rung( 0,  0, "V"),     Rung(-99, -3, "mV")),
}
DURATIONS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))
# fmt: on


def friendly(value: Raw, unit: str | None) -> tuple[str, str]:
    """A value of a record as text and the unit it is told in; no value is a dash."""
    if value is None:
        return "-", ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds" if value.second else "minutes"), ""
    if isinstance(value, date | time):
        return value.isoformat(), ""
    if isinstance(value, bytes):
        return _octets(value), ""
    if isinstance(value, str):
        return value, unit or ""
    if unit == "s" and isinstance(value, int):
        return _duration(value)
    return _quantity(value, unit or "")


def _quantity(value: int | Decimal, unit: str) -> tuple[str, str]:
    number = Decimal(value)
    if unit not in LADDERS:
        return plain_digits(number), unit
    if not number:
        return "0", LADDERS[unit][-2].unit
    rung = next(rung for rung in LADDERS[unit] if number.adjusted() >= rung.from_magnitude)
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # values are finite
    return plain_digits(Decimal((sign, digits, exponent - rung.power))), rung.unit


def plain_digits(number: Decimal) -> str:
    """All digits, no exponent, and behind the point none that say nothing."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _duration(seconds: int) -> tuple[str, str]:
    for length, unit in DURATIONS:
        if seconds and seconds % length == 0:
            return str(seconds // length), unit
    return str(seconds), "s"


def _octets(octets: bytes) -> str:
    if len(octets) <= LONGEST_OCTETS:
        return octets.hex(" ").upper()
    return f"{octets[:LONGEST_OCTETS].hex(' ').upper()} ... ({len(octets)} octets)"
