"""The layouts heard so far, found again by one masked comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Final, NamedTuple

from appliance.errors import TelegramError
from appliance.mbus.alike import are_alike, are_sound
from appliance.mbus.compact import Format, FormatBook
from appliance.mbus.json_line import json_line
from appliance.mbus.layout import Layout, MeterKind
from appliance.mbus.masking import SENDER_KIND
from appliance.mbus.meaning import Meaning
from appliance.mbus.packing import checksum
from appliance.mbus.plan import Values
from appliance.mbus.structures import TRAILER
from appliance.mbus.telegram import Telegram, decode

MOST_OF_A_KIND: Final = 64  # a meter that sends more shapes than that means harm
MOST: Final = 4096  # and so does one that changes its manufacturer as often

number: Final = int.from_bytes
sender_kind: Final = itemgetter(SENDER_KIND)


class Place(NamedTuple):
    """A layout on its shelf, with the numbers that its telegrams are compared with."""

    plain_bits: int
    mask_bits: int
    pattern_bits: int
    layout: Layout


class Decoded(NamedTuple):
    """What many telegrams say: the entries of both lists stand in the order of the telegrams.

    Two lists, since to make and drop a pair for each telegram takes as long as to read one of its records.
    """

    meanings: list[tuple[Meaning, ...]]
    values: list[Values | TelegramError]


Shelf = dict[tuple[int, bytes], tuple[Place, ...]]


class LayoutBook:
    """Learns layouts from the telegrams it is shown; reads those of known layout by their plans.

    Several threads may use it: shelves are replaced, never changed; of two layouts learnt in the same instant one may
    be learnt again later.
    """

    def __init__(self) -> None:
        self._of_known_sender: Shelf = {}  # by length, and the octets that tell the kind of meter
        self._of_any_sender: Shelf = {}  # by length alone: no address in the telegram, or the fixed structure
        self._counts: dict[MeterKind, int] = {}
        self.formats = FormatBook()

    def __len__(self) -> int:
        return sum(self._counts.values())

    def __iter__(self) -> Iterator[Layout]:
        for shelf in (self._of_known_sender, self._of_any_sender):
            for places in tuple(shelf.values()):
                yield from (place.layout for place in places)

    def known(self, octets: bytes) -> Layout | None:
        """The layout a telegram belongs to, if it was learnt before."""
        length, bits = len(octets), number(octets)
        for shelf, kind in ((self._of_known_sender, octets[SENDER_KIND]), (self._of_any_sender, b"")):
            for _, mask, pattern, layout in shelf.get((length, kind), ()):
                if bits & mask == pattern:
                    return layout
        return None

    def readable(self, octets: bytes) -> Layout | None:
        """The layout whose plan reads a telegram: it belongs, its checksum is right, and it is not encrypted."""
        bits = number(octets)
        for plain, mask, pattern, layout in self._of_known_sender.get((len(octets), octets[SENDER_KIND]), ()):
            if bits & plain == pattern:
                return layout if checksum(octets) == octets[-TRAILER] else None
            if bits & mask == pattern:
                return layout if layout.reads(octets) else None
        return None

    def find(self, octets: bytes) -> Layout | None:
        """The layout of a telegram, learnt now if need be; None where the telegram is to be kept whole."""
        layout = self.known(octets)
        if layout is not None and layout.reads(octets):
            return layout
        layout = Layout.of(octets)
        return layout if layout is not None and self.add(layout) else None

    def make(self, length: int, mask: bytes, pattern: bytes) -> Layout:
        """A layout from its three parts, as a store keeps them; raises `TelegramError` where they are none."""
        layout = Layout.of_parts(length, mask, pattern)
        self.add(layout)
        return layout

    def add(self, layout: Layout) -> bool:
        """Take a layout in; False where its kind, or the book, has as many as it may."""
        kind = layout.kind
        shelf = self._of_any_sender if kind == MeterKind() else self._of_known_sender
        key = (layout.length, b"" if kind == MeterKind() else layout.pattern[SENDER_KIND])
        if any(layout.equals(place.layout) for place in shelf.get(key, ())):
            return True
        if self._counts.get(kind, 0) >= MOST_OF_A_KIND or len(self) >= MOST:
            return False
        place = Place(layout.plain_bits, layout.mask_bits, layout.pattern_bits, layout)
        shelf[key] = (*shelf.get(key, ()), place)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        known = Format.of(layout)
        if known is not None:
            self.formats.learn(known)
        return True

    def decode(self, octets: bytes) -> Telegram:
        """What a telegram says; its layout is learnt if it is new. Raises `TelegramError` as the slow path does."""
        layout = self.readable(octets)
        if layout is not None:
            return layout.read(octets)
        layout = self.known(octets)
        if layout is not None:
            return layout.decode(octets)
        telegram = decode(octets)
        if telegram.compact is None:
            self.find(octets)
            return telegram
        return self.formats.learn_from(telegram) if telegram.compact.crc is None else self._completed(telegram)

    def json_line(self, octets: bytes) -> str:
        """The telegram as a line of JSON, without octets and notes; raises `TelegramError` as `decode` does."""
        layout = self.readable(octets)
        if layout is not None:
            return layout.writer.write(octets)
        return json_line(self.decode(octets), octets=False, notes=False)

    def _completed(self, telegram: Telegram) -> Telegram:
        """A compact frame with the records of the full frame for which it stands, or a note why it has none."""
        try:
            full = self.decode(self.formats.full_frame(telegram))
        except TelegramError as problem:
            return replace(telegram, notes=(problem.sentence,))
        note = f"compact frame of format {telegram.compact.signature:04X}" if telegram.compact else ""
        return replace(telegram, records=full.records, more=full.more, sound=full.sound, notes=(note, *full.notes))

    def decode_many(self, telegrams: Sequence[bytes]) -> Decoded:
        """Meanings and raw values of each telegram, for statistics and exports; an unsound one gives its error.

        Telegrams of one layout are read one after the other, which keeps their plan near the processor.
        """
        meanings: list[tuple[Meaning, ...]] = [()] * len(telegrams)
        values: list[Values | TelegramError] = [()] * len(telegrams)
        groups, others = self._by_layout(telegrams)
        for layout, places in groups.items():
            meaning, read = layout.meanings, layout.values
            for place in places:
                meanings[place] = meaning
                values[place] = read(telegrams[place])
        for place in others:
            try:
                meanings[place], values[place] = self._read(telegrams[place])
            except TelegramError as error:
                values[place] = error
        return Decoded(meanings, values)

    def json_lines(self, telegrams: Sequence[bytes]) -> list[str | TelegramError]:
        """What `json_line` says of each telegram, for exports; an unsound one gives its error."""
        lines: list[str | TelegramError] = [""] * len(telegrams)
        groups, others = self._by_layout(telegrams)
        for layout, places in groups.items():
            for place in places:
                lines[place] = layout.writer.write(telegrams[place])
        for place in others:
            try:
                lines[place] = self.json_line(telegrams[place])
            except TelegramError as error:
                lines[place] = error
        return lines

    def _by_layout(self, telegrams: Sequence[bytes]) -> tuple[dict[Layout, list[int]], list[int]]:
        """The places of the telegrams that a plan reads, and those of the others."""
        groups: defaultdict[Layout, list[int]] = defaultdict(list)
        others: list[int] = []
        kinds: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
        for place, kind in enumerate(zip(map(len, telegrams), map(sender_kind, telegrams), strict=True)):
            kinds[kind].append(place)
        for kind, places in kinds.items():
            several = [telegrams[place] for place in places]
            layout = self._of_all(several, self._of_known_sender.get(kind, ()))
            if layout is not None:
                groups[layout] = places
                continue
            for place, layout in zip(places, map(self.readable, several), strict=True):
                (others if layout is None else groups[layout]).append(place)
        return groups, others

    def _of_all(self, telegrams: Sequence[bytes], shelf: Iterable[Place]) -> Layout | None:
        """The layout whose plan reads all of them without a second look; None where they are to be asked one by one."""
        for place in shelf:
            if are_alike(telegrams, place.plain_bits, place.pattern_bits):
                return place.layout if are_sound(telegrams) else None
        return None

    def _read(self, octets: bytes) -> tuple[tuple[Meaning, ...], Values]:
        """What `decode_many` gives of a telegram that is to be looked at alone."""
        layout = self.known(octets)
        if layout is not None and layout.reads(octets):
            return layout.meanings, layout.values(octets)
        records = self.decode(octets).records or ()
        return tuple(record.meaning for record in records), tuple(record.raw for record in records)
