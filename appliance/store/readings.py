"""Readings by meter and time, with the slots that have none.

Rows lie by slot first, so a meter's past is a hop from slot to slot (one seek each), never a scan over all meters.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final, NamedTuple

import peewee

from appliance.ports import Heard, Missed
from appliance.store.database import connected, query
from appliance.store.layouts import LayoutShelf
from appliance.store.models import MissedRow, ReadingRow
from appliance.store.rows import REASONS, Starts, When, unpack

COLUMNS: Final = "r.slot, r.telegram, r.layout, r.marks, r.boot, r.delay, r.drift, r.octets"
UP: Final = (
    "WITH RECURSIVE hop(slot) AS ("
    " SELECT MIN(slot) FROM reading WHERE slot >= ? UNION ALL"
    " SELECT (SELECT slot FROM reading WHERE slot > hop.slot ORDER BY slot LIMIT 1) FROM hop WHERE hop.slot < ?)"
)
DOWN: Final = (
    "WITH RECURSIVE hop(slot) AS ("
    " SELECT MAX(slot) FROM reading WHERE slot <= ? UNION ALL"
    " SELECT (SELECT MAX(slot) FROM reading WHERE slot < hop.slot) FROM hop WHERE hop.slot > ?),"
    " own(slot) AS (SELECT hop.slot FROM hop WHERE hop.slot >= ? AND EXISTS"
    " (SELECT 1 FROM reading WHERE slot = hop.slot AND meter = ? AND telegram = 0) LIMIT ?)"
)
BETWEEN: Final = (
    f"{UP} SELECT {COLUMNS} FROM hop JOIN reading AS r ON r.slot = hop.slot AND r.meter = ? WHERE r.slot <= ?"
)
LATEST: Final = f"{DOWN} SELECT {COLUMNS} FROM own JOIN reading AS r ON r.slot = own.slot AND r.meter = ?"
AT: Final = f"SELECT {COLUMNS} FROM reading AS r WHERE r.slot = ? AND r.meter = ?"
RAW: Final = (
    f"{UP} SELECT r.slot, r.telegram, r.layout, r.octets FROM hop"
    " JOIN reading AS r ON r.slot = hop.slot AND r.meter = ? WHERE r.slot <= ?"
)
FOREVER: Final = 1 << 40

Row = tuple[Any, ...]


class RawTelegram(NamedTuple):
    """A telegram as it lies in the store: number of its layout (0: octets are whole) and data octets."""

    slot: int
    telegram: int
    layout: int
    octets: bytes


class Readings:
    """What was heard and what was missed."""

    def __init__(self, database: peewee.Database, layouts: LayoutShelf, starts: Starts) -> None:
        self._database = database
        self._layouts = layouts
        self._starts = starts

    def between(self, meter: int, since: int = 0, until: int = FOREVER) -> list[Heard]:
        """Readings of a meter with `since` <= slot <= `until`, oldest first."""
        return self._readings(meter, sorted(self._rows(BETWEEN, (since, until, meter, until))))

    def latest(self, meter: int, count: int = 1, since: int = 0, until: int = FOREVER) -> list[Heard]:
        """The last readings of a meter up to `until`, newest first."""
        rows = self._rows(LATEST, (until, since, since, meter, count, meter))
        return self._readings(meter, sorted(rows, key=lambda row: (-row[0], row[1])))

    def at(self, meter: int, slot: int) -> Heard | None:
        """The reading of a slot."""
        return next(iter(self._readings(meter, sorted(self._rows(AT, (slot, meter))))), None)

    def raw(self, meter: int, since: int = 0, until: int = FOREVER) -> list[RawTelegram]:
        """As `between`, without unpacking: for series over months, with `LayoutShelf.layout`."""
        return list(map(RawTelegram._make, sorted(self._rows(RAW, (since, until, meter, until)))))

    def answered(self, slot: int, meters: Iterable[int]) -> set[int]:
        """Those of `meters` that have a reading in `slot`."""
        row = ReadingRow
        with connected(self._database):
            stored = {
                meter for (meter,) in row.select(row.meter).where(row.slot == slot).tuples().execute(self._database)
            }
        return stored.intersection(meters)

    def missed(self, since: int, until: int = FOREVER, meter: int | None = None, count: int = 10_000) -> list[Missed]:
        """Slots without a reading and why, newest first."""
        row = MissedRow
        query = row.select().where(row.slot.between(since, until))
        if meter is not None:
            query = query.where(row.meter == meter)
        with connected(self._database):
            rows = list(query.order_by(row.slot.desc(), row.meter).limit(count).execute(self._database))
        return [self._missed(found) for found in rows]

    def _rows(self, sql: str, parameters: tuple[int, ...]) -> list[Row]:
        with connected(self._database):
            return query(self._database, sql, parameters)

    def _readings(self, meter: int, rows: list[Row]) -> list[Heard]:
        return [self._heard(meter, list(group)) for _, group in groupby(rows, lambda row: row[0])]

    def _heard(self, meter: int, rows: list[Row]) -> Heard:
        slot, _, _, marks, boot, delay, drift, _ = rows[0]
        kind, at = unpack(slot, When(marks, boot, delay, drift), self._starts)
        telegrams = tuple(self._layouts.unpack(row[2], bytes(row[7])) for row in rows)
        return Heard(meter=meter, slot=slot, kind=kind, telegrams=telegrams, at=at)

    def _missed(self, row: MissedRow) -> Missed:
        kind, at = unpack(row.slot, When(row.marks, row.boot, row.delay, row.drift), self._starts)
        return Missed(
            meter=row.meter,
            slot=row.slot,
            kind=kind,
            reason=REASONS[row.reason],
            detail=row.detail,
            at=at,
            octets=bytes(row.octets),
        )
