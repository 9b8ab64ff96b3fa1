"""Orders that look into telegrams (operations.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from appliance.errors import Kind, RefusedError, TelegramError
from appliance.mbus.json_line import error_line, json_line
from appliance.mbus.telegram import Telegram
from appliance.mbus.telegram_text import is_hex, telegrams
from appliance.meters.reader import Read, reader
from appliance.meters.units import show
from appliance.operations.answer import Answer, RawJson, Table
from appliance.operations.call import Call
from appliance.operations.files_view import text_of
from appliance.operations.operation import operation
from appliance.operations.readings import aside
from appliance.settings.kinds import Hidden, Secret

Key = Annotated[Secret, Hidden()]
LARGEST_FILE: Final = 256 << 10  # octets: about a thousand telegrams, read in less than a second
SHOWN_OF_A_NAME: Final = 60
COLUMNS: Final = "record quantity value unit notes octets"
NUMBERS: Final = "telegram record value"


@operation("telegram decode", level=1)
def telegram_decode(call: Call, *hex_or_file: str, key: Key | None = None) -> Answer:
    """Decodes telegrams without storing them: one in hex, or those of a file in the repository."""
    typed = " ".join(hex_or_file)
    if not typed:
        raise RefusedError('"telegram decode" needs a telegram in hex, or a file of the repository.', Kind.USAGE)
    read = reader(key.reveal() if key else None)
    if not is_hex(typed):
        return _several(call, [_said(read, found) for found in telegrams(_lines(call, typed))])
    (found,) = telegrams((typed,))
    telegram = _said(read, found)
    if isinstance(telegram, TelegramError):
        raise telegram
    table = Table.of(COLUMNS, list(_rows(call, telegram)), NUMBERS)
    return Answer(lines=(_head(telegram),), table=table, data=RawJson(json_line(telegram)))


def _lines(call: Call, file: str) -> list[str]:
    try:
        return text_of(call, file, LARGEST_FILE).splitlines()
    except RefusedError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        sentence = f"{file[:SHOWN_OF_A_NAME]} is neither a telegram in hex nor a file of the repository."
        raise RefusedError(sentence, Kind.NOT_FOUND) from None


def _several(call: Call, said: list[Telegram | TelegramError]) -> Answer:
    """A line for each, numbered from 1, and the records of all in one table."""
    lines, rows, data = [], [], []
    for number, one in enumerate(said, 1):
        if isinstance(one, TelegramError):
            lines.append(f"{number}  unreadable at octet {one.octet}: {one.sentence}")
            data.append(RawJson(error_line(one)))
        else:
            lines.append(f"{number}  {_head(one)}")
            rows += [(number, *row) for row in _rows(call, one)]
            data.append(RawJson(json_line(one)))
    unreadable = sum(isinstance(one, TelegramError) for one in said)
    sentence = f"{len(said)} telegrams, {unreadable} unreadable"
    table = Table.of(f"telegram {COLUMNS}", rows, NUMBERS)
    return Answer(lines=tuple(lines), table=table, data=data, sentence=sentence)


def _said(read: Read, found: bytes | TelegramError) -> Telegram | TelegramError:
    if isinstance(found, TelegramError):
        return found
    try:
        return read(found)
    except TelegramError as error:
        return error


def _head(telegram: Telegram) -> str:
    """Whose it is, and what is to be said of it as a whole."""
    return f"{telegram.secondary_address or telegram.link}  {'; '.join(telegram.notes)}".rstrip()


def _rows(call: Call, telegram: Telegram) -> Iterator[tuple[object, ...]]:
    localization = call.parts.settings.localization
    for record in telegram.records or ():
        value = show(record, localization.units, decimal_sign=localization.decimal_separator.sign)
        octets = record.octets.hex(" ").upper()
        yield record.index, record.quantity, value.number, value.unit, aside(record), octets
