"""Whether the tables agree with each other, and why slots have no value: what a check from end to end looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import peewee

from appliance.ports import Reason
from appliance.store.database import connected, query
from appliance.store.rows import REASONS, moment

GAPS: Final = (
    "SELECT reason, COUNT(*), COUNT(DISTINCT meter), MIN(slot), MAX(slot) FROM missed WHERE slot >= ? GROUP BY reason"
)
CONTRADICTIONS: Final = {
    "slots with a reading and a reason why there is none": (
        "SELECT COUNT(*) FROM missed WHERE EXISTS "
        "(SELECT 1 FROM reading WHERE reading.slot = missed.slot AND reading.meter = missed.meter)"
    ),
    "telegrams whose layout is not there": (
        "SELECT COUNT(*) FROM reading WHERE layout <> 0 AND layout NOT IN (SELECT number FROM layout)"
    ),
    "readings without their first telegram": (
        "SELECT COUNT(*) FROM reading WHERE telegram > 0 AND NOT EXISTS (SELECT 1 FROM reading AS before "
        "WHERE before.slot = reading.slot AND before.meter = reading.meter AND before.telegram = 0)"
    ),
    "readings that wait to be sent and are not there": (
        "SELECT COUNT(*) FROM outbox WHERE NOT EXISTS "
        "(SELECT 1 FROM reading WHERE reading.slot = outbox.slot AND reading.meter = outbox.meter)"
    ),
}
"""What must never be, and how much of it there is."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Slots without a value for one reason."""

    reason: Reason
    slots: int
    meters: int
    first: datetime
    last: datetime


class Soundness:
    """Asks the tables; changes nothing."""

    def __init__(self, database: peewee.Database) -> None:
        self._database = database

    def gaps(self, since: int) -> list[Gaps]:
        """Of the slots from a second on, the most frequent reason first."""
        with connected(self._database):
            rows = query(self._database, GAPS, (since,))
        found = [
            Gaps(REASONS[reason], slots, meters, moment(first * 1000), moment(last * 1000))
            for reason, slots, meters, first, last in rows
        ]
        return sorted(found, key=lambda gaps: -gaps.slots)

    def contradictions(self) -> Iterator[str]:
        """One after the other: a sentence, empty where nothing is wrong with what was looked at."""
        for sentence, sql in CONTRADICTIONS.items():
            with connected(self._database):
                count = int(query(self._database, sql)[0][0])
            yield f"{sentence}: {count}" if count else ""
