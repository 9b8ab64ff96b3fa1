"""One JSON object a line for each telegram: exact digits, never a binary fraction.

`json_line` writes any telegram. `JsonTemplate` writes the telegrams of one layout, whose constant parts it has rendered
once; both give the same line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from json import dumps
from typing import Any, Final

from appliance.errors import TelegramError
from appliance.mbus.codings import Kind, Raw
from appliance.mbus.header import Header
from appliance.mbus.manufacturers import manufacturer_letters
from appliance.mbus.media import medium_name
from appliance.mbus.records import Meaning, Record
from appliance.mbus.security import security_name
from appliance.mbus.status import status_words
from appliance.mbus.telegram import Telegram

MOMENTS_REMEMBERED: Final = 4096


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
        parts.append(f'"access_number":{telegram.access_number},{_status(telegram.status)}')
    return [*parts, f'"security":"{telegram.security}"', f'"more":{_truth(telegram.more)}']


def _identity(header: Header) -> list[str]:
    return [f'"id":"{header.identification}"', *_kind(header.manufacturer, header.version, header.medium)]


def _kind(manufacturer: int, version: int, medium: int) -> list[str]:
    """Manufacturer, version and medium; the fixed structure tells no manufacturer."""
    letters = f'"{manufacturer_letters(manufacturer)}"' if manufacturer else "null"
    medium_words = f'"medium":{_text(medium_name(medium))},"medium_code":{medium}'
    return [f'"manufacturer":{letters}', f'"version":{version}', medium_words]


@lru_cache(256)
def _status(status: int) -> str:
    return f'"status":{status},"status_text":{_texts(status_words(status))}'


def _records(telegram: Telegram, octets: bool, notes: bool) -> str:
    if telegram.records is None:
        return '"records":null'
    return f'"records":[{",".join(_record(record, octets, notes) for record in telegram.records)}]'


def _record(record: Record, octets: bool, notes: bool) -> str:
    before, after = _around(record.index, record.meaning)
    tail = f',"octets":"{record.octets.hex().upper()}"' if octets else ""
    tail += f',"notes":{_texts(record.notes)}' if notes else ""
    return f'{before}"value":{value_text(record.value)},"raw":{value_text(record.raw)}{after}{tail}}}'


def _around(index: int, meaning: Meaning) -> tuple[str, str]:
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
    return _moment(value) if isinstance(value, date | time) else _text(value)


@lru_cache(MOMENTS_REMEMBERED)
def _moment(moment: date | time) -> str:
    return f'"{moment.isoformat()}"'


def _text(text: str) -> str:
    return dumps(text, ensure_ascii=False)


def _texts(texts: Sequence[str]) -> str:
    return f"[{','.join(map(_text, texts))}]"


def _truth(value: bool) -> str:
    return "true" if value else "false"


Fill = Callable[..., tuple[object, ...] | None]


class JsonTemplate:
    """The line of one layout without octets and notes, rendered but for what changes from telegram to telegram."""

    def __init__(
        self, meanings: Sequence[Meaning], *, ci: int, manufacturer: int, version: int, medium: int, more: bool
    ) -> None:
        self._meanings = tuple(meanings)
        around = [_around(index, meaning) for index, meaning in enumerate(meanings)]
        kind = ",".join(_kind(manufacturer, version, medium))
        self._head = f'{{"ok":true,"link":"long","address":%d,"ci":"{ci:02X}","id":"%s",{_safe(kind)},'
        self._head += f'"access_number":%d,%s,"security":"%s","more":{_truth(more)},"records":['
        fields = [_field(meaning) for meaning in meanings]
        bodies = [
            f'{_safe(before)}"value":{field},"raw":%s{_safe(after)}}}'
            for (before, after), field in zip(around, fields, strict=True)
        ]
        self._whole = self._head + ",".join(bodies) + "]}"
        plain = [f'{_safe(before)}"value":%s,"raw":%s{_safe(after)}}}' for before, after in around]
        self._careful = self._head + ",".join(plain) + "]}"
        self._fill = _compiled(self._meanings)

    def line(
        self,
        address: int,
        identification: str,
        access_number: int,
        status: int,
        configuration: int,
        raws: Sequence[Raw],
    ) -> str:
        """The telegram with these raw values."""
        head = (address, identification, access_number, _status(status), security_name(configuration))
        filled = self._fill(raws)
        if filled is not None:
            return self._whole % (head + filled)
        texts: list[str] = []
        for meaning, raw in zip(self._meanings, raws, strict=True):
            texts += (_scaled_text(meaning, raw), value_text(raw))
        return self._careful % (*head, *texts)


def _scaled_text(meaning: Meaning, raw: Raw) -> str:
    """The value in JSON, as `value_text(meaning.scale(raw))` says it, on a shorter way for numbers with decimals."""
    if not isinstance(raw, int) or not _has_point(meaning):
        return value_text(meaning.scale(raw))
    places = -meaning.exponent
    number = raw * meaning.factor
    digits = f"{abs(number):0{places + 1}d}"
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _safe(text: str) -> str:
    """Text that stands in a template as itself."""
    return text.replace("%", "%%")


MOMENTS: Final = frozenset({Kind.DATE, Kind.DATE_TIME, Kind.LONG_DATE_TIME, Kind.TIME})
NUMBERS: Final = frozenset({Kind.INTEGER, Kind.UNSIGNED, Kind.BCD, Kind.NEGATIVE_BCD})


def _field(meaning: Meaning) -> str:
    """Where the value stands: numbers with decimals are filled in on both sides of the point."""
    return f"%d.%0{-meaning.exponent}d" if _has_point(meaning) else "%s"


def _has_point(meaning: Meaning) -> bool:
    return meaning.coding.kind in NUMBERS and meaning.exponent < 0 and not meaning.in_error


def _compiled(meanings: Sequence[Meaning]) -> Fill:
    """A function from raw values to what fills the template, None where a value is missing or negative with decimals.

    Its source consists of the expressions below and whole numbers; no text of a meter stands in it.
    """
    names = [f"v{index}" for index in range(len(meanings))]
    filled = [part for name, meaning in zip(names, meanings, strict=True) for part in _expressions(name, meaning)]
    negative = [f" or {name} < 0" for name, meaning in zip(names, meanings, strict=True) if _has_point(meaning)]
    source = (
        "def fill(raws):\n"
        f"    [{', '.join(names)}] = raws\n"
        f"    if None in raws{''.join(negative)}:\n"
        "        return None\n"
        f"    return ({', '.join(filled)}{',' if filled else ''})\n"
    )
    scope: dict[str, Any] = {"text": value_text, "moment": _moment}
    scope |= {f"scale{index}": meaning.scale for index, meaning in enumerate(meanings)}
    exec(compile(source, "<json template>", "exec"), scope)  # see the docstring
    fill: Fill = scope["fill"]
    return fill


def _expressions(name: str, meaning: Meaning) -> tuple[str, ...]:
    """What fills the value and the raw value of one record."""
    kind = meaning.coding.kind
    if kind is Kind.NONE or meaning.in_error:
        return ('"null"', f"text({name})")
    if kind in NUMBERS:
        number = f"{name} * {meaning.factor}" if meaning.factor != 1 else name
        if meaning.exponent < 0:
            power = 10**-meaning.exponent
            return (f"{number} // {power}", f"{number} % {power}", name)
        scale = meaning.factor * 10**meaning.exponent
        return (name if scale == 1 else f"{name} * {scale}", name)
    if kind is Kind.REAL and (meaning.exponent or meaning.factor != 1):
        return (f"text(scale{name[1:]}({name}))", f"text({name})")
    written = f"moment({name})" if kind in MOMENTS else f"text({name})"
    return (f"(t := {written})", "t")
