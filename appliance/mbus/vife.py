"""VIF extensions that refine any quantity ("orthogonal" ones): per second, at phase L1, upper limit, correction factor.

One row per code or range, in the order of the standard, with what it does to the record. Source: public M-Bus
documentation and OMS specification volume 2. Codes 00 to 1F say that the record is in error
when a meter sends them, and what to do with it when a master does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from appliance.mbus.vif import SECONDS_TO_DAYS, Form, Unit

LAST_ERROR: Final = 0x1F
MULTIPLICATIVE: Final = range(0x70, 0x78)  # 10^-6 to 10^1
ADDITIVE: Final = range(0x78, 0x7C)  # 10^-3 to 10^0 of the record's unit
MORE: Final = 0x7C  # a further table follows
THOUSANDFOLD: Final = 0x7D
MANUFACTURER: Final = 0x7F  # all further extensions are the manufacturer's


class Effect(NamedTuple):
    """What an extension does: adds words, changes the unit, or makes the value another kind of thing."""

    note: str = ""
    per: str = ""  # the unit is divided by this
    times: str = ""  # the unit is multiplied by this
    duration: int | None = None  # the value is a duration: index in seconds, minutes, hours, days
    date: bool = False  # the value is a date
    event_count: bool = False  # the value is a number of events


# fmt: off
RECORD_ERRORS: Final = {
    0x00: "",
    0x01: "too many DIFEs",
    0x02: "storage number not implemented",
    0x03: "unit number not implemented",
    0x04: "tariff number not implemented",
    0x05: "function not implemented",
    0x06: "data class not implemented",
    0x07: "data size not implemented",
    0x0B: "too many VIFEs",
    0x0C: "illegal VIF group",
    0x0D: "illegal VIF exponent",
    0x0E: "VIF and DIF do not match",
    0x0F: "action not implemented",
    0x15: "no data available",
    0x16: "data overflow",
    0x17: "data underflow",
    0x18: "data error",
    0x1C: "premature end of record",
}
# Codes of the same range that tell no error.
CONTENTS: Final = {
    0x12: "average value",
    0x13: "inverse compact profile",
    0x14: "relative deviation",
    0x1D: "standard conform data content",
    0x1E: "compact profile with register numbers",
    0x1F: "compact profile",
}
PROFILES: Final = (0x13, 0x1E, 0x1F)  # many values in one record, kept as octets
ACTIONS: Final = {
    0x00: "write",
    0x01: "add value",
    0x02: "subtract value",
    0x03: "set bits",
    0x04: "keep bits",
    0x05: "toggle bits",
    0x06: "clear bits",
    0x07: "clear",
    0x08: "add entry",
    0x09: "delete entry",
    0x0A: "delayed action",
    0x0B: "freeze data",
    0x0C: "add to readout list",
    0x0D: "delete from readout list",
}
EFFECTS: Final = {
    0x20: Effect(per="s"),
    0x21: Effect(per="min"),
    0x22: Effect(per="h"),
    0x23: Effect(per="d"),
    0x24: Effect(per="week"),
    0x25: Effect(per="month"),
    0x26: Effect(per="year"),
    0x27: Effect(per="measurement"),
    0x28: Effect("per input pulse on channel 0"),
    0x29: Effect("per input pulse on channel 1"),
    0x2A: Effect("per output pulse on channel 0"),
    0x2B: Effect("per output pulse on channel 1"),
    0x2C: Effect(per="l"),
    0x2D: Effect(per="m3"),
    0x2E: Effect(per="kg"),
    0x2F: Effect(per="K"),
    0x30: Effect(per="kWh"),
    0x31: Effect(per="GJ"),
    0x32: Effect(per="kW"),
    0x33: Effect(per="(K l)"),
    0x34: Effect(per="V"),
    0x35: Effect(per="A"),
    0x36: Effect(times="s"),
    0x37: Effect(times="s/V"),
    0x38: Effect(times="s/A"),
    0x39: Effect("start date", date=True),
    0x3A: Effect("uncorrected unit"),
    0x3B: Effect("forward flow only"),
    0x3C: Effect("backward flow only"),
    0x3D: Effect("non-metric unit system"),
    0x3E: Effect("at base conditions"),
    0x3F: Effect("OBIS declaration"),
    0x40: Effect("lower limit"),
    0x41: Effect("times below lower limit", event_count=True),
    0x48: Effect("upper limit"),
    0x49: Effect("times above upper limit", event_count=True),
    0x68: Effect("value while below lower limit"),
    0x69: Effect("leakage"),
    0x6A: Effect("date of begin of first", date=True),
    0x6B: Effect("date of end of first", date=True),
    0x6C: Effect("value while above upper limit"),
    0x6D: Effect("overflow"),
    0x6E: Effect("date of begin of last", date=True),
    0x6F: Effect("date of end of last", date=True),
    0x7E: Effect("future value"),
}
# Second octet behind FC.
FURTHER: Final = {
    0x01: Effect("phase L1"),
    0x02: Effect("phase L2"),
    0x03: Effect("phase L3"),
    0x04: Effect("neutral"),
    0x05: Effect("phases L1 to L2"),
    0x06: Effect("phases L2 to L3"),
    0x07: Effect("phases L3 to L1"),
    0x08: Effect("quadrant Q1"),
    0x09: Effect("quadrant Q2"),
    0x0A: Effect("quadrant Q3"),
    0x0B: Effect("quadrant Q4"),
    0x0C: Effect("import minus export"),
    0x10: Effect("forward and backward flow added"),
    0x11: Effect("type C data"),
    0x12: Effect("type D data"),
    0x13: Effect("from partner to meter"),
    0x14: Effect("from meter to partner"),
}
# fmt: on

_LIMITS: Final = ("lower", "upper")
_ORDER: Final = ("first", "last")
_EDGE: Final = ("begin", "end")
for _code in range(0x40, 0x50):  # E100 uf1b: date of begin or end of the first or last time beyond a limit
    if _code & 2:
        _words = f"date of {_EDGE[_code & 1]} of {_ORDER[_code >> 2 & 1]} time beyond {_LIMITS[_code >> 3 & 1]} limit"
        EFFECTS[_code] = Effect(_words, date=True)
for _code in range(0x50, 0x60):  # E101 ufnn: duration of the first or last time beyond a limit
    _words = f"duration of {_ORDER[_code >> 2 & 1]} time beyond {_LIMITS[_code >> 3 & 1]} limit"
    EFFECTS[_code] = Effect(_words, duration=_code & 3)
for _code in range(0x60, 0x68):  # E110 0fnn
    EFFECTS[_code] = Effect(f"duration of {_ORDER[_code >> 2 & 1]}", duration=_code & 3)


@dataclass(frozen=True, slots=True)
class Refined:
    """A unit with what the extensions behind it made of it."""

    unit: Unit
    notes: tuple[str, ...] = ()
    in_error: bool = False  # the meter says that this record's data are not to be used


def refine(unit: Unit, extensions: bytes, *, from_master: bool = False) -> Refined:
    """Apply the extensions behind a VIF, in their order."""
    result = Refined(unit)
    position = 0
    while position < len(extensions):
        code = extensions[position] & 0x7F
        position += 1
        if code == MANUFACTURER:
            rest = extensions[position:].hex(" ").upper()
            return _noted(result, f"manufacturer's extension {rest}".rstrip())
        if code == MORE and position < len(extensions):
            further = FURTHER.get(extensions[position] & 0x7F)
            words = f"unknown extension FC {extensions[position]:02X}"
            result = _applied(result, further) if further else _noted(result, words)
            position += 1
        else:
            result = _by_code(result, code, from_master)
    return result


def _by_code(result: Refined, code: int, from_master: bool) -> Refined:
    if code <= LAST_ERROR:
        return _action(result, code) if from_master else _error(result, code)
    if code in MULTIPLICATIVE:
        return _scaled(result, code - MULTIPLICATIVE.start - 6)
    if code == THOUSANDFOLD:
        return _scaled(result, 3)
    if code in ADDITIVE:
        return _noted(result, f"additive correction constant 10^{code - ADDITIVE.start - 3}")
    effect = EFFECTS.get(code)
    return _applied(result, effect) if effect else _noted(result, f"unknown extension {code:02X}")


def _error(result: Refined, code: int) -> Refined:
    if code in PROFILES:
        result = replace(result, unit=result.unit._replace(form=Form.RAW))
    if code in CONTENTS:
        return _noted(result, CONTENTS[code])
    if code not in RECORD_ERRORS:
        return _noted(result, f"reserved error code {code:02X}")
    words = RECORD_ERRORS[code]
    return replace(_noted(result, f"record error: {words}"), in_error=True) if words else result


def _action(result: Refined, code: int) -> Refined:
    return _noted(result, f"action: {ACTIONS.get(code, f'reserved {code:02X}')}")


def _noted(result: Refined, note: str) -> Refined:
    return replace(result, notes=(*result.notes, note))


def _scaled(result: Refined, exponent: int) -> Refined:
    return replace(result, unit=result.unit._replace(exponent=result.unit.exponent + exponent))


def _applied(result: Refined, effect: Effect) -> Refined:
    unit = result.unit
    if effect.per:
        unit = unit._replace(unit=f"{unit.unit or '1'}/{effect.per}")
    elif effect.times:
        unit = unit._replace(unit=f"{unit.unit or '1'} {effect.times}")
    elif effect.duration is not None:
        step = SECONDS_TO_DAYS[effect.duration]
        unit = Unit(unit.quantity, step.unit, 0, step.factor, Form.NUMBER)
    elif effect.date:
        unit = Unit(unit.quantity, None, 0, 1, Form.DATE)
    elif effect.event_count:
        unit = Unit(unit.quantity, None, 0, 1, Form.UNSIGNED)
    result = replace(result, unit=unit)
    return _noted(result, effect.note) if effect.note else result
