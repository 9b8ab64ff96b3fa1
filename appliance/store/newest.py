"""Where each meter's newest slots lie, in memory: asking the rows would scan far for a meter that fell silent.

Writing it down with every reading would wear the flash. It is written when housekeeping runs and at the end; at the
start the rows since then, few, are scanned.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final

import peewee

from appliance.ports import ReadingKind
from appliance.store.batch import Batch
from appliance.store.database import connected, execute_many, query, run, writing
from appliance.store.facts import Facts
from appliance.store.rows import KIND, KINDS

MARGIN: Final = 2 * 86400  # seconds below the highest slot written down: late and off-grid readings lie there
FACT: Final = "newest written down up to"
WRITTEN: Final = "SELECT meter, heard, ended FROM newest"
INSERT: Final = "INSERT INTO newest (meter, heard, ended) VALUES (?, ?, ?)"
SCHEDULED: Final = f"marks & {KIND} = {KINDS.index(ReadingKind.SCHEDULED)}"
HEARD: Final = (
    f"SELECT meter, MAX(slot), MAX(CASE WHEN {SCHEDULED} THEN slot END) FROM reading WHERE slot >= ? GROUP BY meter"
)
MISSED: Final = f"SELECT meter, MAX(slot) FROM missed WHERE slot >= ? AND {SCHEDULED} GROUP BY meter"

Slots = dict[int, int]
"""Meter to slot."""


class NewestBook:
    """Per meter the slot of its newest reading, and the newest scheduled slot that ended."""

    def __init__(self, database: peewee.Database, facts: Facts) -> None:
        self._database = database
        self._facts = facts
        self._heard: Slots = {}
        self._ended: Slots = {}
        self._lock = threading.Lock()

    def load(self) -> None:
        """What was written down, and what came since."""
        with connected(self._database):
            known = query(self._database, WRITTEN)
            heard, ended = self._since(int(self._facts.get(FACT) or 0))
        with self._lock:
            self._heard = {meter: slot for meter, slot, _ in known if slot is not None}
            self._ended = {meter: slot for meter, _, slot in known if slot is not None}
            _raise(self._heard, heard)
            _raise(self._ended, ended)

    def saw_batch(self, batch: Batch) -> None:
        """What is stored now."""
        scheduled = ReadingKind.SCHEDULED
        with self._lock:
            _raise(self._heard, ((meter, slot) for slot, meter in batch.heard))
            for items in (batch.heard, batch.missed):
                _raise(self._ended, ((meter, slot) for (slot, meter), item in items.items() if item.kind is scheduled))

    def heard(self, meter: int) -> int | None:
        """Slot of the newest reading of a meter."""
        return self._heard.get(meter)

    def meters(self) -> set[int]:
        """All that have readings, also those that are off the list."""
        with self._lock:
            return set(self._heard)

    def ended(self, meter: int) -> int | None:
        """The newest scheduled slot of a meter that ended, in a reading or a reason."""
        return self._ended.get(meter)

    def forget(self, meters: Iterable[int]) -> None:
        """These meters and all their values are gone."""
        with self._lock:
            for meter in meters:
                self._heard.pop(meter, None)
                self._ended.pop(meter, None)

    def cleared(self, meters: Iterable[int], until: int) -> None:
        """The values of these meters in slots below `until` are gone; that those slots ended stays known."""
        with self._lock:
            for meter in meters:
                if self._heard.get(meter, until) < until:
                    del self._heard[meter]

    def rebuild(self) -> None:
        """Look everything up in the rows, however far that is: after readings were deleted or moved."""
        heard, ended = self._since(0)
        with self._lock:
            self._heard, self._ended = {}, {}
            _raise(self._heard, heard)
            _raise(self._ended, ended)

    def write_down(self) -> None:
        """For the next start."""
        with self._lock:
            meters = sorted(self._heard.keys() | self._ended.keys())
            rows = [(meter, self._heard.get(meter), self._ended.get(meter)) for meter in meters]
        if not rows:
            return
        highest = max(slot for _, *slots in rows for slot in slots if slot is not None)
        with writing(self._database):
            run(self._database, "DELETE FROM newest")
            execute_many(self._database, INSERT, rows)
            self._facts.put(FACT, str(highest - MARGIN))

    def _since(self, slot: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Newest slots of readings, and of scheduled slots read or missed, among those from `slot` on."""
        with connected(self._database):
            rows = query(self._database, HEARD, (slot,))
            missed = query(self._database, MISSED, (slot,))
        heard = [(meter, newest) for meter, newest, _ in rows]
        ended = [(meter, newest) for meter, _, newest in rows if newest is not None]
        return heard, [*ended, *((meter, newest) for meter, newest in missed)]


def _raise(slots: Slots, found: Iterable[tuple[int, int]]) -> None:
    for meter, slot in found:
        if slot > slots.get(meter, -1):
            slots[meter] = slot
