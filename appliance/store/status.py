"""The meter log: status bytes of telegrams, as `log.meter_status` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import peewee

from appliance.ports import Heard
from appliance.store.database import connected, execute_many, query
from appliance.store.models import MeterLogRow
from appliance.store.options import StatusPolicy
from appliance.store.rows import milliseconds, moment

STATUS_AT: Final = {0x72: 16, 0x76: 16, 0x7A: 8, 0x73: 12, 0x77: 12}
"""Where the status byte stands in a long frame, by CI field (public M-Bus documentation)."""
INSERT: Final = "INSERT INTO meter_log (meter, created, status) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

Change = tuple[int, int, int]
"""Meter, milliseconds UTC, status."""

WORTH_A_LINE: Final[dict[StatusPolicy, Callable[[int, int], bool]]] = {
    StatusPolicy.ALWAYS: lambda status, last: True,
    StatusPolicy.ON_ERROR: lambda status, last: status != 0,
    StatusPolicy.ON_CHANGE: lambda status, last: status != last,
    StatusPolicy.NEVER: lambda status, last: False,
}
"""By policy, of a status byte and the last one known, 0 where none is."""


def status_byte(octets: bytes) -> int | None:
    """The status byte of a telegram, where it has one."""
    at = STATUS_AT.get(octets[6]) if len(octets) > 6 else None
    return octets[at] if at is not None and at < len(octets) - 2 else None


@dataclass(frozen=True, slots=True)
class MeterStatus:
    """A line of a meter's log."""

    meter: int
    at: datetime
    status: int


class StatusLog:
    """Which status bytes are worth a line."""

    def __init__(self, database: peewee.Database, policy: Callable[[], StatusPolicy]) -> None:
        self._database = database
        self._policy = policy
        self._last: dict[int, int] = {}

    def load(self) -> None:
        """Take the last known status of each meter out of the database."""
        sql = (
            "SELECT meter, status FROM meter_log AS line WHERE created = "
            "(SELECT MAX(created) FROM meter_log WHERE meter_log.meter = line.meter)"
        )
        self._last = dict(query(self._database, sql))

    def changes(self, readings: Iterable[Heard]) -> list[Change]:
        """The lines that these readings are worth."""
        worth_a_line, last = WORTH_A_LINE[self._policy()], dict(self._last)
        found = []
        for heard in readings:
            status = status_byte(heard.telegrams[0]) if heard.telegrams else None
            if status is not None and worth_a_line(status, last.get(heard.meter, 0)):
                found.append((heard.meter, milliseconds(heard.at.wall), status))
                last[heard.meter] = status
        return found

    def write(self, changes: list[Change]) -> None:
        """Within the batch's transaction."""
        execute_many(self._database, INSERT, changes)

    def keep(self, changes: Iterable[Change]) -> None:
        """Remember what is safe on the disk."""
        self._last.update((meter, status) for meter, _, status in changes)

    def forget(self, meters: Iterable[int]) -> None:
        """These meters are gone."""
        for meter in meters:
            self._last.pop(meter, None)

    def of(self, meter: int, since: datetime, until: datetime, count: int = 1000) -> list[MeterStatus]:
        """A meter's log, newest first."""
        row = MeterLogRow
        begin, end = milliseconds(since), milliseconds(until)
        query = row.select(row.created, row.status).where(row.meter == meter, row.created.between(begin, end))
        with connected(self._database):
            rows = query.order_by(row.created.desc()).limit(count).tuples().execute(self._database)
            return [MeterStatus(meter, moment(created), status) for created, status in rows]
