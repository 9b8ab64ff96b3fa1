"""A telegram as a table for people: who sent it and how it is, then a line for each record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from appliance.errors import TelegramError
from appliance.mbus.dif import Function
from appliance.mbus.header import Header
from appliance.mbus.media import medium_name
from appliance.mbus.records import Record
from appliance.mbus.status import status_words
from appliance.mbus.telegram import Telegram
from appliance.meters.units import show

LONGEST_OCTETS: Final = 16


def table(telegram: Telegram) -> Iterator[str]:
    """The lines of the table, a blank one at the end."""
    yield "  ".join(_title(telegram))
    if telegram.application_error is not None:
        yield f"  the meter reports: {telegram.application_error.text}"
    if telegram.records is None and telegram.security != "none":
        remedy = "" if telegram.notes else ": give the key with --key"
        yield f"  encrypted ({telegram.security}){remedy}"
    yield from _rows(telegram.records or ())
    yield from (f"  note: {note}" for note in telegram.notes)
    if telegram.more:
        yield "  a further telegram follows"
    yield ""


def unreadable(error: TelegramError) -> Iterator[str]:
    """What stands in place of the table."""
    yield f"unreadable at octet {error.octet}: {error.sentence}"
    yield ""


def _title(telegram: Telegram) -> Iterator[str]:
    if telegram.header is not None:
        yield from _identity(telegram.header)
    if telegram.order is not None:
        yield f"order: {telegram.order}"
    elif telegram.ci is None:
        yield "acknowledged"
    elif telegram.header is None:
        yield f"CI {telegram.ci:02X}"
    if telegram.address is not None:
        yield f"address {telegram.address}"
    if telegram.access_number is not None and telegram.status is not None:
        yield f"access {telegram.access_number}"
        yield f"status: {', '.join(status_words(telegram.status)) or 'ok'}"


def _identity(header: Header) -> Iterator[str]:
    yield f"{header.manufacturer_letters} {header.identification}" if header.manufacturer else header.identification
    yield medium_name(header.medium)
    yield f"version {header.version}"


def _rows(records: tuple[Record, ...]) -> Iterator[str]:
    cells = [_cells(record) for record in records]
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(5)]
    for index, name, value, unit, place, notes in cells:
        columns = (
            index.rjust(widths[0]),
            name.ljust(widths[1]),
            value.rjust(min(widths[2], 20)),
            unit.ljust(widths[3]),
            place.ljust(widths[4]),
            notes,
        )
        yield f"  {'  '.join(columns)}".rstrip()


def _cells(record: Record) -> tuple[str, str, str, str, str, str]:
    number, unit = _value(record)
    return str(record.index), record.quantity, number, unit, _place(record), "; ".join(record.notes)


def _value(record: Record) -> tuple[str, str]:
    """As all screens show it, but octets without end."""
    if isinstance(record.value, bytes) and len(record.value) > LONGEST_OCTETS:
        return f"{record.value[:LONGEST_OCTETS].hex(' ').upper()} ... ({len(record.value)} octets)", ""
    shown = show(record)
    return shown.number, shown.unit


def _place(record: Record) -> str:
    words = [] if record.function is Function.INSTANTANEOUS else [record.function.value]
    numbers = {"storage": record.storage, "tariff": record.tariff, "subunit": record.subunit}
    return ", ".join(words + [f"{name} {number}" for name, number in numbers.items() if number])
