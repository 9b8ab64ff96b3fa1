"""When the clock becomes trusted, readings made before move to their true slots, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import peewee

from appliance.store.batch import Key
from appliance.store.database import execute_many, query
from appliance.store.models import Boot, MissedRow, OutboxRow, ReadingRow
from appliance.store.pen import INSERT_SLOT
from appliance.store.rows import UNTRUSTED

TrueSlot = Callable[[int], int]
"""From the corrected second of a slot to the slot of the grid that it is."""

SLACK: Final = 86400  # seconds around the boot's false time in which its slots are looked for
PLACE: Final = "slot = ? AND meter = ?"


class Mover:
    """Moves the untrusted readings and missed slots of one boot by the seconds its wall clock was wrong."""

    def __init__(self, database: peewee.Database, boot: int, seconds: float, true_slot: TrueSlot) -> None:
        self._database = database
        self._boot = boot
        self._shift = round(seconds * 1000)
        self._true_slot = true_slot
        self._moved: list[tuple[Key, Key]] = []

    def move(self) -> int:
        """Within a transaction: move everything, mark it trusted, correct the boot row; how many readings moved."""
        started = Boot.select(Boot.started).where(Boot.number == self._boot).scalar(self._database)
        since = started // 1000 - SLACK
        readings = self._untrusted("reading", since)
        for key, rows in sorted(readings.items()):
            self._move_reading(key, rows)
        for key, rows in sorted(self._untrusted("missed", since).items()):
            self._move_missed(key, rows[0])
        update = Boot.update(started=started + self._shift, trusted=1).where(Boot.number == self._boot)
        update.execute(self._database)
        return len(readings)

    def _untrusted(self, table: str, since: int) -> dict[Key, list[tuple[Any, ...]]]:
        found: dict[Key, list[tuple[Any, ...]]] = defaultdict(list)
        sql = f"SELECT * FROM {table} WHERE slot >= ? AND boot = ? AND (marks & {UNTRUSTED}) <> 0"
        for row in query(self._database, sql, (since, self._boot)):
            found[row[0], row[1]].append(row)
        return found

    def _move_reading(self, key: Key, rows: list[tuple[Any, ...]]) -> None:
        """To the true slot; where the meter has a reading there already, to the first free second after its own."""
        slot, meter = key
        second = slot + round(self._shift / 1000)
        target = self._true_slot(second)
        if self._taken(ReadingRow, target, meter):
            target = second
            while self._taken(ReadingRow, target, meter):
                target += 1
        self._delete("reading", key)
        self._delete("missed", (target, meter))
        moved = [(target, meter, row[2], row[3], *self._when(row[4:8], slot, target), row[8]) for row in rows]
        execute_many(self._database, f"INSERT INTO reading VALUES ({', '.join('?' * 9)})", moved)
        execute_many(self._database, INSERT_SLOT, [(target,)])
        row = OutboxRow
        update = row.update(slot=target).where(row.slot == slot, row.meter == meter)
        update.execute(self._database)

    def _move_missed(self, key: Key, row: tuple[Any, ...]) -> None:
        """To the true slot, unless that ended otherwise."""
        slot, meter = key
        target = self._true_slot(slot + round(self._shift / 1000))
        self._delete("missed", key)
        if self._taken(ReadingRow, target, meter) or self._taken(MissedRow, target, meter):
            return
        moved = (target, meter, row[2], *self._when(row[3:7], slot, target), row[7], row[8])
        execute_many(self._database, f"INSERT INTO missed VALUES ({', '.join('?' * 9)})", [moved])

    def _when(self, when: tuple[int, ...], slot: int, target: int) -> tuple[int, int, int, int]:
        """The time columns as seen from the true slot; drift stays, for the boot row moves along."""
        marks, boot, delay, drift = when
        return marks & ~UNTRUSTED, boot, delay + self._shift + (slot - target) * 1000, drift

    def _taken(self, table: type[ReadingRow] | type[MissedRow], slot: int, meter: int) -> bool:
        place = table.select(table.slot).where(table.slot == slot, table.meter == meter)
        return place.limit(1).scalar(self._database) is not None

    def _delete(self, table: str, key: Key) -> None:
        execute_many(self._database, f"DELETE FROM {table} WHERE {PLACE}", [key])
