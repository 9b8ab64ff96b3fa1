"""What a meter measures, by the medium octet of its header (OMS specification volume 2, device types)."""

from __future__ import annotations

from typing import Final

# fmt: off
MEDIA: Final = {
    0x00: "other",
    0x01: "oil",
    0x02: "electricity",
    0x03: "gas",
    0x04: "heat",                    # measured at the outlet
    0x05: "steam",
    0x06: "warm water",              # 30 to 90 °C
    0x07: "water",
    0x08: "heat cost allocator",
    0x09: "compressed air",
    0x0A: "cooling outlet",
    0x0B: "cooling inlet",
    0x0C: "heat inlet",
    0x0D: "heat and cooling",
    0x0E: "bus or system",
    0x0F: "unknown",
    0x10: "irrigation water",
    0x11: "water logger",
    0x12: "gas logger",
    0x13: "gas converter",
    0x14: "calorific value",
    0x15: "hot water",               # from 90 °C
    0x16: "cold water",
    0x17: "dual water",
    0x18: "pressure",
    0x19: "analogue converter",
    0x1A: "smoke detector",
    0x1B: "room sensor",
    0x1C: "gas detector",
    0x1D: "carbon monoxide alarm",
    0x1E: "heat alarm",
    0x1F: "sensor",
    0x20: "breaker",
    0x21: "valve",
    0x25: "customer unit",
    0x28: "waste water",
    0x29: "garbage",
    0x2A: "carbon dioxide",
    0x31: "communication controller",
    0x32: "unidirectional repeater",
    0x33: "bidirectional repeater",
    0x36: "radio converter system side",
    0x37: "radio converter meter side",
    0x38: "bus converter meter side",
}

# The four bits of the fixed structure (public M-Bus documentation) with the medium they are today.
FIXED_MEDIA: Final = {
    0x0: 0x00, 0x1: 0x01, 0x2: 0x02, 0x3: 0x03, 0x4: 0x04, 0x5: 0x05, 0x6: 0x06, 0x7: 0x07, 0x8: 0x08,
    0xA: 0x03, 0xB: 0x04, 0xC: 0x06, 0xD: 0x07, 0xE: 0x08,  # the same in mode 2
}
# fmt: on


def medium_name(code: int) -> str:
    """`4` -> `heat`; codes without a name are `reserved`."""
    return MEDIA.get(code, "reserved")
