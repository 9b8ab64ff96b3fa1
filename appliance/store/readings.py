"""Readings by meter and time, with the slots that have none; those that wait to be written are among them.

What waits is always asked for first: what is written in the meantime is then found among the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import peewee

from appliance.ports import Heard, Missed
from appliance.store.batch import Batch, Item
from appliance.store.blocks import Block, RawTelegram, blocks
from appliance.store.database import connected, query
from appliance.store.layouts import WHOLE, LayoutShelf
from appliance.store.models import MissedRow, ReadingRow
from appliance.store.newest import NewestBook
from appliance.store.past import Past, Row
from appliance.store.rows import FOREVER, REASONS, Starts, incomplete, unpack

COLUMNS: Final = "r.slot, r.telegram, r.layout, r.marks, r.boot, r.delay, r.drift, r.octets"
RAW_COLUMNS: Final = "s.slot, r.layout, r.octets"
AT: Final = f"SELECT {COLUMNS} FROM reading AS r WHERE r.slot = ? AND r.meter = ? ORDER BY r.telegram"
IN_SLOT: Final = f"SELECT {COLUMNS}, r.meter FROM reading AS r WHERE r.slot = ? AND r.meter BETWEEN ? AND ?"


class Readings:
    """What was heard and what was missed."""

    def __init__(
        self,
        database: peewee.Database,
        layouts: LayoutShelf,
        starts: Starts,
        newest: NewestBook,
        waiting: Callable[[], Iterable[Item]],
    ) -> None:
        self._database = database
        self._layouts = layouts
        self._starts = starts
        self._newest = newest
        self._waiting = waiting
        self._past = Past(database)

    def between(self, meter: int, since: int = 0, until: int = FOREVER) -> list[Heard]:
        """Readings of a meter with `since` <= slot <= `until`, oldest first."""
        waiting = self._heard_waiting(meter, since, until)
        return self._joined(meter, self._past.rows(COLUMNS, meter, since, until), waiting)

    def latest(self, meter: int, count: int = 1, since: int = 0, until: int = FOREVER) -> list[Heard]:
        """The last readings of a meter up to `until`, newest first."""
        waiting = self._heard_waiting(meter, since, until)
        slots = self._past.last_slots(meter, count, since, until)
        rows = self._past.rows(COLUMNS, meter, slots[-1], slots[0]) if slots else []
        return self._joined(meter, rows, waiting)[: -count - 1 : -1]

    def newest(self, meter: int) -> Heard | None:
        """The reading of a meter with the highest slot."""
        waiting = self._heard_waiting(meter)
        last, stored = max(waiting, default=-1), self._newest.heard(meter)
        if stored is not None and stored >= last:
            return self.at(meter, stored)
        return waiting.get(last)

    def at(self, meter: int, slot: int) -> Heard | None:
        """The reading of a slot."""
        waiting = self._heard_waiting(meter, slot, slot)
        with connected(self._database):
            rows = query(self._database, AT, (slot, meter))
        return next(iter(self._joined(meter, rows, waiting)), None)

    def in_slot(self, slot: int, meters: Collection[int]) -> list[Heard]:
        """The readings of some meters in one slot that are on the disk, by the number of the meter."""
        with connected(self._database):
            rows = query(self._database, IN_SLOT, (slot, min(meters), max(meters)))
        by_meter = groupby(sorted(rows, key=lambda row: (row[-1], row[1])), lambda row: row[-1])
        wanted = set(meters)
        return [self._heard(meter, [row[:-1] for row in group]) for meter, group in by_meter if meter in wanted]

    def values(self, meter: int, since: int = 0, until: int = FOREVER) -> Iterator[Block]:
        """As `between`, but raw values only: for months and years."""
        return blocks(self.raw(meter, since, until), self._layouts)

    def raw(self, meter: int, since: int = 0, until: int = FOREVER) -> list[RawTelegram]:
        """Telegrams as they lie in the store."""
        waiting = self._heard_waiting(meter, since, until)
        rows = self._past.rows(RAW_COLUMNS, meter, since, until)
        for slot in waiting.keys() - {row[0] for row in rows} if waiting else ():
            rows += [(slot, WHOLE, octets) for octets in waiting[slot].telegrams]
        return rows

    def answered(self, slot: int, meters: Iterable[int]) -> set[int]:
        """Those of `meters` that have a reading in `slot` on the disk."""
        row = ReadingRow
        with connected(self._database):
            stored = {
                meter for (meter,) in row.select(row.meter).where(row.slot == slot).tuples().execute(self._database)
            }
        return stored.intersection(meters)

    def extents(self, meters: Iterable[int]) -> dict[int, tuple[int, int]]:
        """The first slot and the number of readings on the disk, of each meter that has any: one walk over all rows."""
        row, wanted = ReadingRow, set(meters)
        counted = row.select(row.meter, peewee.fn.MIN(row.slot), peewee.fn.COUNT(row.slot)).where(row.telegram == 0)
        with connected(self._database):
            found = list(counted.group_by(row.meter).tuples().execute(self._database))
        return {meter: (first, count) for meter, first, count in found if meter in wanted}

    def missed(self, since: int, until: int = FOREVER, meter: int | None = None, count: int = 10_000) -> list[Missed]:
        """Slots without a reading and why, newest first."""
        waiting = Batch.of(item for item in self._waiting() if isinstance(item, Heard | Missed))
        found = {(missed.slot, missed.meter): missed for missed in self._missed_stored(since, until, meter, count)}
        for key, missed in waiting.missed.items():
            if since <= missed.slot <= until and meter in (None, missed.meter):
                found.setdefault(key, missed)
        keys = sorted(found.keys() - waiting.heard.keys(), key=lambda key: (-key[0], key[1]))
        return [found[key] for key in keys[:count]]

    def _missed_stored(self, since: int, until: int, meter: int | None, count: int) -> list[Missed]:
        row = MissedRow
        select = row.select().where(row.slot.between(since, until))
        if meter is not None:
            select = select.where(row.meter == meter)
        with connected(self._database):
            rows = list(select.order_by(row.slot.desc(), row.meter).limit(count).execute(self._database))
        return [self._missed(found) for found in rows]

    def _heard_waiting(self, meter: int, since: int = 0, until: int = FOREVER) -> dict[int, Heard]:
        """By slot; the first reading of a slot counts."""
        found: dict[int, Heard] = {}
        for item in self._waiting():
            if isinstance(item, Heard) and item.meter == meter and since <= item.slot <= until:
                found.setdefault(item.slot, item)
        return found

    def _joined(self, meter: int, rows: Iterable[Row], waiting: Mapping[int, Heard]) -> list[Heard]:
        """In order of their slots."""
        stored = {slot: self._heard(meter, list(group)) for slot, group in groupby(rows, lambda row: row[0])}
        return [heard for _, heard in sorted({**waiting, **stored}.items())]

    def _heard(self, meter: int, rows: Sequence[Row]) -> Heard:
        slot, _, _, marks, boot, delay, drift, _ = rows[0]
        kind, at = unpack(slot, (marks, boot, delay, drift), self._starts)
        telegrams = tuple(self._layouts.unpack(row[2], bytes(row[7])) for row in rows)
        return Heard(meter=meter, slot=slot, kind=kind, telegrams=telegrams, at=at, incomplete=incomplete(marks))

    def _missed(self, row: MissedRow) -> Missed:
        kind, at = unpack(row.slot, (row.marks, row.boot, row.delay, row.drift), self._starts)
        return Missed(
            meter=row.meter,
            slot=row.slot,
            kind=kind,
            reason=REASONS[row.reason],
            detail=row.detail,
            at=at,
            octets=bytes(row.octets),
        )
