"""A reading as an answer: lines for a person, data for a program."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from appliance.errors import TelegramError
from appliance.mbus.records import Record
from appliance.mbus.status import status_words
from appliance.mbus.telegram import Telegram, decode
from appliance.meters.meter import Meter
from appliance.meters.selection import manufacturer_of, medium_of
from appliance.meters.units import exact, show
from appliance.operations.answer import Data
from appliance.operations.call import Call
from appliance.operations.meter_state import slot_time
from appliance.ports import Heard
from appliance.store.status import status_byte


def lines_of(call: Call, meter: Meter, heard: Heard, *, raw: bool = False) -> list[str]:
    """Head line and one line per record."""
    records = list(records_of(heard))
    lines = [f"{head(meter)}   {_how(heard)}   status {status_text(heard)}"]
    if raw:
        lines += [f"  {octets.hex(' ').upper()}" for octets in heard.telegrams]
    units, sign = call.parts.settings.localization.units, call.parts.settings.localization.decimal_separator.sign
    shown = [show(record, units, decimal_sign=sign) for record in records]
    quantities = max((len(record.quantity) for record in records), default=0)
    numbers = max((len(value.number) for value in shown), default=0)
    for index, (record, value) in enumerate(zip(records, shown, strict=True)):
        line = f"{index:3}  {record.quantity:{quantities}}  {value.number:>{numbers}} {value.unit:6}  {aside(record)}"
        lines.append(line.rstrip())
    return lines


def data_of(meter: Meter, heard: Heard) -> dict[str, Data]:
    """The same for programs: values exact, in base units."""
    return {
        "meter": key_of(meter),
        "slot": slot_time(heard.slot),
        "status": status_byte(heard.telegrams[-1]) if heard.telegrams else None,
        **({"incomplete": heard.incomplete} if heard.incomplete else {}),
        "records": [_record_data(index, record) for index, record in enumerate(records_of(heard))],
    }


def records_of(heard: Heard) -> Iterable[Record]:
    """All records of all telegrams of a reading; a telegram that cannot be read has none."""
    for octets in heard.telegrams:
        try:
            telegram: Telegram = decode(octets)
        except TelegramError:
            continue
        yield from telegram.records or ()


def head(meter: Meter) -> str:
    """`Flat 12  10473002  ELS water, version 1`."""
    address = meter.secondary_address
    version = f", version {address.version}" if address and address.version != 0xFF else ""
    kind = f"{manufacturer_of(meter)} {medium_of(meter)}".strip()
    return "  ".join(part for part in (meter.label, key_of(meter), f"{kind}{version}") if part)


def key_of(meter: Meter) -> str:
    """Identification of a meter, or its primary address."""
    return meter.secondary_address.identification if meter.secondary_address else f"primary {meter.primary_address}"


def status_text(heard: Heard) -> str:
    """The last telegram's status octet in words, and whether all telegrams came."""
    octet = status_byte(heard.telegrams[-1]) if heard.telegrams else None
    words = [*status_words(octet or 0), *([heard.remark] if heard.remark else [])]
    return ", ".join(words) or "ok"


def aside(record: Record) -> str:
    """What distinguishes a record from the others of its quantity."""
    facts = [str(record.function)] if record.function != "instantaneous" else []
    for name, number in (("storage", record.storage), ("tariff", record.tariff), ("subunit", record.subunit)):
        facts += [f"{name} {number}"] if number else []
    return ", ".join(dict.fromkeys((*facts, *record.meaning.notes, *record.notes)))


def _how(heard: Heard) -> str:
    telegrams = len(heard.telegrams)
    return f"{telegrams} telegram{'s' * (telegrams != 1)}"


def _record_data(index: int, record: Record) -> dict[str, Data]:
    number = exact(record)
    return {
        "index": index,
        "quantity": record.quantity,
        "unit": record.unit,
        "value": plain(record.value) if number is None else number,
        "function": str(record.function),
        "storage": record.storage,
        "tariff": record.tariff,
        "subunit": record.subunit,
    }


def plain(value: object) -> Data:
    """What is no number, as JSON takes it: a meter's dates have no zone, octets are hex."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
