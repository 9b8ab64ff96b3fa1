"""Value information: what a record measures, in which unit, scaled by which power of ten.

One row per range of the standard, in its order: `first` to `last` of the seven low bits, quantity, unit, and the power
of ten of the first code, each further code being ten times as much. Units without a power of ten (minutes, hours ...)
name what each code of the range is. Source: public M-Bus documentation and OMS specification volume 2; rating factors
and the time of day change as the open decoder pyMBusMaster has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, NamedTuple


class Form(Enum):
    """How the octets of a quantity are to be understood, where a plain number would be wrong."""

    NUMBER = "number"
    UNSIGNED = "unsigned"  # counters, bit fields, addresses: no sign
    DATE = "date"  # the size of the data tells the type: G, F, J, I; data of variable length are of type M
    RAW = "raw"  # a container or structure of its own


class Step(NamedTuple):
    """Unit of one code in a range whose codes are not powers of ten."""

    unit: str
    factor: int


class Vif(NamedTuple):
    """A range of codes of one table."""

    first: int
    last: int
    quantity: str
    unit: str | tuple[Step, ...] | None = None
    exponent: int = 0
    factor: int = 1
    form: Form = Form.NUMBER


class Unit(NamedTuple):
    """What one code means: value = raw * factor * 10^exponent in `unit`."""

    quantity: str
    unit: str | None
    exponent: int
    factor: int
    form: Form


# fmt: off
SECOND: Final = Step("s", 1)
MINUTE: Final = Step("s", 60)
HOUR:   Final = Step("s", 3_600)
DAY:    Final = Step("s", 86_400)
MONTH:  Final = Step("month", 1)  # a calendar's month and year have no length in seconds
YEAR:   Final = Step("year", 1)

SECONDS_TO_DAYS:  Final = (SECOND, MINUTE, HOUR, DAY)
MINUTES_TO_DAYS:  Final = (MINUTE, HOUR, DAY)
MONTHS_AND_YEARS: Final = (MONTH, YEAR)
HOURS_TO_YEARS:   Final = (HOUR, DAY, MONTH, YEAR)

CUBIC_FOOT: Final = 28_316_846_592    # 10^-12 m3, exact by the definition of the foot
GALLON:     Final = 3_785_411_784     # 10^-12 m3, exact by the definition of the U.S. liquid gallon
PART:       Final = 244_140_625       # 10^-12, the 4096th part of one: heat cost allocators count in such parts

PRIMARY: Final = (
    #   first last  quantity                    unit              10^  factor
    Vif(0x00, 0x07, "energy",                   "Wh",              -3),
    Vif(0x08, 0x0F, "energy",                   "J",                0),
    Vif(0x10, 0x17, "volume",                   "m3",              -6),
    Vif(0x18, 0x1F, "mass",                     "kg",              -3),
    Vif(0x20, 0x23, "on time",                  SECONDS_TO_DAYS),
    Vif(0x24, 0x27, "operating time",           SECONDS_TO_DAYS),
    Vif(0x28, 0x2F, "power",                    "W",               -3),
    Vif(0x30, 0x37, "power",                    "J/h",              0),
    Vif(0x38, 0x3F, "volume flow",              "m3/h",            -6),
    Vif(0x40, 0x47, "volume flow",              "m3/h",            -7,  60),     # m3/min
    Vif(0x48, 0x4F, "volume flow",              "m3/h",            -9,  3_600),  # m3/s
    Vif(0x50, 0x57, "mass flow",                "kg/h",            -3),
    Vif(0x58, 0x5B, "flow temperature",         "°C",              -3),
    Vif(0x5C, 0x5F, "return temperature",       "°C",              -3),
    Vif(0x60, 0x63, "temperature difference",   "K",               -3),
    Vif(0x64, 0x67, "external temperature",     "°C",              -3),
    Vif(0x68, 0x6B, "pressure",                 "bar",             -3),
    Vif(0x6C, 0x6C, "date",                     form=Form.DATE),
    Vif(0x6D, 0x6D, "date and time",            form=Form.DATE),
    Vif(0x6E, 0x6E, "heat cost allocation"),
    Vif(0x70, 0x73, "averaging duration",       SECONDS_TO_DAYS),
    Vif(0x74, 0x77, "actuality duration",       SECONDS_TO_DAYS),
    Vif(0x78, 0x78, "fabrication number",       form=Form.UNSIGNED),
    Vif(0x79, 0x79, "identification",           form=Form.UNSIGNED),
    Vif(0x7A, 0x7A, "bus address",              form=Form.UNSIGNED),
    Vif(0x7E, 0x7E, "any"),
    Vif(0x7F, 0x7F, "manufacturer specific"),
)
PRIMARY_TABLE_LEADS_ON: Final = (0x6F, 0x7B, 0x7C, 0x7D)  # EF table, FB table, plain text, FD table

# Second octet behind EF: the standard keeps all codes of this table for later.
EXTENSION_EF: Final = ()

# Second octet behind FB.
EXTENSION_FB: Final = (
    #   first last  quantity                    unit              10^  factor
    Vif(0x00, 0x01, "energy",                   "Wh",               5),          # MWh
    Vif(0x02, 0x03, "reactive energy",          "varh",             3),          # kvarh
    Vif(0x04, 0x05, "apparent energy",          "VAh",              3),          # kVAh
    Vif(0x08, 0x09, "energy",                   "J",                8),          # GJ
    Vif(0x0C, 0x0F, "energy",                   "cal",              5),          # Mcal; which calorie is not said
    Vif(0x10, 0x11, "volume",                   "m3",               2),
    Vif(0x14, 0x17, "reactive power",           "var",              0),          # kvar
    Vif(0x18, 0x19, "mass",                     "kg",               5),          # t
    Vif(0x1A, 0x1B, "relative humidity",        "%",               -1),
    Vif(0x20, 0x20, "volume",                   "m3",             -12,  CUBIC_FOOT),
    Vif(0x21, 0x21, "volume",                   "m3",             -13,  CUBIC_FOOT),
    Vif(0x22, 0x23, "volume",                   "m3",             -13,  GALLON),
    Vif(0x24, 0x24, "volume flow",              "m3/h",           -15,  GALLON * 60),
    Vif(0x25, 0x25, "volume flow",              "m3/h",           -12,  GALLON * 60),
    Vif(0x26, 0x26, "volume flow",              "m3/h",           -12,  GALLON),
    Vif(0x28, 0x29, "power",                    "W",                5),          # MW
    Vif(0x2A, 0x2A, "phase voltage to voltage", "°",               -1),
    Vif(0x2B, 0x2B, "phase voltage to current", "°",               -1),
    Vif(0x2C, 0x2F, "frequency",                "Hz",              -3),
    Vif(0x30, 0x31, "power",                    "J/h",              8),          # GJ/h
    Vif(0x34, 0x37, "apparent power",           "VA",               0),          # kVA
    Vif(0x58, 0x5B, "flow temperature",         "°F",              -3),
    Vif(0x5C, 0x5F, "return temperature",       "°F",              -3),
    Vif(0x60, 0x63, "temperature difference",   "°F",              -3),
    Vif(0x64, 0x67, "external temperature",     "°F",              -3),
    Vif(0x68, 0x68, "resulting rating factor",                  exponent=-12, factor=PART),
    Vif(0x69, 0x69, "thermal output rating factor"),
    Vif(0x6A, 0x6A, "overall thermal coupling factor",          exponent=-12, factor=PART),
    Vif(0x6B, 0x6B, "room side thermal coupling factor",        exponent=-12, factor=PART),
    Vif(0x6C, 0x6C, "heater side thermal coupling factor",      exponent=-12, factor=PART),
    Vif(0x6D, 0x6D, "low temperature rating factor",            exponent=-12, factor=PART),
    Vif(0x6E, 0x6E, "display scaling factor",                   exponent=-12, factor=PART),
    Vif(0x70, 0x73, "temperature limit",        "°F",              -3),
    Vif(0x74, 0x77, "temperature limit",        "°C",              -3),
    Vif(0x78, 0x7F, "cumulated maximum power",  "W",               -3),
)

# Second octet behind FD.
EXTENSION_FD: Final = (
    #   first last  quantity                            unit              10^
    Vif(0x00, 0x03, "credit",                           None,              -3),  # of the local currency
    Vif(0x04, 0x07, "debit",                            None,              -3),
    Vif(0x08, 0x08, "access number",                    form=Form.UNSIGNED),
    Vif(0x09, 0x09, "medium",                           form=Form.UNSIGNED),
    Vif(0x0A, 0x0A, "manufacturer",                     form=Form.UNSIGNED),
    Vif(0x0B, 0x0B, "parameter set identification",     form=Form.UNSIGNED),
    Vif(0x0C, 0x0C, "model version",                    form=Form.UNSIGNED),
    Vif(0x0D, 0x0D, "hardware version",                 form=Form.UNSIGNED),
    Vif(0x0E, 0x0E, "firmware version",                 form=Form.UNSIGNED),
    Vif(0x0F, 0x0F, "software version",                 form=Form.UNSIGNED),
    Vif(0x10, 0x10, "customer location",                form=Form.UNSIGNED),
    Vif(0x11, 0x11, "customer",                         form=Form.UNSIGNED),
    Vif(0x12, 0x12, "access code user",                 form=Form.UNSIGNED),
    Vif(0x13, 0x13, "access code operator",             form=Form.UNSIGNED),
    Vif(0x14, 0x14, "access code system operator",      form=Form.UNSIGNED),
    Vif(0x15, 0x15, "access code developer",            form=Form.UNSIGNED),
    Vif(0x16, 0x16, "password",                         form=Form.UNSIGNED),
    Vif(0x17, 0x17, "error flags",                      form=Form.UNSIGNED),
    Vif(0x18, 0x18, "error mask",                       form=Form.UNSIGNED),
    Vif(0x19, 0x19, "security key",                     form=Form.RAW),
    Vif(0x1A, 0x1A, "digital output",                   form=Form.UNSIGNED),
    Vif(0x1B, 0x1B, "digital input",                    form=Form.UNSIGNED),
    Vif(0x1C, 0x1C, "baud rate",                        form=Form.UNSIGNED),
    Vif(0x1D, 0x1D, "response delay",                   "bit times",  form=Form.UNSIGNED),
    Vif(0x1E, 0x1E, "retry",                            form=Form.UNSIGNED),
    Vif(0x1F, 0x1F, "remote control",                   form=Form.UNSIGNED),
    Vif(0x20, 0x20, "first storage number",             form=Form.UNSIGNED),
    Vif(0x21, 0x21, "last storage number",              form=Form.UNSIGNED),
    Vif(0x22, 0x22, "size of storage block",            form=Form.UNSIGNED),
    Vif(0x23, 0x23, "tariff and subunit descriptor",    form=Form.UNSIGNED),
    Vif(0x24, 0x27, "storage interval",                 SECONDS_TO_DAYS),
    Vif(0x28, 0x29, "storage interval",                 MONTHS_AND_YEARS),
    Vif(0x2A, 0x2A, "operator specific data",           form=Form.RAW),
    Vif(0x2B, 0x2B, "time point second",                "s"),
    Vif(0x2C, 0x2F, "duration since last readout",      SECONDS_TO_DAYS),
    Vif(0x30, 0x30, "start of tariff",                  form=Form.DATE),
    Vif(0x31, 0x33, "duration of tariff",               MINUTES_TO_DAYS),
    Vif(0x34, 0x37, "period of tariff",                 SECONDS_TO_DAYS),
    Vif(0x38, 0x39, "period of tariff",                 MONTHS_AND_YEARS),
    Vif(0x3A, 0x3A, "dimensionless"),
    Vif(0x3B, 0x3B, "wireless data container",          form=Form.RAW),
    Vif(0x3C, 0x3F, "transmission period",              SECONDS_TO_DAYS),
    Vif(0x40, 0x4F, "voltage",                          "V",               -9),
    Vif(0x50, 0x5F, "current",                          "A",              -12),
    Vif(0x60, 0x60, "reset counter",                    form=Form.UNSIGNED),
    Vif(0x61, 0x61, "cumulation counter",               form=Form.UNSIGNED),
    Vif(0x62, 0x62, "control signal",                   form=Form.UNSIGNED),
    Vif(0x63, 0x63, "day of week",                      form=Form.UNSIGNED),
    Vif(0x64, 0x64, "week number",                      form=Form.UNSIGNED),
    Vif(0x65, 0x65, "time of day change",               form=Form.DATE),
    Vif(0x66, 0x66, "state of parameter activation",    form=Form.UNSIGNED),
    Vif(0x67, 0x67, "special supplier information",     form=Form.UNSIGNED),
    Vif(0x68, 0x6B, "duration since last cumulation",   HOURS_TO_YEARS),
    Vif(0x6C, 0x6F, "battery operating time",           HOURS_TO_YEARS),
    Vif(0x70, 0x70, "battery change",                   form=Form.DATE),
    Vif(0x71, 0x71, "signal strength",                  "dBm"),
    Vif(0x72, 0x72, "daylight saving",                  form=Form.RAW),
    Vif(0x73, 0x73, "listening window",                 form=Form.RAW),
    Vif(0x74, 0x74, "remaining battery life",           (DAY,)),
    Vif(0x75, 0x75, "stop counter",                     form=Form.UNSIGNED),
    Vif(0x76, 0x76, "manufacturer data container",      form=Form.RAW),
)

# Third octet behind FD FD.
EXTENSION_FD_FD: Final = (
    #   first last  quantity                            unit
    Vif(0x00, 0x00, "selected application",             form=Form.UNSIGNED),
    Vif(0x02, 0x03, "remaining battery life",           MONTHS_AND_YEARS),
)
# fmt: on

# What is kept as octets because no public source tells how they are laid out.
UNKNOWN_TYPES: Final = {
    b"\xfd\x72": "type K (begin, end and deviation of summer time), kept as octets",
    b"\xfd\x73": "type L (listening window), kept as octets",
}


def by_code(rows: Iterable[Vif]) -> dict[int, Unit]:
    """The rows of one table, spelt out code by code."""
    return {code: _unit(row, code - row.first) for row in rows for code in range(row.first, row.last + 1)}


def _unit(row: Vif, offset: int) -> Unit:
    if isinstance(row.unit, tuple):
        unit, factor = row.unit[offset]
        return Unit(row.quantity, unit, row.exponent, factor, row.form)
    return Unit(row.quantity, row.unit, row.exponent + offset, row.factor, row.form)


TABLES: Final = {
    b"": by_code(PRIMARY),
    b"\xef": by_code(EXTENSION_EF),
    b"\xfb": by_code(EXTENSION_FB),
    b"\xfd": by_code(EXTENSION_FD),
    b"\xfd\xfd": by_code(EXTENSION_FD_FD),
}
