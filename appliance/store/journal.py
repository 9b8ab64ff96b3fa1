"""The system log: entries with severity, time, source and message."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import takewhile

import peewee

from appliance.clock import Clock
from appliance.events import LogWritten
from appliance.flood_guard import FloodGuard
from appliance.log import Entry, Severity
from appliance.store.database import connected
from appliance.store.models import JournalRow
from appliance.store.options import StoreOptions
from appliance.store.rows import milliseconds, moment
from appliance.store.writer import Writer


class Journal:
    """Entries are written with the next batch, so that the log wears no flash of its own."""

    def __init__(
        self,
        database: peewee.Database,
        writer: Writer,
        clock: Clock,
        options: Callable[[], StoreOptions],
        publish: Callable[[object], None],
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock
        self._options = options
        self._publish = publish
        self._guard = FloodGuard()

    def add(self, severity: Severity, source: str, message: str) -> None:
        """Keep an entry of this moment."""
        self.take(Entry(self._clock.now(), severity, source, message))

    def take(self, entry: Entry) -> None:
        """Keep an entry if it is severe enough and no repetition."""
        options, now = self._options(), self._clock.monotonic()
        self._guard.interval = options.flood_seconds
        for left_out in self._guard.left_out(now):
            self._keep(Entry(entry.created, Severity.INFO, left_out.source, str(left_out)))
        if entry.severity >= options.log_severity and self._guard.admit(entry.source, entry.message, now):
            self._keep(entry)

    def entries(
        self,
        since: datetime,
        until: datetime,
        *,
        severity: Severity = Severity.INFO,
        source: str = "",
        text: str = "",
        without: Collection[str] = (),
        count: int = 50,
    ) -> list[Entry]:
        """Entries of a time, at least a severity, and none of the sources `without`; newest first, written or not."""

        def fits(entry: Entry) -> bool:
            return (
                since <= entry.created <= until
                and entry.severity >= severity
                and source.lower() in entry.source.lower()
                and entry.source not in without
                and text.lower() in entry.message.lower()
            )

        waiting = [item for item in self._writer.waiting() if isinstance(item, Entry) and fits(item)]
        row = JournalRow
        query = row.select(row.created, row.severity, row.source, row.message).where(
            row.created.between(milliseconds(since), milliseconds(until)), row.severity >= int(severity)
        )
        if source:
            query = query.where(row.source.contains(source))
        if without:
            query = query.where(row.source.not_in(list(without)))
        if text:
            query = query.where(row.message.contains(text))
        with connected(self._database):
            found = query.order_by(row.number.desc()).limit(count).tuples().execute(self._database)
            stored = [Entry(moment(created), Severity(level), *words) for created, level, *words in found]
        return _joined(waiting, stored)[:count]

    def _keep(self, entry: Entry) -> None:
        self._writer.put(entry)
        self._publish(LogWritten(entry))

    def clear(self) -> None:
        """Empty the log."""
        self._writer.order(lambda: JournalRow.delete().execute(self._database))


def _joined(waiting: Sequence[Entry], stored: Sequence[Entry]) -> list[Entry]:
    """Newest first. What was written since it was seen waiting is in both, and with it all that is older."""
    written = {_on_disk(entry) for entry in stored}
    return [*takewhile(lambda entry: _on_disk(entry) not in written, reversed(waiting)), *stored]


def _on_disk(entry: Entry) -> tuple[int, str, str]:
    return milliseconds(entry.created), entry.source, entry.message
