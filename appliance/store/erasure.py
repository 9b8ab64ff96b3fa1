"""Deleting the values of meters, for good, while readings go on.

Rows lie by slot first, so a meter's past is spread over the whole file. It goes slot range by slot range, a slice a
transaction, and the writer writes what waits in between. A meter is condemned in the order that takes it off the
list; what a power cut leaves half done is finished by the next housekeeping, for the row that condemns it stays until
a whole pass found nothing.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any, Final

import peewee

from appliance.store.database import change, connected, execute_many, query
from appliance.store.models import Condemned, MissedRow, OutboxRow, ReadingRow
from appliance.store.newest import NewestBook
from appliance.store.rows import FOREVER
from appliance.store.status import StatusLog
from appliance.store.writer import Writer

SLICE: Final = 250  # rows in a transaction: those of one meter lie on a page each
CONDEMN: Final = (
    "INSERT INTO condemned (meter, until) VALUES (?, ?) ON CONFLICT (meter) DO UPDATE SET until = "
    "CASE WHEN excluded.until > condemned.until THEN excluded.until ELSE condemned.until END"
)
SLOTS: Final = (
    "WITH RECURSIVE hop(slot) AS ("
    " SELECT MIN(slot) FROM {table} WHERE slot >= ? UNION ALL"
    " SELECT (SELECT slot FROM {table} WHERE slot > hop.slot ORDER BY slot LIMIT 1) FROM hop WHERE hop.slot < ?)"
    " SELECT slot FROM hop WHERE slot <= ? LIMIT ?"
)
ENDS: Final = "SELECT (SELECT MIN(slot) FROM {table}), (SELECT MAX(slot) FROM {table} WHERE slot < ?)"  # two seeks
RECEIVERS: Final = (
    "WITH RECURSIVE hop(receiver) AS ("
    " SELECT MIN(receiver) FROM outbox UNION ALL"
    " SELECT (SELECT MIN(receiver) FROM outbox WHERE receiver > hop.receiver) FROM hop WHERE receiver IS NOT NULL)"
    " SELECT receiver FROM hop WHERE receiver IS NOT NULL"
)
STATUS_BYTES: Final = (
    "DELETE FROM meter_log WHERE (meter, created) IN "
    "(SELECT meter, created FROM meter_log WHERE meter = ? AND created < ? ORDER BY created LIMIT ?)"
)
TABLES: Final[dict[str, type[ReadingRow] | type[MissedRow]]] = {"reading": ReadingRow, "missed": MissedRow}

Report = Callable[[int, int, str], None]
"""How far it is, of how much, in words."""


def unheard(done: int, of: int, sentence: str) -> None:
    """Nobody wants to know how far it is."""


class Erasure:
    """Condemns meters and deletes their values."""

    def __init__(self, database: peewee.Database, writer: Writer, newest: NewestBook, status: StatusLog) -> None:
        self._database = database
        self._writer = writer
        self._newest = newest
        self._status = status
        self._running = threading.Lock()
        self.slice = SLICE  # readings in a transaction
        self.gone: frozenset[int] = frozenset()  # meters whose late readings are not kept

    def condemn(self, meters: Collection[int], until: int = FOREVER) -> None:
        """Within a transaction of the writer: values in slots below `until` are to go."""
        execute_many(self._database, CONDEMN, [(meter, until) for meter in sorted(meters)])

    def forget(self, meters: Collection[int]) -> None:
        """These meters are off the list for good: nothing of them is taken in any more."""
        self.gone |= frozenset(meters)
        self._newest.forget(meters)
        self._status.forget(meters)

    def clear(self, meters: Collection[int], until: int) -> None:
        """Condemn the values in slots below `until` of meters that stay."""
        self._writer.order(lambda: self.condemn(meters, until))
        self._newest.cleared(meters, until)

    def is_condemned(self, meter: int) -> bool:
        """Whether values of a meter are still to go."""
        found = Condemned.select(Condemned.meter).where(Condemned.meter == meter).scalar(self._database)
        return found is not None

    def finish(self, report: Report = unheard, *, wait: bool = True) -> int:
        """Delete what is condemned; how many rows went. Without `wait` nothing is done while somebody else does it."""
        if not self._running.acquire(blocking=wait):
            return 0
        try:
            return self._finish(report)
        finally:
            self._running.release()

    def _finish(self, report: Report) -> int:
        deleted = 0
        while groups := self._groups():
            for until, meters in groups.items():
                gone = self._sweep(meters, until, report)
                deleted += gone
                if not gone:
                    self._acquit(meters, until)
        return deleted

    def _groups(self) -> dict[int, list[int]]:
        """Meters to be dealt with together."""
        groups = defaultdict(list)
        with connected(self._database):
            for meter, until in query(self._database, "SELECT meter, until FROM condemned ORDER BY meter"):
                groups[until].append(meter)
        return groups

    def _sweep(self, meters: list[int], until: int, report: Report) -> int:
        """One pass over all slots."""
        deleted, width = self._status_bytes(meters, until), max(1, self.slice // len(meters))
        for name, table in TABLES.items():
            first, last = self._ends(name, until)  # rounds that come while this runs are not waited for
            slots = self._slots(name, first, last, width)
            while slots:
                deleted += self._slice(table, slots, meters)
                report(slots[-1] - first, last - first, f"{deleted} values deleted")
                slots = self._slots(name, slots[-1] + 1, last, width)
        return deleted

    def _ends(self, name: str, until: int) -> tuple[int, int]:
        """First and last slot below `until`; nothing lies between them where there is none."""
        with connected(self._database):
            found = query(self._database, ENDS.format(table=name), (until,))[0]
        return (0, -1) if found[1] is None else (found[0], found[1])

    def _slots(self, name: str, first: int, last: int, count: int) -> list[int]:
        with connected(self._database):
            return [slot for (slot,) in query(self._database, SLOTS.format(table=name), (first, last, last, count))]

    def _slice(self, table: type[ReadingRow] | type[MissedRow], slots: list[int], meters: list[int]) -> int:
        """One transaction: rows of these slots, and what carries them to receivers."""
        return self._writer.order(lambda: self._delete(table, slots, meters))

    def _delete(self, table: type[ReadingRow] | type[MissedRow], slots: list[int], meters: list[int]) -> int:
        gone = self._at(table, slots, meters)
        if gone and table is ReadingRow:
            receivers = [receiver for (receiver,) in query(self._database, RECEIVERS)]
            self._at(OutboxRow, slots, meters, OutboxRow.receiver.in_(receivers))
        return gone

    def _at(self, table: Any, slots: list[int], meters: list[int], *further: Any) -> int:  # noqa: ANN401 - peewee's
        place = (table.slot.in_(slots), table.meter.in_(meters))
        return int(table.delete().where(*further, *place).execute(self._database))

    def _status_bytes(self, meters: list[int], until: int) -> int:
        """The meters' logs, which lie by meter."""
        deleted = 0
        for meter in meters:
            values = (meter, until * 1000, SLICE)
            while gone := self._writer.order(partial(change, self._database, STATUS_BYTES, values)):
                deleted += gone
        return deleted

    def _acquit(self, meters: Iterable[int], until: int) -> None:
        row = Condemned
        done = row.delete().where(row.meter.in_(list(meters)), row.until == until)
        self._writer.order(lambda: done.execute(self._database))
