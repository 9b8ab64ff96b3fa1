"""A telegram taken apart: its octets coloured by field, its records, and one record in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from appliance.mbus.anatomy import Anatomy, Field
from appliance.mbus.codings import Coding, Kind
from appliance.mbus.manufacturers import manufacturer_letters
from appliance.mbus.media import medium_name
from appliance.mbus.records import Record
from appliance.mbus.status import status_words
from appliance.meters.units import Units, show
from tui.draw import EMPTY, Line, Piece, fit, line
from tui.shown import power_text, unit_text
from tui.text import _
from tui.widgets.table import Column, Row
from tui.words import FLAG, OK, SILENT

BITS_AN_OCTET: Final = 11  # start, eight, parity, stop
GROUP: Final = 8
# fmt: off
LETTERS: Final = {
    Field.FRAME: "f", Field.CHECKSUM: "f", Field.CONTROL: "C", Field.ADDRESS: "A", Field.CI: "I",
    Field.IDENTIFICATION: "i", Field.MANUFACTURER: "m", Field.VERSION: "v", Field.MEDIUM: "t", Field.NUMBER: "n",
    Field.STATUS: "s", Field.CONFIGURATION: "g", Field.DIF: "D", Field.VIF: "V", Field.DATA: "d",
    Field.ENCRYPTED: "e", Field.FILLER: "·", Field.UNKNOWN: "?", Field.WRONG: "✕",
}
STYLES: Final = {
    Field.FRAME: "grey", Field.CHECKSUM: "grey", Field.FILLER: "grey",
    Field.CONTROL: "", Field.ADDRESS: "", Field.CI: "",
    Field.DIF: "third", Field.VIF: "curve", Field.DATA: "second",
    Field.ENCRYPTED: "flag", Field.UNKNOWN: "silent", Field.WRONG: "strong silent",
}
LEGEND: Final = (
    ("f", "grey", _("frame")), ("CAI", "", _("control, address, CI")),
    ("imvtnsg", "accent", _("identity, maker, version, medium, number, status, signature")),
    ("D", "third", _("DIF")), ("V", "curve", _("VIF")), ("d", "second", _("data")),
)
# fmt: on
RECORD_COLUMNS: Final = (
    Column("number", 2, "#", right=True),
    Column("dif", 5, "DIF", gap=1, most=14),
    Column("vif", 6, "VIF", gap=1, most=20),
    Column("data", 13, "data", gap=1, most=36),
    Column("meaning", 22, _("meaning"), gap=1, most=30),
    Column("value", 16, _("value"), right=True, gap=1),
    Column("unit", 4, "", gap=1),
    Column("of", 9, _("of"), most=30),
)
COMPACT_COLUMNS: Final = (
    Column("number", 2, "#", right=True, gap=1),
    Column("dif", 5, "DIF", gap=1),
    Column("vif", 5, "VIF", gap=1),
    Column("data", 11, "data", gap=1),
    Column("meaning", 18, _("meaning"), gap=1),
    Column("value", 16, _("value"), right=True, gap=1),
    Column("unit", 4, "", gap=1),
    Column("of", 9, _("of")),
)


def octet_lines(found: Anatomy, picked: int | None, *, across: int, letters: bool) -> list[Line]:
    """The octets `across` a row in groups of eight, a letter for its field below each; one record stands out."""
    digits = 4 if letters else 2
    lines: list[Line] = []
    for start in range(0, len(found.octets), across):
        row = range(start, min(start + across, len(found.octets)))
        lines.append((Piece(f" {start:0{digits}X}  ", "grey"), *_octets(found, row, picked)))
        if letters:
            lines.append((Piece(" " * (digits + 3)), *_letters(found, row)))
    return lines


def legend() -> Line:
    """What the letters mean."""
    pieces = [Piece(" " * 7)]
    for letter, style, words in LEGEND:
        pieces += [Piece(letter, style), Piece(f" {words}  ", "grey")]
    return tuple(pieces)


def frame_note(found: Anatomy, *, short: bool) -> Line:
    """`85 octets · long frame · checksum ● ok · not encrypted`."""
    count = f"{len(found.octets)} " + _("octets")
    if found.fault is not None:
        return line((f"{count} · ", "grey"), (SILENT.symbol, "silent"), (f" {found.fault.sentence}", "silent"))
    telegram = found.telegram
    kind = telegram.link if telegram else ""
    secured = telegram.security if telegram and telegram.security != "none" else _("not encrypted")
    words = f"{count} · checksum " if short else f"{count} · {kind} frame · checksum "
    rest = "" if short or telegram is None or telegram.ci is None else f" · {secured}"
    return line((words, "grey"), (OK.symbol, "ok"), (" ok", "ok"), (rest, "grey"))


def record_rows(found: Anatomy, units: Units, sign: str) -> list[Row]:
    """One row a record."""
    records = found.telegram.records if found.telegram else None
    return [_record_row(record, units, sign) for record in records or ()]


def record_lines(found: Anatomy, index: int, units: Units, sign: str) -> list[Line]:
    """One record in words, octet by octet."""
    record = _record(found, index)
    if record is None:
        return [line((_(" Nothing to take apart."), "grey"))]
    meaning, data = record.meaning, record.octets[len(record.octets) - record.meaning.coding.size :]
    facts = [
        ("DIF " + meaning.dif.hex(" ").upper(), f"{_size(meaning.coding)}{meaning.coding.kind}, {meaning.function}"),
        ("VIF " + _vif(meaning.vif), f"{meaning.quantity}{_scale(record)}"),
        ("data", _raw(record, data)),
        ("value", unit_text(str(show(record, units, decimal_sign=sign)))),
        *_span(found, index),
        *(("note", note) for note in (*meaning.notes, *record.notes)),
    ]
    return [_fact(name, words) for name, words in facts]


def answer_lines(found: Anatomy, names: dict[str, str]) -> list[Line]:
    """Who sent it, and how that is."""
    telegram = found.telegram
    if telegram is None:
        return []
    if telegram.header is None:
        order = [_fact("order", telegram.order)] if telegram.order else []
        error = [_fact("error", telegram.application_error.text)] if telegram.application_error else []
        return [*order, *error]
    header = telegram.header
    warns = ", ".join(status_words(header.status))
    mark = FLAG if warns else OK
    maker = manufacturer_letters(header.manufacturer)
    return [
        _fact("from", names.get(header.identification, header.identification)),
        _fact("maker", f"{maker} ({header.manufacturer:04X}) version {header.version}"),
        _fact("medium", f"{header.medium:02X} {medium_name(header.medium)}"),
        _fact("access", f"number {header.access_number}"),
        (*_fact("status", ""), Piece(mark.symbol, mark.word), Piece(f" {header.status:02X} {warns or _('no error')}")),
        *(_fact("note", note) for note in telegram.notes),
    ]


def _octets(found: Anatomy, row: range, picked: int | None) -> Line:
    pieces: list[Piece] = []
    chosen = found.spans[picked] if picked is not None and picked < len(found.spans) else None
    for position in row:
        inside = chosen is not None and chosen.start <= position < chosen.end
        style = STYLES.get(found.fields[position], "accent")
        style = f"{style} picked".strip() if inside else style
        pieces.append(Piece(f"{found.octets[position]:02X}", style))
        joins = inside and chosen is not None and position + 1 < chosen.end and position + 1 in row
        pieces.append(Piece(_gap(position, row.start), "picked" if joins else ""))
    return tuple(pieces)


def _letters(found: Anatomy, row: range) -> Line:
    text = "".join(f"{LETTERS[found.fields[position]]} {_gap(position, row.start)}" for position in row)
    return (Piece(text, "grey"),)


def _gap(position: int, start: int) -> str:
    return "  " if (position - start) % GROUP == GROUP - 1 else " "


def _record(found: Anatomy, index: int) -> Record | None:
    records = (found.telegram.records if found.telegram else None) or ()
    return records[index] if 0 <= index < len(records) else None


def _record_row(record: Record, units: Units, sign: str) -> Row:
    meaning, shown = record.meaning, show(record, units, decimal_sign=sign)
    data = record.octets[len(record.octets) - meaning.coding.size :]
    number = shown.number
    if isinstance(record.raw, bytes):
        number = f"{len(record.raw)} " + _("octets")
    cells = (
        line((str(record.index), "grey")),
        line((meaning.dif.hex(" ").upper(), "third")),
        line((_vif(meaning.vif), "curve")),
        line((data.hex(" ").upper(), "second")),
        line(meaning.quantity),
        line((number, "strong")),
        line((unit_text(shown.unit), "grey")),
        line((place_of(record), "grey")),
    )
    return Row(str(record.index), cells)


def place_of(record: Record) -> str:
    """`now`, `maximum`, `storage 1`, `tariff 2`."""
    facts = [] if record.function == "instantaneous" else [str(record.function)]
    for word, number in (("storage", record.storage), ("tariff", record.tariff), ("subunit", record.subunit)):
        facts += [f"{word} {number}"] if number else []
    return ", ".join(facts) or _("now")


def _vif(vif: bytes) -> str:
    return vif.hex(" ").upper()


def _scale(record: Record) -> str:
    meaning = record.meaning
    if meaning.unit is None:
        return ""
    factor = f"{meaning.factor} × " if meaning.factor != 1 else ""
    unit = unit_text(meaning.unit)
    return f", {factor}{power_text(meaning.exponent)} {unit}" if meaning.exponent or factor else f", {unit}"


def _size(coding: Coding) -> str:
    """`8 digit ` of BCD, `32 bit ` of the others, nothing where there is no data."""
    if coding.kind is Kind.BCD:
        return _("{} digit ").format(coding.size * 2)
    return "" if coding.kind is Kind.NONE else f"{coding.size * 8} bit "


def _raw(record: Record, data: bytes) -> str:
    octets = data.hex(" ").upper()
    if not isinstance(record.raw, int) or not data:
        return octets
    return f"{octets} → {record.raw}"


def _span(found: Anatomy, index: int) -> Sequence[tuple[str, str]]:
    if index >= len(found.spans):
        return ()
    span = found.spans[index]
    count = span.end - span.start
    return (
        ("octets", f"{span.start}-{span.end - 1} of {len(found.octets)}"),
        ("takes", f"{count} × {BITS_AN_OCTET} bit, {count * BITS_AN_OCTET / 2.4:.1f} ms at 2400 Bd"),
    )


def _fact(name: str, words: str) -> Line:
    return (Piece(" "), *fit(line((name, "grey")), 9), *line(words)) if words or name else EMPTY
