"""Finding the rows of one meter among those of all.

Rows lie by slot first, so a meter's past is looked up slot by slot, one seek each, never by a scan over all meters:
slots of the grid stand in a table of their own, the readings off the grid in an index.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Final

import peewee

from appliance.store.database import connected, query

# CROSS JOIN keeps SQLite from going through the readings of all meters to look up each slot.
ON_GRID: Final = (
    "SELECT {columns} FROM slot AS s CROSS JOIN reading AS r"
    " WHERE r.meter = ? AND s.slot BETWEEN ? AND ? AND r.slot = s.slot ORDER BY s.slot, r.telegram"
)
OFF_GRID: Final = (
    "SELECT {columns} FROM (SELECT slot, meter FROM reading"
    " WHERE meter = ? AND slot BETWEEN ? AND ? AND telegram = 0 AND (marks & 7) <> 0) AS s"
    " CROSS JOIN reading AS r WHERE r.slot = s.slot AND r.meter = s.meter"
    " AND NOT EXISTS (SELECT 1 FROM slot AS g WHERE g.slot = r.slot) ORDER BY s.slot, r.telegram"
)
LAST_ON_GRID: Final = (
    "SELECT s.slot FROM slot AS s WHERE s.slot BETWEEN ? AND ? AND EXISTS"
    " (SELECT 1 FROM reading AS r WHERE r.slot = s.slot AND r.meter = ? AND r.telegram = 0)"
    " ORDER BY s.slot DESC LIMIT ?"
)
LAST_OFF_GRID: Final = (
    "SELECT slot FROM reading WHERE slot BETWEEN ? AND ? AND meter = ? AND telegram = 0 AND (marks & 7) <> 0"
    " ORDER BY slot DESC LIMIT ?"
)

Row = tuple[Any, ...]


class Past:
    """Rows of readings, by meter."""

    def __init__(self, database: peewee.Database) -> None:
        self._database = database

    def rows(self, columns: str, meter: int, since: int, until: int) -> list[Row]:
        """Those with `since` <= slot <= `until`, by slot and place in the reading; `columns` begin with the slot."""
        given = (meter, since, until)
        with connected(self._database):
            found = query(self._database, ON_GRID.format(columns=columns), given)
            off_grid = query(self._database, OFF_GRID.format(columns=columns), given)
        return sorted(found + off_grid, key=itemgetter(0)) if off_grid else found

    def last_slots(self, meter: int, count: int, since: int, until: int) -> list[int]:
        """Slots of the last readings, newest first."""
        given = (since, until, meter, count)
        with connected(self._database):
            found = [*query(self._database, LAST_ON_GRID, given), *query(self._database, LAST_OFF_GRID, given)]
        return sorted({slot for (slot,) in found}, reverse=True)[:count]
