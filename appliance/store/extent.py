"""How much is kept, since when, and for how long there is room for more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import peewee

from appliance.store.ballast import Space
from appliance.store.database import connected, is_sqlite, query
from appliance.store.folder import DataFolder
from appliance.store.options import StoreOptions
from appliance.store.rows import moment

DAY: Final = 86400
SAMPLES: Final = 32  # slots looked into where there are more: counting all rows would read the whole file
RECENT: Final = 7 * DAY  # the time by which growth is judged
SHORTEST: Final = 3600  # seconds of readings from which growth can be judged
ENDS: Final = "SELECT (SELECT MIN(slot) FROM reading), (SELECT MAX(slot) FROM reading)"  # two seeks
SLOTS: Final = "SELECT COUNT(*) FROM slot WHERE slot > ?"
NEXT_SLOT: Final = "SELECT MIN(slot) FROM slot WHERE slot > ?"
IN_SLOT: Final = "SELECT COUNT(*) FROM reading WHERE slot = ? AND telegram = 0 AND (marks & 7) = 0"
OFF_GRID: Final = "SELECT COUNT(*) FROM reading WHERE telegram = 0 AND (marks & 7) <> 0"


@dataclass(frozen=True, slots=True)
class File:
    """Octets of the database on this machine's disk."""

    size: int  # with its write-ahead log
    unused: int  # free pages within it
    disk: Space


@dataclass(frozen=True, slots=True)
class Extent:
    """What is kept."""

    readings: int = 0
    counted: bool = True  # else estimated from some of the slots
    oldest: datetime | None = None
    newest: datetime | None = None
    file: File | None = None  # None on a database server, whose disk is its own business
    days_left: int | None = None  # until the high-water mark; None where that is not known yet, or never comes


class Survey:
    """Looks through the tables without reading much of them."""

    def __init__(self, database: peewee.Database, folder: DataFolder, options: Callable[[], StoreOptions]) -> None:
        self._database = database
        self._folder = folder
        self._options = options

    def extent(self) -> Extent:
        """As it is now."""
        with connected(self._database):
            file = self._file()
            oldest, newest = query(self._database, ENDS)[0]
            if newest is None:
                return Extent(file=file)
            slots = self._number(SLOTS, 0)
            in_slot = self._mean(oldest, newest, slots)
            readings = round(slots * in_slot) + self._number(OFF_GRID)
            recent = min(RECENT, newest - oldest)
            growth = self._number(SLOTS, newest - recent) * in_slot / max(recent, 1) * DAY
        left = self._days_left(file, growth / readings, newest - oldest) if file and recent >= SHORTEST else None
        return Extent(readings, slots <= SAMPLES, moment(oldest * 1000), moment(newest * 1000), file, left)

    def _mean(self, oldest: int, newest: int, slots: int) -> float:
        """Readings in a slot of the grid: of all slots where they are few, else of some, spread evenly."""
        step = (newest - oldest) // SAMPLES if slots > SAMPLES else 0
        counts: list[int] = []
        slot = oldest - 1
        while (found := self._number(NEXT_SLOT, slot)) and len(counts) < SAMPLES:
            counts.append(self._number(IN_SLOT, found))
            slot = max(found, slot + step)
        return sum(counts) / max(1, len(counts))

    def _number(self, sql: str, *given: int) -> int:
        return int(query(self._database, sql, given)[0][0] or 0)

    def _file(self) -> File | None:
        if not is_sqlite(self._database):
            return None
        octets, free = self._number("PRAGMA page_size"), self._number("PRAGMA freelist_count")
        path = self._folder.database
        log = path.with_name(f"{path.name}-wal")
        size = path.stat().st_size + (log.stat().st_size if log.exists() else 0)
        return File(size, free * octets, Space.of(self._folder.path))

    def _days_left(self, file: File, growth: float, age: int) -> int | None:
        """`growth`: what comes in a day, as a part of what is there; `age`: seconds from the oldest to the newest."""
        options, disk = self._options(), file.disk
        room = disk.total * options.high_water // 100 - (disk.total - disk.free) + file.unused
        a_day = (file.size - file.unused) * growth
        days = max(0, int(room / a_day)) if a_day else None
        grows_for = options.retention_days - age / DAY  # then as much goes as comes
        return None if days is not None and options.retention_days and days > grows_for else days
