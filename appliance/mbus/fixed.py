"""The fixed data structure, CI 73 and 77 (public M-Bus documentation).

```text
identification (4, BCD)  access number  status  medium and units (2)  counter 1 (4)  counter 2 (4)
```
Status bit 0 says binary instead of BCD counters, bit 1 values stored at a fixed date instead of actual ones. Each of
the two medium and unit octets holds a unit in its low six bits and two bits of the medium in the others.
"""

from __future__ import annotations

from typing import Final

from appliance.mbus.codings import Coding, Kind, Order
from appliance.mbus.header import Header
from appliance.mbus.meaning import Meaning
from appliance.mbus.media import FIXED_MEDIA
from appliance.mbus.records import RecordSpan, Walk
from appliance.mbus.vif import Unit, Vif, by_code

FIXED_LENGTH: Final = 16
BINARY: Final = 0x01
STORED: Final = 0x02
UNIT_BITS: Final = 0x3F
SAME_AS_COUNTER_1: Final = 0x3E  # the same quantity, but the value of a past date
UNKNOWN_MEDIUM: Final = 0x0F

# fmt: off
FIXED_UNITS: Final = (
    #   first last  quantity                 unit     10^
    Vif(0x02, 0x0A, "energy",                "Wh",      0),
    Vif(0x0B, 0x13, "energy",                "J",       3),
    Vif(0x14, 0x1C, "power",                 "W",       0),
    Vif(0x1D, 0x25, "power",                 "J/h",     3),
    Vif(0x26, 0x2E, "volume",                "m3",     -6),
    Vif(0x2F, 0x37, "volume flow",           "m3/h",   -6),
    Vif(0x38, 0x38, "temperature",           "°C",     -3),
    Vif(0x39, 0x39, "heat cost allocation"),
    Vif(0x3F, 0x3F, "dimensionless"),
)
# fmt: on
_UNITS: Final = by_code(FIXED_UNITS)
_TIME: Final = {0x00: "time of day, hours minutes seconds", 0x01: "date, day month year"}


def read_fixed(octets: bytes, start: int, order: Order) -> tuple[Header, Walk]:
    """Header and the two counters, from the sixteen octets at `start`."""
    identification = octets[start : start + 4]
    access_number, status, first, second = octets[start + 4 : start + 8]
    if order is Order.LEAST_FIRST:
        identification = identification[::-1]
    medium = FIXED_MEDIA.get(first >> 6 | second >> 6 << 2, UNKNOWN_MEDIUM)
    header = Header(identification.hex().upper(), 0, 0, medium, access_number, status & 0xFC)
    counters = (
        RecordSpan(_counter(status, first & UNIT_BITS, None, order), start + 8, start + 8, start + 12),
        RecordSpan(_counter(status, second & UNIT_BITS, first & UNIT_BITS, order), start + 12, start + 12, start + 16),
    )
    return header, Walk(counters)


def _counter(status: int, code: int, other: int | None, order: Order) -> Meaning:
    coding = Coding(Kind.INTEGER if status & BINARY else Kind.BCD, 4, order)
    storage = 1 if status & STORED else 0
    if code == SAME_AS_COUNTER_1 and other is not None:
        code, storage = other, 1
    unit = _UNITS.get(code)
    if unit is None:
        note = _TIME.get(code, f"unit {code:02X} is reserved")
        return Meaning(b"", b"", coding, "unknown", storage=storage, notes=(note,))
    return _meaning(unit, coding, storage)


def _meaning(unit: Unit, coding: Coding, storage: int) -> Meaning:
    return Meaning(b"", b"", coding, unit.quantity, unit.unit, unit.exponent, unit.factor, storage=storage)
