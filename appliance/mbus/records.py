"""Records: cutting the octets behind the header into records, and what each of them means.

```text
record   DIF  DIFE...  VIF  VIFE...  [LVAR]  data
```
`walk` finds where records begin and end; `Meaning` is all that their header octets say and is the same for each
telegram of a layout; `Record` is a meaning with its data.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import Final

from appliance.mbus import vife
from appliance.mbus.codings import DATA_FIELDS, DATES_BY_SIZE, Coding, Kind, Order, Raw, by_length
from appliance.mbus.dif import (
    EXTENSION,
    IDLE_FILLER,
    LVAR,
    MANUFACTURER_DATA,
    MANUFACTURER_DATA_AND_MORE,
    MAXIMUM_EXTENSIONS,
    READOUT_REQUEST,
    Function,
    place,
)
from appliance.mbus.text import MeterText
from appliance.mbus.vif import PRIMARY_TABLE_LEADS_ON, TABLES, Form, Unit

PLAIN_TEXT: Final = 0x7C
MANUFACTURER_VIF: Final = 0x7F
SPECIAL_FUNCTION: Final = 0x0F
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


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """Where a record stands: header octets in [start, data), LVAR octet included, data octets in [data, end)."""

    meaning: Meaning
    start: int
    data: int
    end: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the octets from `start` on are no record, and at which octet that shows."""

    sentence: str
    start: int
    octet: int


@dataclass(frozen=True, slots=True)
class Walk:
    """The records of a telegram in their order, and how they ended."""

    spans: tuple[RecordSpan, ...]
    more: bool = False  # DIF 1F: a further telegram follows
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One value of a telegram, with everything known about it."""

    index: int
    meaning: Meaning
    raw: Raw
    octets: bytes  # header and data, as they came
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> Value:
        """Exact, in `unit`; None where the meter sent none."""
        return self.meaning.scale(self.raw)

    @property
    def quantity(self) -> str:
        return self.meaning.quantity

    @property
    def unit(self) -> str | None:
        return self.meaning.unit

    @property
    def function(self) -> Function:
        return self.meaning.function

    @property
    def storage(self) -> int:
        return self.meaning.storage

    @property
    def tariff(self) -> int:
        return self.meaning.tariff

    @property
    def subunit(self) -> int:
        return self.meaning.subunit


class _Unreadable(Exception):
    """A record ends too early or breaks a rule; never leaves this module."""

    def __init__(self, sentence: str, octet: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.octet = octet


def walk(octets: bytes, start: int, end: int, order: Order = Order.LEAST_FIRST, *, from_master: bool = False) -> Walk:
    """Cut the octets in [start, end) into records; a fault ends the walk and leaves the records before it."""
    spans: list[RecordSpan] = []
    position = start
    while position < end:
        dif = octets[position]
        if dif == IDLE_FILLER:
            position += 1
        elif dif in (MANUFACTURER_DATA, MANUFACTURER_DATA_AND_MORE):
            if position + 1 < end:
                spans.append(_manufacturer_data(dif, position, end))
            return Walk(tuple(spans), dif == MANUFACTURER_DATA_AND_MORE)
        else:
            try:
                span = _cut(octets, position, end, order, from_master)
            except _Unreadable as problem:
                return Walk(tuple(spans), fault=Fault(problem.sentence, position, problem.octet))
            spans.append(span)
            position = span.end
    return Walk(tuple(spans))


def _manufacturer_data(dif: int, position: int, end: int) -> RecordSpan:
    coding = Coding(Kind.RAW, end - position - 1)
    return RecordSpan(Meaning(bytes((dif,)), b"", coding, "manufacturer specific"), position, position + 1, end)


def _cut(octets: bytes, start: int, end: int, order: Order, from_master: bool) -> RecordSpan:
    if octets[start] == READOUT_REQUEST:
        meaning = Meaning(b"\x7f", b"", Coding(Kind.NONE, 0), "readout request")
        return RecordSpan(meaning, start, start + 1, start + 1)
    if octets[start] & 0x0F == SPECIAL_FUNCTION:
        raise _Unreadable(f"DIF {octets[start]:02X} is reserved", start)
    vif_start = _chain_end(octets, start, end, "DIFE")
    vif_end = _vif_end(octets, vif_start, end)
    dif, vif = octets[start:vif_start], octets[vif_start:vif_end]
    data = vif_end
    kind, size = DATA_FIELDS.get(dif[0] & 0x0F, (Kind.RAW, 0))
    if dif[0] & 0x0F == LVAR:
        if data >= end:
            raise _Unreadable("the record ends before its length", data)
        kind, size = _variable(octets[data], data)
        data += 1
    if data + size > end:
        raise _Unreadable(f"the record needs {size} octets of data, {end - data} are left", end)
    return RecordSpan(meaning_of(dif, vif, kind, size, order, from_master), start, data, data + size)


def _variable(lvar: int, position: int) -> tuple[Kind, int]:
    found = by_length(lvar)
    if found is None:
        raise _Unreadable(f"length {lvar:02X} is reserved", position)
    return found


def _chain_end(octets: bytes, position: int, end: int, name: str) -> int:
    """Behind the last octet of an extension chain whose first octet stands at `position`."""
    first = position
    while octets[position] & EXTENSION:
        position += 1
        if position - first > MAXIMUM_EXTENSIONS:
            raise _Unreadable(f"more than {MAXIMUM_EXTENSIONS} {name}s", position)
        if position >= end:
            raise _Unreadable(f"the record ends before its last {name}", position)
    return position + 1


def _vif_end(octets: bytes, position: int, end: int) -> int:
    """Behind the VIF, its plain text and its VIFEs."""
    if position >= end:
        raise _Unreadable("the record ends before its VIF", position)
    if octets[position] & 0x7F != PLAIN_TEXT:
        return _chain_end(octets, position, end, "VIFE")
    if position + 1 >= end or position + 2 + octets[position + 1] > end:
        raise _Unreadable("the record ends inside the text of its VIF", end)
    last = position + 1 + octets[position + 1]
    if not octets[position] & EXTENSION:
        return last + 1
    if last + 1 >= end:
        raise _Unreadable("the record ends before its last VIFE", end)
    return _chain_end(octets, last + 1, end, "VIFE")


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
    if dif[0] & 0x0F == 0x08:
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
    if code == PLAIN_TEXT:
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
    return unit, vif[position + 1 :], ()


def _plain_text(vif: bytes, order: Order) -> tuple[Unit, bytes, tuple[str, ...]]:
    end = 2 + vif[1]
    text = vif[2:end] if order is Order.LEAST_FIRST else vif[end - 1 : 1 : -1]
    words = MeterText.from_wire(text).strip()
    unit, quantity = PLAIN_TEXT_UNITS.get(words, (None, words or "plain text"))
    return Unit(quantity, unit, 0, 1, Form.NUMBER), vif[end:], ()


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


def read_records(octets: bytes, found: Walk, end: int) -> tuple[Record, ...]:
    """The records of a walk with their values; what a fault left over becomes a last, marked record."""
    records = [_read(octets, index, span) for index, span in enumerate(found.spans)]
    if found.fault is not None:
        start, sentence = found.fault.start, found.fault.sentence
        rest = octets[start:end]
        meaning = Meaning(rest[:1], b"", Coding(Kind.RAW, len(rest)), "unreadable")
        note = f"unreadable: {sentence} (octet {found.fault.octet})"
        records.append(Record(len(records), meaning, rest, rest, (note,)))
    return tuple(records)


def _read(octets: bytes, index: int, span: RecordSpan) -> Record:
    data = octets[span.data : span.end]
    coding = span.meaning.coding
    notes = span.meaning.notes + coding.remarks(data)
    return Record(index, span.meaning, coding.read(data), octets[span.start : span.end], notes)
