"""A layout is a telegram with its data taken out: what a meter sends again and again, told once.

```text
compared   68 L L 68, CI, manufacturer, version, medium, every DIF, DIFE, VIF, VIFE, text of a VIF, LVAR length octet,
           filler 2F, DIF 0F and 1F; in the fixed structure the two status bits that choose BCD or binary and stored
           values, and the medium and unit octets
kept       C, A, identification, access number, status, configuration word, all values, all behind DIF 0F and 1F
computed   the checksum
```
Total length, mask and masked octets are the whole of it: a store keeps these three once and the data octets of each
telegram, and rebuilds every telegram exactly. No value ever chooses the layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from appliance.errors import TelegramError
from appliance.mbus.address import ANY, ANY_MANUFACTURER
from appliance.mbus.fixed import FIXED_LENGTH, read_fixed
from appliance.mbus.frames import LongFrame, parse_frame
from appliance.mbus.header import LONG_HEADER, ByteOrder
from appliance.mbus.json_line import json_line
from appliance.mbus.json_plan import LineWriter
from appliance.mbus.many import Telegrams
from appliance.mbus.masking import mask_of, masked
from appliance.mbus.meaning import Meaning
from appliance.mbus.packing import COMPARED, Packing, checksum
from appliance.mbus.plan import Column, Reader, reader
from appliance.mbus.planned import PlannedTelegram
from appliance.mbus.records import RecordSpan, Walk, walk
from appliance.mbus.security import DECRYPTED, encrypted_octets
from appliance.mbus.structures import CI_POSITION, FIXED, TRAILER, USER_DATA, VARIABLE
from appliance.mbus.telegram import Telegram, decode

WORDS_REMEMBERED: Final = 256
LONG_ANSWER: Final = 0x72  # the CI field of nearly all wired meters
PLAIN: Final = (b"\0\0", b"")  # configuration words that need no second look


class MeterKind(NamedTuple):
    """Layouts are kept by the kind of meter that sends them; what a telegram does not tell is `ANY`."""

    manufacturer: int = ANY_MANUFACTURER
    version: int = ANY
    medium: int = ANY


@dataclass(frozen=True, eq=False)
class Layout:
    """One shape of telegram. Whatever else it knows follows from its three fields when it is asked for."""

    length: int
    mask: bytes
    pattern: bytes

    @classmethod
    def of(cls, octets: bytes) -> Layout | None:
        """The layout of a telegram; None for one that has none and is to be kept whole."""
        try:
            frame = parse_frame(octets)
        except TelegramError:
            return None
        if not isinstance(frame, LongFrame) or not frame.user_data:
            return None
        found = _cut(octets)
        if found is None or found.fault is not None or _is_encrypted(octets):
            return None
        mask = mask_of(octets, found.spans)
        return cls(len(octets), mask, masked(octets, mask))

    @classmethod
    def of_parts(cls, length: int, mask: bytes, pattern: bytes) -> Layout:
        """From what a store kept of it; raises `TelegramError` where that is no layout."""
        if not len(mask) == len(pattern) == length > USER_DATA + TRAILER:
            raise TelegramError(f"Mask and pattern of a layout have {length} octets each.", pattern)
        layout = cls(length, mask, pattern)
        if mask != mask_of(pattern, layout.spans):
            raise TelegramError("The mask of the layout does not fit its pattern.", pattern)
        return layout

    @property
    def kind(self) -> MeterKind:
        """Manufacturer, version and medium of the meters that send it."""
        structure = VARIABLE.get(self.pattern[CI_POSITION])
        if structure is None or structure.header != LONG_HEADER:
            return MeterKind()
        manufacturer, version, medium = self.pattern[11:13], self.pattern[13], self.pattern[14]
        return MeterKind(int.from_bytes(manufacturer, structure.byte_order), version, medium)

    def belongs(self, octets: bytes) -> bool:
        """Whether a telegram has this layout, its checksum left aside."""
        return len(octets) == self.length and int.from_bytes(octets) & self.mask_bits == self.pattern_bits

    def equals(self, other: Layout) -> bool:
        """Whether both are the same shape. (`==` asks whether they are one object, so that hashing is quick.)"""
        return (self.length, self.mask, self.pattern) == (other.length, other.mask, other.pattern)

    def data(self, octets: bytes) -> bytes:
        """The octets to keep of a telegram that belongs."""
        return self._packing.data(octets)

    def rebuild(self, data: bytes) -> bytes:
        """The whole telegram again, octet for octet; raises `TelegramError` where the data are not of this layout."""
        return self._packing.rebuild(data)

    @cached_property
    def values(self) -> Reader:
        """From a telegram that belongs to the raw values of its records; compiled at the first use."""
        return reader(self._columns, range(self.length))

    @cached_property
    def values_of_data(self) -> Reader:
        """The same from the data octets that a store keeps, without rebuilding the telegram."""
        return reader(self._columns, self._packing.kept)

    def many(self, datas: Sequence[bytes]) -> Telegrams:
        """The data octets of many telegrams, to be read record by record."""
        return Telegrams(self._columns, self._packing.kept, datas)

    def decode(self, octets: bytes) -> Telegram:
        """What a telegram that belongs says: its values are read now, words about them when somebody looks."""
        if not self.reads(octets):
            return decode(octets)
        return self.read(octets)

    def read(self, octets: bytes) -> Telegram:
        """The same of a telegram that the plan may read."""
        return PlannedTelegram.of(octets, self._walk, self.values(octets))

    def json_line(self, octets: bytes) -> str:
        """The line of JSON of a telegram that belongs, without octets and notes."""
        return self.writer.write(octets) if self.reads(octets) else json_line(decode(octets), octets=False, notes=False)

    def reads(self, octets: bytes) -> bool:
        """Whether the plan may read it: its checksum is right and its configuration word does not say encrypted."""
        if checksum(octets) != octets[-TRAILER]:
            return False
        word = octets[self._configuration]
        return word in PLAIN or not _says_encrypted(word, self._byte_order, self._available)

    @cached_property
    def mask_bits(self) -> int:
        """The mask as one number, so that a telegram is compared in one step."""
        return int.from_bytes(self.mask)

    @cached_property
    def plain_bits(self) -> int:
        """The mask with the configuration word: what matches the pattern with it needs no second look at that word."""
        mask = bytearray(self.mask)
        mask[self._configuration] = bytes((COMPARED,)) * len(mask[self._configuration])
        return int.from_bytes(mask)

    @cached_property
    def pattern_bits(self) -> int:
        """The octets compared, as one number."""
        return int.from_bytes(self.pattern)

    @cached_property
    def spans(self) -> tuple[RecordSpan, ...]:
        """Where the records stand."""
        return self._walk.spans

    @cached_property
    def meanings(self) -> tuple[Meaning, ...]:
        """What the records mean, in the order of their values."""
        return tuple(span.meaning for span in self.spans)

    @property
    def more(self) -> bool:
        """Whether the meter announces a further telegram."""
        return self._walk.more

    @property
    def _columns(self) -> list[Column]:
        return [Column(span.meaning.coding, span.data, span.end) for span in self.spans]

    @cached_property
    def _byte_order(self) -> ByteOrder:
        return VARIABLE[self.pattern[CI_POSITION]].byte_order

    @cached_property
    def _available(self) -> int:
        """Octets behind the header, which may be encrypted."""
        return self.length - TRAILER - VARIABLE[self.pattern[CI_POSITION]].data_start

    @cached_property
    def writer(self) -> LineWriter | SlowWriter:
        """Writes the lines of JSON of telegrams that the plan may read."""
        ci = self.pattern[CI_POSITION]
        if ci != LONG_ANSWER:
            return SlowWriter(self)
        positions = range(self.length)
        return LineWriter(self._columns, self.meanings, positions, ci=ci, kind=self.kind, more=self._walk.more)

    @cached_property
    def _configuration(self) -> slice:
        """Where the configuration word stands; nowhere, if no word can make the telegram an encrypted one."""
        structure = VARIABLE.get(self.pattern[CI_POSITION])
        if structure is None or structure.header == 0 or self.pattern[structure.data_start :][:2] == DECRYPTED:
            return slice(0)
        return slice(structure.data_start - 2, structure.data_start)

    @cached_property
    def _walk(self) -> Walk:
        found = _cut(self.pattern)
        if found is None or found.fault is not None:
            raise TelegramError("The pattern of the layout is no telegram.", self.pattern)
        return found

    @cached_property
    def _packing(self) -> Packing:
        return Packing(self.mask, self.pattern)


class SlowWriter:
    """Writes the lines of telegrams without a long header, or with the most significant octet first."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def write(self, octets: bytes) -> str:
        return json_line(self._layout.read(octets), octets=False, notes=False)


def _cut(octets: bytes) -> Walk | None:
    """The records of a frame, None for a kind of frame that has no layout."""
    ci, end = octets[CI_POSITION], len(octets) - TRAILER
    if ci in VARIABLE:
        structure = VARIABLE[ci]
        return walk(octets, structure.data_start, end, structure.order) if structure.data_start <= end else None
    if ci in FIXED and end - USER_DATA == FIXED_LENGTH:
        return read_fixed(octets, USER_DATA, FIXED[ci].order)[1]
    return None


def _is_encrypted(octets: bytes) -> bool:
    structure = VARIABLE.get(octets[CI_POSITION])
    if structure is None or structure.header == 0 or octets[structure.data_start :][:2] == DECRYPTED:
        return False
    word = octets[structure.data_start - 2 : structure.data_start]
    return _says_encrypted(word, structure.byte_order, len(octets) - TRAILER - structure.data_start)


@lru_cache(WORDS_REMEMBERED)
def _says_encrypted(word: bytes, order: ByteOrder, available: int) -> bool:
    """Whether a configuration word says that some of the octets behind it are encrypted."""
    return encrypted_octets(int.from_bytes(word, order), available) > 0
