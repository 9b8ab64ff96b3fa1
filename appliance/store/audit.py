"""Where the audit trail is kept; implements `AuditBook`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any, Final

import peewee

from appliance.security.books import Act, Anchor, Append, AuditRow
from appliance.store.database import connected, query, run
from appliance.store.facts import Facts
from appliance.store.models import AuditTrailRow
from appliance.store.writer import Writer

BEFORE: Final = "audit before"
HEAD: Final = "audit head"
FIELDS: Final = ("who", "door", "source", "what", "old", "new", "result")
INSERT: Final = (
    "INSERT INTO audit (number, at, who, door, source, what, old, new, result, link) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
OVERHEAD: Final = 90  # octets a row takes besides its texts


class AuditShelf:
    """Rows in their order; the ends of the chain are facts."""

    def __init__(self, database: peewee.Database, writer: Writer, facts: Facts) -> None:
        self._database = database
        self._writer = writer
        self._facts = facts

    def append(self, make: Append) -> None:
        """Write the next row and the new end, durable when this returns."""
        self._writer.order(lambda: self._append(make))

    def rows(self, after: int, count: int) -> list[AuditRow]:
        """Oldest first."""
        select = AuditTrailRow.select().where(AuditTrailRow.number > after).order_by(AuditTrailRow.number)
        with connected(self._database):
            return _from_rows(select.limit(count).dicts().execute(self._database))

    def newest(self, since: datetime, who: str, count: int) -> list[AuditRow]:
        """Newest first; of one person, or of all where `who` is empty."""
        select = AuditTrailRow.select().where(AuditTrailRow.at >= _milliseconds(since))
        if who:
            select = select.where(AuditTrailRow.who == who)
        with connected(self._database):
            newest = select.order_by(AuditTrailRow.number.desc()).limit(count)
            return _from_rows(newest.dicts().execute(self._database))

    def newest_change(self, settings: Sequence[str]) -> AuditRow | None:
        """The last order that gave one of these settings another value."""
        named = (AuditTrailRow.what.endswith(f" {name}") for name in settings)
        changed = reduce(or_, named) & (AuditTrailRow.old != AuditTrailRow.new)
        select = AuditTrailRow.select().where(changed).order_by(AuditTrailRow.number.desc()).limit(1)
        with connected(self._database):
            return next(iter(_from_rows(select.dicts().execute(self._database))), None)

    def newest_done(self, order: str) -> AuditRow | None:
        """The last time that an order of just these words succeeded."""
        done = (AuditTrailRow.what == order) & (AuditTrailRow.result == "ok")
        select = AuditTrailRow.select().where(done).order_by(AuditTrailRow.number.desc()).limit(1)
        with connected(self._database):
            return next(iter(_from_rows(select.dicts().execute(self._database))), None)

    def ends(self) -> tuple[Anchor, Anchor]:
        """What stood before the first row, and the last row written."""
        return self._anchor(BEFORE), self._anchor(HEAD)

    def octets(self) -> int:
        """Room the rows take."""
        lengths = " + ".join(f"LENGTH({field})" for field in (*FIELDS, "link"))
        with connected(self._database):
            return int(query(self._database, f"SELECT SUM({lengths} + {OVERHEAD}) FROM audit")[0][0] or 0)

    def last_before(self, at: datetime) -> int:
        """Number of the newest row that is older, 0 where none is."""
        select = AuditTrailRow.select(peewee.fn.MAX(AuditTrailRow.number)).where(AuditTrailRow.at < _milliseconds(at))
        with connected(self._database):
            return int(select.scalar(self._database) or 0)

    def drop_through(self, anchor: Anchor) -> None:
        """Delete the oldest rows up to this one, and keep where the chain begins now."""
        self._writer.order(lambda: self._drop(anchor))

    def _append(self, make: Append) -> None:
        row, head = make(self._anchor(HEAD))
        act = row.act
        texts = (act.who, act.door, act.source, act.what, act.old, act.new, act.result, row.link)
        run(self._database, INSERT, (row.number, _milliseconds(row.at), *texts))
        self._keep(HEAD, head)

    def _drop(self, anchor: Anchor) -> None:
        AuditTrailRow.delete().where(AuditTrailRow.number <= anchor.number).execute(self._database)
        self._keep(BEFORE, anchor)

    def _anchor(self, name: str) -> Anchor:
        number, link, seal = (self._facts.get(name) or "0  ").split(" ")
        return Anchor(int(number), link, seal)

    def _keep(self, name: str, anchor: Anchor) -> None:
        self._facts.put(name, f"{anchor.number} {anchor.link} {anchor.seal}")


def _from_rows(rows: Iterable[dict[str, Any]]) -> list[AuditRow]:
    return [
        AuditRow(
            row["number"],
            datetime.fromtimestamp(row["at"] / 1000, UTC),
            Act(**{name: row[name] for name in FIELDS}),
            row["link"],
        )
        for row in rows
    ]


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
