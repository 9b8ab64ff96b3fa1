"""The shelf of layouts: which number a layout has in the database, and how a row becomes a telegram again."""

from __future__ import annotations

from typing import Final, Protocol

import peewee

from appliance.store.models import LayoutRow

WHOLE: Final = 0  # the layout number of octets that are kept whole


class Layout(Protocol):
    """A telegram with its data taken out (`appliance.mbus.layout`)."""

    @property
    def length(self) -> int: ...
    @property
    def mask(self) -> bytes: ...
    @property
    def pattern(self) -> bytes: ...
    def data(self, octets: bytes) -> bytes: ...
    def rebuild(self, data: bytes) -> bytes: ...
    def belongs(self, octets: bytes) -> bool: ...


class LayoutSource(Protocol):
    """Who knows layouts, and makes them from their three parts."""

    def find(self, octets: bytes) -> Layout | None: ...
    def make(self, length: int, mask: bytes, pattern: bytes) -> Layout: ...


LayoutKey = tuple[int, bytes, bytes]


class LayoutShelf:
    """Layouts in the database, each once; only what differs between telegrams is kept with a reading."""

    def __init__(self, database: peewee.Database, source: LayoutSource | None) -> None:
        self._database = database
        self._source = source
        self._numbers: dict[LayoutKey, int] = {}
        self._layouts: dict[int, Layout] = {}

    def load(self) -> None:
        """Take the layouts out of the database."""
        rows = LayoutRow.select(LayoutRow.number, LayoutRow.length, LayoutRow.mask, LayoutRow.pattern).tuples()
        self.keep(
            {
                (length, bytes(mask), bytes(pattern)): number
                for number, length, mask, pattern in rows.execute(self._database)
            }
        )

    def pack(self, octets: bytes, fresh: dict[LayoutKey, int]) -> tuple[int, bytes]:
        """Layout number and data of a telegram; layouts met for the first time are put into `fresh`."""
        layout = self._source.find(octets) if self._source else None
        if layout is None:
            return WHOLE, octets
        data = layout.data(octets)
        if layout.rebuild(data) != octets:  # what cannot be rebuilt to the last octet is kept as it is
            return WHOLE, octets
        key = (layout.length, layout.mask, layout.pattern)
        number = self._numbers.get(key) or fresh.setdefault(key, len(self._numbers) + len(fresh) + 1)
        return number, data

    def keep(self, fresh: dict[LayoutKey, int]) -> None:
        """Remember layouts whose rows are safe on the disk."""
        for key, number in fresh.items():
            self._numbers[key] = number
            if self._source:
                self._layouts[number] = self._source.make(*key)

    def unpack(self, number: int, data: bytes) -> bytes:
        """The telegram, whole."""
        return data if number == WHOLE else self.layout(number).rebuild(data)

    def layout(self, number: int) -> Layout:
        """The layout with this number."""
        return self._layouts[number]
