"""What the header octets of a record mean: the same for each telegram of a layout.

DIF and DIFEs say where in the meter a value comes from and how it is coded, VIF and VIFEs what it measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import Final

from appliance.mbus import plain_text, vife
from appliance.mbus.codings import DATES_BY_SIZE, Coding, Kind, Order, Raw
from appliance.mbus.dif import LVAR, Function, place
from appliance.mbus.text import MeterText
from appliance.mbus.vif import PRIMARY_TABLE_LEADS_ON, TABLES, UNKNOWN_TYPES, Form, Unit

MANUFACTURER_VIF: Final = 0x7F
SELECTION_FOR_READOUT: Final = 0x08
TYPE_M: Final = "type M (a moment in UTC or a duration), kept as octets: no public source tells their layout"
MEANINGS_REMEMBERED: Final = 4096
# IEEE 754 numbers have at most 17 digits and factors 15: rounding would be a mistake of ours, and raises.
EXACT: Final = Context(prec=50, traps=[Inexact])

Value = Raw  # in the unit of the meaning: whole numbers as int, others as Decimal, never a binary fraction


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the header octets of a record say: value = raw * factor * 10^exponent in `unit`."""

    dif: bytes
    vif: bytes
    coding: Coding
    quantity: str
    unit: str | None = None
    exponent: int = 0
    factor: int = 1
    function: Function = Function.INSTANTANEOUS
    storage: int = 0
    tariff: int = 0
    subunit: int = 0
    notes: tuple[str, ...] = ()
    in_error: bool = False  # the meter says that this record's data are not to be used

    def scale(self, raw: Raw) -> Value:
        """The exact value of a raw one; dates, text and octets are their own value."""
        if self.in_error:
            return None
        if not isinstance(raw, int | Decimal):
            return raw
        if isinstance(raw, Decimal):
            return EXACT.scaleb(EXACT.multiply(raw, self.factor), self.exponent)
        if self.exponent >= 0:
            return raw * self.factor * int(10**self.exponent)
        return Decimal(f"{raw * self.factor}E{self.exponent}")


@lru_cache(MEANINGS_REMEMBERED)
def meaning_of(
    dif: bytes, vif: bytes, kind: Kind, size: int, order: Order = Order.LEAST_FIRST, from_master: bool = False
) -> Meaning:
    """What DIF, DIFEs, VIF and VIFEs say about data of this kind and size."""
    unit, extensions, notes = _look_up(vif, order)
    refined = (
        vife.Refined(unit)
        if vif[0] & 0x7F == MANUFACTURER_VIF
        else vife.refine(unit, extensions, from_master=from_master)
    )
    coding, coding_notes = _coding(refined.unit.form, kind, size, order)
    if refined.unit.form is Form.DATE and dif[0] & 0x0F == LVAR and kind in (Kind.INTEGER, Kind.RAW):
        coding, coding_notes = Coding(Kind.RAW, size, order), (TYPE_M,)
    if dif[0] & 0x0F == SELECTION_FOR_READOUT:
        coding_notes = ("selected for readout",)
    where = place(dif)
    return Meaning(
        dif, vif, coding, refined.unit.quantity, refined.unit.unit, refined.unit.exponent, refined.unit.factor,
        where.function, where.storage, where.tariff, where.subunit,
        notes + refined.notes + coding_notes, refined.in_error,
    )  # fmt: skip


def _look_up(vif: bytes, order: Order) -> tuple[Unit, bytes, tuple[str, ...]]:
    """The unit a VIF names, the extensions left to apply, and notes."""
    code = vif[0] & 0x7F
    if plain_text.is_plain_text(code):
        return _plain_text(vif, order)
    if code == MANUFACTURER_VIF:
        words = f"manufacturer's VIF {vif[1:].hex(' ').upper()}".rstrip()
        return TABLES[b""][code], b"", (words,)
    table = b""
    position = 0
    while table + vif[position : position + 1] in TABLES and position + 1 < len(vif):
        table += vif[position : position + 1]
        position += 1
    unit = TABLES[table].get(vif[position] & 0x7F)
    if unit is None:
        words = "leads to no further table" if not table and code in PRIMARY_TABLE_LEADS_ON else "is reserved"
        note = f"VIF {vif[: position + 1].hex(' ').upper()} {words}"
        return Unit("unknown", None, 0, 1, Form.NUMBER), vif[position + 1 :], (note,)
    unknown_type = UNKNOWN_TYPES.get(table + bytes((vif[position] & 0x7F,)))
    return unit, vif[position + 1 :], (unknown_type,) if unknown_type else ()


def _plain_text(vif: bytes, order: Order) -> tuple[Unit, bytes, tuple[str, ...]]:
    text, extensions = plain_text.split(vif)
    words = MeterText.from_wire(text if order is Order.LEAST_FIRST else text[::-1]).strip()
    unit, quantity = PLAIN_TEXT_UNITS.get(words, (None, words or "plain text"))
    return Unit(quantity, unit, 0, 1, Form.NUMBER), extensions, ()


# Units that meters write out as text because the tables lacked them.
PLAIN_TEXT_UNITS: Final = {
    "%RH": ("%", "relative humidity"),
    "% RH": ("%", "relative humidity"),
    "%": ("%", "plain text"),
}


def _coding(form: Form, kind: Kind, size: int, order: Order) -> tuple[Coding, tuple[str, ...]]:
    """The coding, where the quantity asks for another one than the data field names."""
    if form is Form.RAW and kind is not Kind.NONE:
        return Coding(Kind.RAW, size, order), ()
    if form is Form.UNSIGNED and kind is Kind.INTEGER:
        return Coding(Kind.UNSIGNED, size, order), ()
    if form is Form.DATE and kind is Kind.INTEGER:
        if size in DATES_BY_SIZE:
            return Coding(DATES_BY_SIZE[size], size, order), ()
        return Coding(Kind.RAW, size, order), (f"no date has {size} octets",)
    return Coding(kind, size, order), ()
