"""The shelf of layouts: which number a layout has in the database, and how a row becomes a telegram again."""

from __future__ import annotations

from typing import Final

import peewee

from appliance.errors import StoreError, TelegramError
from appliance.log import stream
from appliance.mbus.book import LayoutBook
from appliance.mbus.layout import Layout
from appliance.store.database import query

log = stream("store")

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
        self._highest = WHOLE

    def load(self) -> None:
        """Take the layouts out of the database."""
        rows = query(self._database, "SELECT number, length, mask, pattern FROM layout")
        self._numbers, self._layouts = {}, {}
        for number, length, mask, pattern in rows:
            try:
                self.keep({(length, bytes(mask), bytes(pattern)): number})
            except TelegramError as error:  # a damaged row must not stop the others
                log.error("The layout %d is damaged, its readings cannot be shown: %s", number, error)
                self._highest = max(self._highest, number)

    def pack(self, octets: bytes, fresh: dict[LayoutKey, int]) -> tuple[int, bytes]:
        """Layout number and data of a telegram; layouts met for the first time are put into `fresh`."""
        layout = self._book.readable(octets)  # every octet compared, the checksum summed: rebuilding is exact
        if layout is None:
            layout = self._book.find(octets)
            if layout is None or not layout.reads(octets):  # of its shape, but encrypted or damaged
                return WHOLE, octets
            if layout.rebuild(layout.data(octets)) != octets:  # what cannot be rebuilt is kept as it is
                return WHOLE, octets
        key = (layout.length, layout.mask, layout.pattern)
        return self._numbers.get(key) or fresh.setdefault(key, self._highest + len(fresh) + 1), layout.data(octets)

    def keep(self, fresh: dict[LayoutKey, int]) -> None:
        """Remember layouts whose rows are safe on the disk."""
        for key, number in fresh.items():
            self._layouts[number] = self._book.make(*key)
            self._numbers[key] = number
            self._highest = max(self._highest, number)

    def unpack(self, number: int, data: bytes) -> bytes:
        """The telegram, whole."""
        return data if number == WHOLE else self.layout(number).rebuild(data)

    def layout(self, number: int) -> Layout:
        """The layout with this number."""
        if number not in self._layouts:
            raise StoreError(f"The layout {number} is damaged: the readings kept by it cannot be shown.")
        return self._layouts[number]
