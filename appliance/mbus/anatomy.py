"""What each octet of a frame is: the ground on which a telegram is taken apart before somebody's eyes.

```text
68 L L 68   C A I   i i i i m m v t n s g g   D V d d   D V d ...   checksum 16
frame       layer   header                    record    record
```
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from appliance.errors import TelegramError
from appliance.mbus import orders
from appliance.mbus.authentication import AUTHENTICATION, Authentication, read_authentication
from appliance.mbus.fixed import FIXED_LENGTH, read_fixed
from appliance.mbus.frames import START_LONG
from appliance.mbus.header import LONG_HEADER, SHORT_HEADER
from appliance.mbus.records import RecordSpan, Walk, walk
from appliance.mbus.sealing import data_start, sealed
from appliance.mbus.structures import CI_POSITION, FIXED, TRAILER, USER_DATA, VARIABLE, WITHOUT_RECORDS, Structure
from appliance.mbus.telegram import Telegram, decode


class Field(StrEnum):
    """What an octet says."""

    FRAME = "frame"
    CONTROL = "control"
    ADDRESS = "address"
    CI = "CI"
    IDENTIFICATION = "identification"
    MANUFACTURER = "manufacturer"
    VERSION = "version"
    MEDIUM = "medium"
    NUMBER = "access number"
    STATUS = "status"
    CONFIGURATION = "configuration"
    DIF = "DIF"
    VIF = "VIF"
    DATA = "data"
    ENCRYPTED = "encrypted"
    FILLER = "filler"
    CHECKSUM = "checksum"
    UNKNOWN = "not understood"
    WRONG = "wrong"


Fields = tuple[Field, ...]
IDENTITY: Final[Fields] = (
    *[Field.IDENTIFICATION] * 4, Field.MANUFACTURER, Field.MANUFACTURER, Field.VERSION, Field.MEDIUM,
)  # fmt: skip
ACCESS: Final[Fields] = (Field.NUMBER, Field.STATUS, Field.CONFIGURATION, Field.CONFIGURATION)
HEADERS: Final[dict[int, Fields]] = {0: (), SHORT_HEADER: ACCESS, LONG_HEADER: (*IDENTITY, *ACCESS)}
FIXED_HEADER: Final[Fields] = (
    *[Field.IDENTIFICATION] * 4, Field.NUMBER, Field.STATUS, Field.MEDIUM, Field.MEDIUM,
)  # fmt: skip
LONG_FRAME: Final[Fields] = (*[Field.FRAME] * 4, Field.CONTROL, Field.ADDRESS, Field.CI)
END: Final[Fields] = (Field.CHECKSUM, Field.FRAME)
SHORT_FRAME: Final[Fields] = (Field.FRAME, Field.CONTROL, Field.ADDRESS, *END)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A frame with the field of each octet, and where its records stand."""

    octets: bytes
    fields: Fields
    spans: tuple[RecordSpan, ...] = ()
    telegram: Telegram | None = None  # None: no sound frame
    fault: TelegramError | None = None

    def record_at(self, position: int) -> int | None:
        """Index of the record an octet belongs to."""
        return next((index for index, span in enumerate(self.spans) if span.start <= position < span.end), None)


def anatomy(octets: bytes) -> Anatomy:
    """Take apart whatever came; what is no sound frame keeps as much of its fields as can be told."""
    try:
        telegram = decode(octets)
    except TelegramError as fault:
        return _broken(octets, fault)
    if telegram.link == "ack":
        return Anatomy(octets, (Field.FRAME,), telegram=telegram)
    if telegram.link == "short":
        return Anatomy(octets, SHORT_FRAME, telegram=telegram)
    return _long(telegram)


def _broken(octets: bytes, fault: TelegramError) -> Anatomy:
    """What can be told of octets that are no telegram."""
    end = len(octets) - TRAILER
    if end < USER_DATA or octets[0] != START_LONG:
        fields = tuple(Field.WRONG if position == fault.octet else Field.UNKNOWN for position in range(len(octets)))
        return Anatomy(octets, fields, fault=fault)
    checksum = sum(octets[4:end]) & 0xFF
    if octets[end] == checksum or fault.octet != end:
        fields = (*LONG_FRAME, *[Field.UNKNOWN] * (end - USER_DATA), *END)
        return Anatomy(octets, fields, fault=fault)
    as_if_sound = anatomy(octets[:end] + bytes((checksum,)) + octets[end + 1 :])  # one octet is wrong, not all
    fields = (*as_if_sound.fields[:end], Field.WRONG, *as_if_sound.fields[end + 1 :])
    return Anatomy(octets, fields, as_if_sound.spans, as_if_sound.telegram, fault)


def _long(telegram: Telegram) -> Anatomy:
    octets = telegram.octets
    end = len(octets) - TRAILER
    inner, found = _user_data(telegram, end)
    fields = [*LONG_FRAME, *inner, *[Field.UNKNOWN] * (end - USER_DATA - len(inner)), *END]
    _paint(fields, octets, found)
    return Anatomy(octets, tuple(fields), found.spans, telegram)


def _user_data(telegram: Telegram, end: int) -> tuple[Fields, Walk]:
    """The fields behind the CI that are no records, and the records."""
    octets, ci = telegram.octets, telegram.octets[CI_POSITION]
    if telegram.order is not None:
        return _order(octets, ci, end)
    if ci in FIXED and telegram.header is not None and end - USER_DATA == FIXED_LENGTH:
        return FIXED_HEADER, read_fixed(octets, USER_DATA, FIXED[ci].order)[1]
    if ci in VARIABLE:
        return _variable(telegram, VARIABLE[ci], end)
    if ci == AUTHENTICATION:
        return _authenticated(telegram, end)
    structure = WITHOUT_RECORDS.get(ci)
    if structure is None:
        return (), Walk(())
    return (*HEADERS[structure.header], *[Field.DATA] * max(0, end - structure.data_start)), Walk(())


def _variable(
    telegram: Telegram, structure: Structure, end: int, layer: Authentication | None = None
) -> tuple[Fields, Walk]:
    octets, sender = telegram.octets, telegram.header or telegram.short_header
    header, start = HEADERS[structure.header], structure.data_start
    if sender is not None:
        start = data_start(structure, sender, layer)
        closed = sealed(octets, end, structure, sender, layer)
        if closed is not None:
            start = closed.start
            hidden = [Field.ENCRYPTED] * (closed.end - start)
            return (*header, *[Field.CONFIGURATION] * (start - structure.data_start), *hidden), Walk(())
    return (*header, *[Field.CONFIGURATION] * (start - structure.data_start)), walk(octets, start, end, structure.order)


def _authenticated(telegram: Telegram, end: int) -> tuple[Fields, Walk]:
    layer = read_authentication(telegram.octets, USER_DATA, end)
    before = (*[Field.CONFIGURATION] * (layer.end - USER_DATA), Field.CI)
    structure = VARIABLE.get(telegram.octets[layer.end])
    if structure is None or not layer.is_whole:
        return before, Walk(())
    inner, found = _variable(telegram, replace(structure, start=layer.end + 1), end, layer)
    return (*before, *inner), found


def _order(octets: bytes, ci: int, end: int) -> tuple[Fields, Walk]:
    if ci in (orders.SELECTION, orders.SELECTION_MODE_2):
        return IDENTITY[: end - USER_DATA], walk(octets, min(end, USER_DATA + len(IDENTITY)), end)
    if ci in orders.RECORDS:
        return (), walk(octets, USER_DATA, end, orders.RECORDS[ci], from_master=True)
    return tuple([Field.DATA] * (end - USER_DATA)), Walk(())


def _paint(fields: list[Field], octets: bytes, found: Walk) -> None:
    """Give the octets of records their fields, and those between records theirs."""
    for span in found.spans:
        behind_dif = span.start + len(span.meaning.dif)
        fields[span.start : behind_dif] = [Field.DIF] * len(span.meaning.dif)
        fields[behind_dif : span.data] = [Field.VIF] * (span.data - behind_dif)
        fields[span.data : span.end] = [Field.DATA] * (span.end - span.data)
    if found.fault is not None and found.fault.octet < len(fields) - TRAILER:
        fields[found.fault.octet] = Field.WRONG
    for position in _fillers(fields, octets, found):
        fields[position] = Field.FILLER


def _fillers(fields: list[Field], octets: bytes, found: Walk) -> Iterable[int]:
    if not found.spans and found.fault is None:
        return
    limit = len(octets) - TRAILER if found.fault is None else found.fault.start
    for position in range(USER_DATA, limit):
        if fields[position] is Field.UNKNOWN and octets[position] in (0x2F, 0x0F, 0x1F):
            yield position
