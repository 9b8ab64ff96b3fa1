"""Boots and rounds: when the appliance ran, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import peewee

from appliance.clock import Clock, ClockQuality
from appliance.events import RoundProgress
from appliance.store.database import connected, query, run, writing
from appliance.store.models import Boot, RoundRow
from appliance.store.rows import Start, milliseconds, moment

BEGIN: Final = "INSERT INTO boot (number, started, monotonic, trusted) VALUES (?, ?, ?, ?)"
END: Final = "UPDATE boot SET ended = ? WHERE number = ?"


@dataclass(frozen=True, slots=True)
class BootRecord:
    """A start of the appliance; `ended` is None where it did not end cleanly, or still runs."""

    number: int
    started: datetime
    quality: ClockQuality
    ended: datetime | None


class History:
    """Boots and rounds in the database."""

    def __init__(self, database: peewee.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._starts: dict[int, Start] = {}
        self.boot = 0

    def begin(self) -> None:
        """Register this start, its number one more than the last; done again in a fresh file, it keeps its number."""
        with writing(self._database):
            rows = query(self._database, "SELECT number, started, monotonic FROM boot")
            known = {number: Start(number, started, monotonic) for number, started, monotonic in rows}
            self._starts = known | self._starts
            if not self.boot:
                self._count_this_one()
            if self.boot not in known:
                start = self._starts[self.boot]
                trusted = int(self._clock.quality is ClockQuality.TRUSTED)
                run(self._database, BEGIN, (self.boot, start.wall, start.monotonic, trusted))

    def _count_this_one(self) -> None:
        stamp = self._clock.stamp()
        self.boot = max(self._starts, default=0) + 1
        self._starts[self.boot] = Start(self.boot, milliseconds(stamp.wall), round(stamp.monotonic * 1000))

    def correct(self, seconds: float) -> None:
        """The wall clock was wrong at this start; its row is corrected by whoever moves the readings."""
        start = self._starts[self.boot]
        self._starts[self.boot] = Start(start.number, start.wall + round(seconds * 1000), start.monotonic)

    def end(self) -> None:
        """Register a clean end."""
        with writing(self._database):
            run(self._database, END, (milliseconds(self._clock.now()), self.boot))

    def current(self) -> Start:
        """Both clocks at this boot."""
        return self._starts[self.boot]

    def start(self, boot: int) -> Start:
        """Both clocks at a boot."""
        return self._starts.get(boot) or Start(boot, 0, 0)

    def boots(self, count: int = 100) -> list[BootRecord]:
        """Starts of the appliance, newest first."""
        newest = Boot.select(Boot.number, Boot.started, Boot.trusted, Boot.ended).order_by(Boot.number.desc())
        with connected(self._database):
            rows = list(newest.limit(count).tuples().execute(self._database))
        return [
            BootRecord(
                number,
                moment(started),
                ClockQuality.TRUSTED if trusted else ClockQuality.UNTRUSTED,
                None if ended is None else moment(ended),
            )
            for number, started, trusted, ended in rows
        ]

    def rounds(self, count: int = 50, segment: str | None = None) -> list[RoundProgress]:
        """Rounds that are over, newest first."""
        newest = RoundRow.select().order_by(RoundRow.number.desc(), RoundRow.segment).limit(count)
        if segment is not None:
            newest = newest.where(RoundRow.segment == segment)
        with connected(self._database):
            rows = list(newest.namedtuples().execute(self._database))
        return [
            RoundProgress(
                row.number,
                row.slot,
                row.segment,
                row.due,
                row.answered,
                row.missed,
                moment(row.began),
                moment(row.ended),
                row.retries,
            )
            for row in rows
        ]

    def last_round(self) -> int:
        """The highest number a round had, so that numbers go on after a restart."""
        with connected(self._database):
            return int(RoundRow.select(peewee.fn.MAX(RoundRow.number)).scalar(self._database) or 0)
