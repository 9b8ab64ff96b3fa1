"""Compact frames: the data of a telegram without its record headers, which a signature names instead.

```text
full frame      CI 78, 7A, 72   [header]  records
format frame    CI 69, 6A, 6B   [header]  length  signature (2)  DIF DIFE VIF VIFE ... of all records
compact frame   CI 79, 7B, 73   [header]  signature (2)  CRC of all records of the full frame (2)  data
```
Formats are learnt from full and from format frames. A signature has 16 bits, so two formats may share one: the CRC of
the full frame says which of them was meant (public OMS specification, volume 2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from appliance.errors import EncodeError, TelegramError
from appliance.mbus.codings import DATA_FIELDS, by_length
from appliance.mbus.dif import EXTENSION, LVAR, MANUFACTURER_DATA, MANUFACTURER_DATA_AND_MORE
from appliance.mbus.frames import LongFrame
from appliance.mbus.layout import Layout
from appliance.mbus.plain_text import is_plain_text, text_is_last
from appliance.mbus.signature import crc16, format_signature
from appliance.mbus.structures import CI_POSITION, USER_DATA
from appliance.mbus.telegram import CompactData, Telegram

FULL: Final = {0x73: 0x72, 0x79: 0x78, 0x7B: 0x7A}  # CI of a compact frame -> CI of the full frame
ENDS: Final = (MANUFACTURER_DATA, MANUFACTURER_DATA_AND_MORE)
MOST_FORMATS: Final = 1024
MOST_OF_A_SIGNATURE: Final = 4
REFERENCE: Final = 4  # octets of signature and CRC


@dataclass(frozen=True, slots=True)
class Format:
    """The record headers of a telegram in their order, without LVAR octets and fillers."""

    headers: tuple[bytes, ...]
    end: bytes = b""  # DIF 0F or 1F behind the records, where there is one

    @classmethod
    def of(cls, layout: Layout) -> Format | None:
        """The format of the telegrams of a layout, if they have one that a compact frame may name."""
        if layout.pattern[CI_POSITION] not in FULL.values():
            return None
        headers = [meaning.dif + meaning.vif for meaning in layout.meanings]
        end = headers.pop() if headers and headers[-1][0] in ENDS else b""
        return cls(tuple(headers), end) if headers else None

    @classmethod
    def parse(cls, octets: bytes) -> Format:
        """From what a format frame carries; raises `TelegramError` where that ends inside a header."""
        headers: list[bytes] = []
        position = 0
        while position < len(octets):
            if octets[position] in ENDS:
                return cls(tuple(headers), octets[position : position + 1])
            end = _header_end(octets, position)
            headers.append(octets[position:end])
            position = end
        return cls(tuple(headers))

    def expand(self, data: bytes) -> bytes:
        """The records of the full frame; raises `TelegramError` where the data are too short or too long for them."""
        parts: list[bytes] = []
        position = 0
        for header in self.headers:
            size = _data_size(header[0], data, position)
            if position + size > len(data):
                raise TelegramError("The compact frame has too few data octets for its format.", data, position)
            parts += (header, data[position : position + size])
            position += size
        if position < len(data) and not self.end:
            raise TelegramError("The compact frame has more data octets than its format.", data, position)
        return b"".join((*parts, self.end, data[position:]))


class FormatBook:
    """The formats heard so far, by their signature."""

    def __init__(self) -> None:
        self._formats: dict[int, tuple[Format, ...]] = {}

    def __len__(self) -> int:
        return len(self._formats)

    def learn(self, known: Format) -> None:
        """Remember a format; whether the DIF that ends the records is signed too, meters see differently."""
        for headers in {known.headers, (*known.headers, known.end)}:
            signature = format_signature(headers)
            formats = self._formats.get(signature, ())
            if known in formats or len(formats) >= MOST_OF_A_SIGNATURE or len(self) >= MOST_FORMATS:
                continue
            self._formats[signature] = (*formats, known)

    def learn_from(self, telegram: Telegram) -> Telegram:
        """Take the format out of a format frame, if its signature is that of its headers."""
        reference = telegram.compact
        if reference is None or reference.crc is not None:
            return telegram
        octets = telegram.octets[reference.start : reference.end]
        if crc16(octets) != reference.signature:
            note = f"its headers have the signature {crc16(octets):04X}: the format is not used"
            return replace(telegram, notes=(*telegram.notes, note))
        try:
            self.learn(Format.parse(octets))
        except TelegramError as error:
            return replace(telegram, notes=(*telegram.notes, error.sentence))
        return telegram

    def full_frame(self, telegram: Telegram) -> bytes:
        """The frame that a compact one stands for; raises `TelegramError` saying why there is none, and what to do."""
        reference = telegram.compact
        assert reference is not None  # the caller asks for compact frames only
        formats = self._formats.get(reference.signature, ())
        for known in formats:
            full = _full_frame(telegram, reference, known)
            if full is not None:
                return full
        name = f"compact frame of format {reference.signature:04X}"
        if formats:
            raise TelegramError(f"{name}: its data do not have the CRC {reference.crc:04X}, ask the meter again")
        raise TelegramError(f"{name}, which has not been heard: read a full telegram of this meter once")


def _full_frame(telegram: Telegram, reference: CompactData, known: Format) -> bytes | None:
    """The full frame by one format, None where sizes or CRC say that it was another."""
    octets = telegram.octets
    try:
        records = known.expand(octets[reference.start : reference.end])
    except TelegramError:
        return None
    if crc16(records) != reference.crc:
        return None
    header = octets[USER_DATA : reference.start - REFERENCE]
    try:
        return LongFrame(octets[4], octets[5], FULL[octets[CI_POSITION]], header + records).to_bytes()
    except EncodeError as error:
        name = f"compact frame of format {reference.signature:04X}"
        raise TelegramError(
            f"{name}: with its record headers it is longer than a frame, read a full telegram"
        ) from error


def _header_end(octets: bytes, start: int) -> int:
    """Behind DIF, DIFEs, VIF, its text, and VIFEs."""
    vif = _chain_end(octets, start)
    if vif >= len(octets) or not is_plain_text(octets[vif]):
        end = _chain_end(octets, vif)
    elif text_is_last(octets[vif:]):
        end = _text_end(octets, _chain_end(octets, vif))
    else:
        text_end = _text_end(octets, vif + 1)
        end = _chain_end(octets, text_end) if octets[vif] & EXTENSION else text_end
    if end > len(octets):
        raise TelegramError("the format ends inside a record header", octets, len(octets))
    return end


def _chain_end(octets: bytes, position: int) -> int:
    """Behind a chain of octets of which all but the last have the extension bit."""
    while position < len(octets) and octets[position] & EXTENSION:
        position += 1
    return position + 1


def _text_end(octets: bytes, length: int) -> int:
    """Behind a text whose length octet stands at `length`; beyond the octets where that is not there."""
    return length + 1 + (octets[length] if length < len(octets) else len(octets))


def _data_size(dif: int, data: bytes, position: int) -> int:
    """Octets of data that belong to a DIF, an LVAR octet included."""
    if dif & 0x0F != LVAR:
        return DATA_FIELDS[dif & 0x0F][1] if dif & 0x0F in DATA_FIELDS else 0
    found = by_length(data[position]) if position < len(data) else None
    if found is None:
        raise TelegramError("The compact frame has no length where its format needs one.", data, position)
    return 1 + found[1]
