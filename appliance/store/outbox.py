"""Which readings a receiver has not got yet. Rows come in with the readings they carry, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable

import peewee

from appliance.store.batch import Key
from appliance.store.database import connected, execute_many
from appliance.store.models import OutboxRow
from appliance.store.writer import Writer


class Outbox:
    """Waiting readings by receiver, oldest first."""

    def __init__(self, database: peewee.Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def waiting(self, receiver: int, count: int = 1000) -> list[Key]:
        """(slot, meter) of the oldest readings that a receiver has not got."""
        row = OutboxRow
        query = row.select(row.slot, row.meter).where(row.receiver == receiver).order_by(row.slot, row.meter)
        with connected(self._database):
            return [(slot, meter) for slot, meter in query.limit(count).tuples().execute(self._database)]

    def delivered(self, receiver: int, keys: Iterable[Key]) -> None:
        """A receiver has acknowledged these readings."""
        rows = [(receiver, slot, meter) for slot, meter in keys]
        sql = "DELETE FROM outbox WHERE receiver = ? AND slot = ? AND meter = ?"
        self._writer.order(lambda: execute_many(self._database, sql, rows))
