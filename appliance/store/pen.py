"""Writing a batch: everything that belongs together in one transaction, safe on the disk when it returns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

import peewee

from appliance.ports import Heard, Missed, ReadingKind
from appliance.store.batch import Batch, Key
from appliance.store.database import execute_many, query, writing
from appliance.store.event_log import EventLog
from appliance.store.layouts import LayoutKey, LayoutShelf
from appliance.store.newest import NewestBook
from appliance.store.rows import REASONS, Start, milliseconds, pack
from appliance.store.status import StatusLog
from appliance.store.turns import turns_of

Receivers = Callable[[Heard], Iterable[int]]
"""Numbers of the receivers that a reading is due to."""

SCHEDULED: Final = ReadingKind.SCHEDULED
STORED: Final = "SELECT meter FROM reading WHERE slot = ?"
MISSED: Final = "SELECT meter FROM missed WHERE slot = ?"
NEWEST_ENTRY: Final = "SELECT COALESCE(MAX(number), 0) FROM journal"
INSERT_LAYOUT: Final = "INSERT INTO layout (number, length, mask, pattern) VALUES (?, ?, ?, ?)"
INSERT_READING: Final = (
    "INSERT INTO reading (slot, meter, telegram, layout, marks, boot, delay, drift, octets) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_SLOT: Final = "INSERT INTO slot (slot) VALUES (?) ON CONFLICT DO NOTHING"
INSERT_MISSED: Final = (
    "INSERT INTO missed (slot, meter, reason, marks, boot, delay, drift, detail, octets) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
DELETE_MISSED: Final = "DELETE FROM missed WHERE slot = ? AND meter = ?"
INSERT_OUTBOX: Final = "INSERT INTO outbox (receiver, slot, meter) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
INSERT_ENTRY: Final = "INSERT INTO journal (number, created, severity, source, message) VALUES (?, ?, ?, ?, ?)"
INSERT_ROUND: Final = (
    "INSERT INTO round (number, segment, slot, due, answered, missed, began, ended, retries) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


class Pen:
    """The one that writes readings, on SQLite and on a server alike."""

    def __init__(
        self,
        database: peewee.Database,
        layouts: LayoutShelf,
        current: Callable[[], Start],
        status: StatusLog,
        newest: NewestBook,
        events: EventLog,
        receivers: Receivers,
    ) -> None:
        self._database = database
        self._layouts = layouts
        self._current = current
        self._status = status
        self._newest = newest
        self._events = events
        self._receivers = receivers

    def write(self, batch: Batch) -> tuple[Key, ...]:
        """Write it, all or nothing; the keys of the readings in it are safe when this returns, each stored once."""
        fresh: dict[LayoutKey, int] = {}
        with writing(self._database):
            slots = {slot for slot, _ in (*batch.heard, *batch.missed)}
            stored, missed = self._keys(STORED, slots), self._keys(MISSED, slots)
            heard = [batch.heard[key] for key in sorted(batch.heard) if key not in stored]
            rows = [row for reading in heard for row in self._reading_rows(reading, fresh)]
            self._many(INSERT_LAYOUT, [(number, *key) for key, number in fresh.items()])
            self._many(INSERT_READING, rows)
            self._many(INSERT_SLOT, sorted({(reading.slot,) for reading in heard if reading.kind is SCHEDULED}))
            self._many(DELETE_MISSED, sorted(batch.heard.keys() & missed))
            missed_now = [batch.missed[key] for key in sorted(batch.missed) if key not in stored]
            self._many(INSERT_MISSED, self._missed_rows(missed_now))
            self._many(INSERT_OUTBOX, self._outbox_rows(heard))
            changes = self._status.changes(heard)
            self._status.write(changes)
            news = self._events.news((*turns_of(heard, missed_now, self._events.meters()), *batch.turns))
            self._events.write(news)
            self._write_entries(batch)
            self._write_rounds(batch)
        self._layouts.keep(fresh)
        self._status.keep(changes)
        self._events.keep(news)
        self._newest.saw_batch(batch)
        return tuple(batch.heard)

    def _many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        execute_many(self._database, sql, rows)

    def _keys(self, sql: str, slots: Collection[int]) -> set[Key]:
        """Which (slot, meter) are in a table already, for slots of the batch: mostly one slot, a few pages."""
        return {(slot, meter) for slot in slots for (meter,) in query(self._database, sql, (slot,))}

    def _reading_rows(self, heard: Heard, fresh: dict[LayoutKey, int]) -> Iterable[tuple[Any, ...]]:
        when = pack(heard.kind, heard.slot, heard.at, self._current(), heard.incomplete)
        for telegram, octets in enumerate(heard.telegrams):
            layout, data = self._layouts.pack(octets, fresh)
            yield (heard.slot, heard.meter, telegram, layout, *when, data)

    def _missed_rows(self, missed: Iterable[Missed]) -> list[tuple[Any, ...]]:
        return [
            (
                *(one.slot, one.meter, REASONS.index(one.reason)),
                *pack(one.kind, one.slot, one.at, self._current()),
                *(one.detail, one.octets),
            )
            for one in missed
        ]

    def _outbox_rows(self, heard: Iterable[Heard]) -> list[tuple[Any, ...]]:
        return [(receiver, reading.slot, reading.meter) for reading in heard for receiver in self._receivers(reading)]

    def _write_entries(self, batch: Batch) -> None:
        if not batch.entries:
            return
        newest = query(self._database, NEWEST_ENTRY)[0][0]
        rows = [
            (number, milliseconds(entry.created), int(entry.severity), entry.source, entry.message)
            for number, entry in enumerate(batch.entries, newest + 1)
        ]
        self._many(INSERT_ENTRY, rows)

    def _write_rounds(self, batch: Batch) -> None:
        rows = [
            (
                *(done.number, done.segment, done.slot, done.due, done.answered, done.missed),
                *(milliseconds(done.began), milliseconds(done.ended), done.retries),
            )
            for done in batch.rounds
            if done.ended is not None
        ]
        self._many(INSERT_ROUND, rows)
