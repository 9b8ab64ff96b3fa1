"""The shelf of layouts: which number a layout has in the database, and how a row becomes a telegram again."""

from __future__ import annotations

from typing import Final

import peewee

from appliance.mbus.book import LayoutBook
from appliance.mbus.layout import Layout
from appliance.store.models import LayoutRow

WHOLE: Final = 0  # the layout number of octets that are kept whole

LayoutKey = tuple[int, bytes, bytes]
"""Length, mask and pattern: the whole of a layout."""


class LayoutShelf:
    """Layouts in the database, each once; only what differs between telegrams is kept with a reading."""

    def __init__(self, database: peewee.Database, book: LayoutBook) -> None:
        self._database = database
        self._book = book
        self._numbers: dict[LayoutKey, int] = {}
        self._layouts: dict[int, Layout] = {}

    def load(self) -> None:
        """Take the layouts out of the database."""
        row = LayoutRow
        rows = row.select(row.number, row.length, row.mask, row.pattern).tuples().execute(self._database)
        self._numbers, self._layouts = {}, {}
        self.keep({(length, bytes(mask), bytes(pattern)): number for number, length, mask, pattern in rows})

    def pack(self, octets: bytes, fresh: dict[LayoutKey, int]) -> tuple[int, bytes]:
        """Layout number and data of a telegram; layouts met for the first time are put into `fresh`."""
        layout = self._book.find(octets)
        if layout is None:
            return WHOLE, octets
        data = layout.data(octets)
        if layout.rebuild(data) != octets:  # what cannot be rebuilt to the last octet is kept as it is
            return WHOLE, octets
        key = (layout.length, layout.mask, layout.pattern)
        return self._numbers.get(key) or fresh.setdefault(key, len(self._numbers) + len(fresh) + 1), data

    def keep(self, fresh: dict[LayoutKey, int]) -> None:
        """Remember layouts whose rows are safe on the disk."""
        for key, number in fresh.items():
            self._numbers[key] = number
            self._layouts[number] = self._book.make(*key)

    def unpack(self, number: int, data: bytes) -> bytes:
        """The telegram, whole."""
        return data if number == WHOLE else self._layouts[number].rebuild(data)

    def layout(self, number: int) -> Layout:
        """The layout with this number."""
        return self._layouts[number]
