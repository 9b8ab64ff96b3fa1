"""Deleting what is old or no longer fits, in slices, so that readings are written in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import peewee

from appliance.clock import Clock
from appliance.store.ballast import Space
from appliance.store.database import change, is_sqlite, query
from appliance.store.options import StoreOptions
from appliance.store.rows import FOREVER, milliseconds
from appliance.store.writer import Writer

SLICE: Final = 1000
ROUND_DAYS: Final = 366
ENTRY_OVERHEAD: Final = 24  # octets of a journal row besides its texts
LEAST_SHARE: Final = 10  # the disk must be filled by the database to this divisor before readings go for its sake
DELIVERED: Final = (
    "DELETE FROM {table} WHERE (slot, meter) IN (SELECT DISTINCT slot, meter FROM {table} WHERE slot < ? "
    "AND (slot, meter) NOT IN (SELECT slot, meter FROM outbox) ORDER BY slot, meter LIMIT ?)"
)
OLD_ENTRIES: Final = (
    "DELETE FROM journal WHERE number IN (SELECT number FROM journal WHERE created < ? ORDER BY number LIMIT ?)"
)
FIRST_ENTRIES: Final = "DELETE FROM journal WHERE number IN (SELECT number FROM journal ORDER BY number LIMIT ?)"
OLD_ROUNDS: Final = (
    "DELETE FROM round WHERE (number, segment) IN "
    "(SELECT number, segment FROM round WHERE ended < ? ORDER BY number LIMIT ?)"
)
OLD_STATUS: Final = (
    "DELETE FROM meter_log WHERE (meter, created) IN (SELECT meter, created FROM meter_log WHERE created < ? LIMIT ?)"
)
OLD_EVENTS: Final = (
    "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE went < ? ORDER BY number LIMIT ?)"
)
FIRST_EVENTS: Final = (
    "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE went IS NOT NULL "
    "AND number <= (SELECT MAX(number) FROM event) - ? ORDER BY number LIMIT ?)"
)
EMPTY_SLOTS: Final = "DELETE FROM slot WHERE slot < (SELECT MIN(slot) FROM reading)"
JOURNAL_SIZE: Final = f"SELECT COALESCE(SUM(LENGTH(source) + LENGTH(message) + {ENTRY_OVERHEAD}), 0) FROM journal"


class Retention:
    """What `storage.retention`, `storage.high_water`, `log.retention` and `log.size` ask for."""

    def __init__(
        self,
        database: peewee.Database,
        writer: Writer,
        clock: Clock,
        options: Callable[[], StoreOptions],
        folder: Path,
        space: Callable[[Path], Space] = Space.of,
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock
        self._options = options
        self._folder = folder
        self._space = space

    def by_age(self) -> int:
        """Delete delivered readings that are older than asked for; how many slots."""
        days = self._options().retention_days
        return self._readings(int(self._before(days).timestamp())) if days else 0

    def by_space(self, reserve: int, shrink_log: Callable[[], object]) -> int:
        """Delete the oldest delivered readings until the disk is below its high-water mark and has `reserve` to spare.

        How many rows went.
        """
        deleted = 0
        while self._too_full(reserve):
            gone = self._slice(DELIVERED.format(table="reading"), FOREVER)
            self._give_back()
            shrink_log()
            if not gone:
                break
            deleted += gone
        return deleted

    def slots(self) -> int:
        """Forget slots before the first reading that is left; how many."""
        return self._writer.order(lambda: change(self._database, EMPTY_SLOTS))

    def logs(self) -> None:
        """Delete entries, events, rounds and status bytes that are too old; then entries and events too many."""
        options = self._options()
        self._slices(OLD_ENTRIES, milliseconds(self._before(options.log_days)))
        self._slices(OLD_EVENTS, milliseconds(self._before(options.log_days)))
        self._slices(OLD_ROUNDS, milliseconds(self._before(ROUND_DAYS)))
        if options.retention_days:
            self._slices(OLD_STATUS, milliseconds(self._before(options.retention_days)))
        while self._journal_size() > options.log_size and self._slice(FIRST_ENTRIES):
            pass
        self._slices(FIRST_EVENTS, options.most_events)

    def _readings(self, before: int) -> int:
        return sum(self._slices(DELIVERED.format(table=table), before) for table in ("reading", "missed"))

    def _slices(self, sql: str, limit: int) -> int:
        deleted = 0
        while gone := self._slice(sql, limit):
            deleted += gone
        return deleted

    def _slice(self, sql: str, *limits: int) -> int:
        """One transaction on the writer; between two of them it writes what waits."""
        return self._writer.order(lambda: change(self._database, sql, (*limits, SLICE)))

    def _before(self, days: int) -> datetime:
        return self._clock.now() - timedelta(days=days)

    def _journal_size(self) -> int:
        return int(self._writer.order(lambda: query(self._database, JOURNAL_SIZE)[0][0]))

    def _too_full(self, reserve: int) -> bool:
        """Whether the disk is above the mark, counting the database's own free pages as free, and by our own doing."""
        if not is_sqlite(self._database):
            return False
        space = self._space(self._folder)
        size, free = self._writer.order(self._pages)
        used = space.total - space.free - free
        mine = (size - free) * LEAST_SHARE >= space.total
        return mine and (used * 100 > self._options().high_water * space.total or space.free < reserve)

    def _pages(self) -> tuple[int, int]:
        octets, pages, free = (
            query(self._database, f"PRAGMA {name}")[0][0] for name in ("page_size", "page_count", "freelist_count")
        )
        return pages * octets, free * octets

    def _give_back(self) -> None:
        """Return free pages to the disk."""
        self._writer.order(lambda: query(self._database, f"PRAGMA incremental_vacuum({SLICE})"), transaction=False)
