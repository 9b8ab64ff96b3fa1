"""One JSON object a line for each telegram: exact digits, never a binary fraction.

`json_line` writes any telegram; `json_plan` those of a known layout, whose constant parts are rendered once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from json import JSONEncoder
from typing import Final

from appliance.errors import TelegramError
from appliance.mbus.codings import Raw
from appliance.mbus.header import Header
from appliance.mbus.manufacturers import manufacturer_letters
from appliance.mbus.meaning import Meaning
from appliance.mbus.media import medium_name
from appliance.mbus.records import Record
from appliance.mbus.status import status_words
from appliance.mbus.telegram import Telegram

MOMENTS_REMEMBERED: Final = 4096

in_json: Final = JSONEncoder(
    ensure_ascii=False
).encode  # one encoder for all texts: making one takes longer than writing


def json_line(telegram: Telegram, *, octets: bool = True, notes: bool = True) -> str:
    """The telegram as one line of JSON, without the line's end; `octets` and `notes` say whether to give those keys."""
    parts = ['{"ok":true']
    if telegram.order is not None:
        parts.append(f'"order":{_text(telegram.order)}')
    parts.append(f'"link":"{telegram.link}"')
    if telegram.address is not None:
        parts.append(f'"address":{telegram.address}')
    if telegram.ci is not None:
        parts += [f'"ci":"{telegram.ci:02X}"', *_sender(telegram), _records(telegram, octets, notes)]
    if telegram.application_error is not None:
        error = telegram.application_error
        parts.append(f'"application_error":{{"code":{error.code},"text":{_text(error.text)}}}')
    if notes and telegram.notes:
        parts.append(f'"notes":{_texts(telegram.notes)}')
    return ",".join(parts) + "}"


def error_line(error: TelegramError) -> str:
    """What stands in place of a telegram that could not be read."""
    return f'{{"ok":false,"error":{_text(error.sentence)},"octet":{error.octet}}}'


def _sender(telegram: Telegram) -> list[str]:
    parts = _identity(telegram.header) if telegram.header else []
    if telegram.access_number is not None and telegram.status is not None:
        parts.append(f'"access_number":{telegram.access_number},{status_text(telegram.status)}')
    return [*parts, f'"security":"{telegram.security}"', f'"more":{truth(telegram.more)}']


def _identity(header: Header) -> list[str]:
    return [f'"id":"{header.identification}"', *sender_kind(header.manufacturer, header.version, header.medium)]


def sender_kind(manufacturer: int, version: int, medium: int) -> list[str]:
    """Manufacturer, version and medium; the fixed structure tells no manufacturer."""
    letters = f'"{manufacturer_letters(manufacturer)}"' if manufacturer else "null"
    medium_words = f'"medium":{_text(medium_name(medium))},"medium_code":{medium}'
    return [f'"manufacturer":{letters}', f'"version":{version}', medium_words]


@lru_cache(256)
def status_text(status: int) -> str:
    return f'"status":{status},"status_text":{_texts(status_words(status))}'


def _records(telegram: Telegram, octets: bool, notes: bool) -> str:
    if telegram.records is None:
        return '"records":null'
    return f'"records":[{",".join(_record(record, octets, notes) for record in telegram.records)}]'


def _record(record: Record, octets: bool, notes: bool) -> str:
    before, after = around(record.index, record.meaning)
    tail = f',"octets":"{record.octets.hex().upper()}"' if octets else ""
    tail += f',"notes":{_texts(record.notes)}' if notes else ""
    return f'{before}"value":{value_text(record.value)},"raw":{value_text(record.raw)}{after}{tail}}}'


def around(index: int, meaning: Meaning) -> tuple[str, str]:
    """What stands before and behind the values of a record: the same for each telegram of a layout."""
    unit = "null" if meaning.unit is None else _text(meaning.unit)
    before = f'{{"index":{index},"quantity":{_text(meaning.quantity)},"unit":{unit},'
    after = (
        f',"exponent":{meaning.exponent},"function":"{meaning.function}","storage":{meaning.storage}'
        f',"tariff":{meaning.tariff},"subunit":{meaning.subunit}'
        f',"dif":"{meaning.dif.hex().upper()}","vif":"{meaning.vif.hex().upper()}"'
    )
    return before, after


def value_text(value: Raw) -> str:
    """A value in JSON: numbers with their exact digits, dates as ISO 8601, octets as hex."""
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return f'"{value.hex().upper()}"'
    return moment_text(value) if isinstance(value, date | time) else _text(value)


@lru_cache(MOMENTS_REMEMBERED)
def moment_text(moment: date | time | None) -> str:
    """A date or time in JSON; the same few occur again and again."""
    return "null" if moment is None else f'"{moment.isoformat()}"'


def _text(text: str) -> str:
    return in_json(text)


def _texts(texts: Sequence[str]) -> str:
    return f"[{','.join(map(_text, texts))}]"


def truth(value: bool) -> str:
    return "true" if value else "false"
