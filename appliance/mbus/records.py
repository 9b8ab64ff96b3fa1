"""Records: cutting the octets behind the header into records, and reading them.

```text
record   DIF  DIFE...  VIF  VIFE...  [LVAR]  data
```
`walk` finds where records begin and end; `Record` is a meaning with its data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.mbus.codings import DATA_FIELDS, Coding, Kind, Order, Raw, by_length
from appliance.mbus.dif import (
    EXTENSION,
    IDLE_FILLER,
    LVAR,
    MANUFACTURER_DATA,
    MANUFACTURER_DATA_AND_MORE,
    MAXIMUM_EXTENSIONS,
    READOUT_REQUEST,
    Function,
)
from appliance.mbus.meaning import Meaning, Value, meaning_of
from appliance.mbus.plain_text import is_plain_text, text_is_last

SPECIAL_FUNCTION: Final = 0x0F


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
    if not is_plain_text(octets[position]):
        return _chain_end(octets, position, end, "VIFE")
    if text_is_last(octets[position:end]):
        return _text_end(octets, _chain_end(octets, position, end, "VIFE"), end)
    behind = _text_end(octets, position + 1, end)
    if not octets[position] & EXTENSION:
        return behind
    if behind >= end:
        raise _Unreadable("the record ends before its last VIFE", end)
    return _chain_end(octets, behind, end, "VIFE")


def _text_end(octets: bytes, length: int, end: int) -> int:
    """Behind the text whose length octet stands at `length`."""
    if length >= end or length + 1 + octets[length] > end:
        raise _Unreadable("the record ends inside the text of its VIF", end)
    return length + 1 + octets[length]


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
