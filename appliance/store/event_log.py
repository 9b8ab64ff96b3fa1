"""The event log: what came and went. Its rows are written in the transaction of the readings they tell of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import peewee

from appliance.clock import Clock
from appliance.events import BusState
from appliance.log import Severity
from appliance.store.database import connected, execute_many, query, writing
from appliance.store.models import EventRow
from appliance.store.rows import milliseconds, moment
from appliance.store.turns import TROUBLE, Turn, What, turns_of_segment
from appliance.store.writer import Writer

INSERT: Final = (
    "INSERT INTO event (number, what, about, severity, came, went, message, seen_by) VALUES (?, ?, ?, ?, ?, ?, ?, '')"
)
GO: Final = "UPDATE event SET went = ? WHERE number = ?"
OPEN: Final = "SELECT what, about, number FROM event WHERE went IS NULL"
NEWEST: Final = "SELECT COALESCE(MAX(number), 0) FROM event"
NOTED: Final = "SELECT COUNT(*) FROM event WHERE what = ? AND about = ?"
STARTED: Final = "started"

Key = tuple[str, str]
"""What, and about what: of these, one lasts at a time."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came; `went` is None while it lasts."""

    number: int
    what: What
    about: str
    severity: Severity
    came: datetime
    went: datetime | None
    message: str
    seen_by: str


@dataclass(slots=True)
class News:
    """What turns change: rows to write, and what lasts then."""

    lasting: dict[Key, int]
    newest: int
    came: list[tuple[object, ...]] = field(default_factory=list)
    went: list[tuple[int, int]] = field(default_factory=list)

    def take(self, turn: Turn) -> None:
        """A turn that is no news changes nothing."""
        key, at = (str(turn.what), turn.about), milliseconds(turn.at)
        if not turn.has_come:
            if key in self.lasting:
                self.went.append((at, self.lasting.pop(key)))
        elif key not in self.lasting:
            self.newest += 1
            went = None if turn.lasts else at
            self.came.append((self.newest, *key, int(turn.what.severity), at, went, turn.message))
            if turn.lasts:
                self.lasting[key] = self.newest


class EventLog:
    """What came and went, in the database; what lasts, in memory too."""

    def __init__(self, database: peewee.Database, writer: Callable[[], Writer], clock: Clock) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock
        self._lasting: dict[Key, int] = {}
        self._newest = 0
        self._lines: dict[str, What | None] = {}  # segments: the trouble each was in last

    def load(self, boot: int) -> None:
        """Take what lasts out of the database, and note this start, once."""
        with writing(self._database):
            self._lasting = {(what, about): number for what, about, number in query(self._database, OPEN)}
            self._newest = int(query(self._database, NEWEST)[0][0])
            is_noted = query(self._database, NOTED, (str(What.BOOT), str(boot)))[0][0]
            news = self.news([] if is_noted else [self._at_once(What.BOOT, str(boot), STARTED)])
            self.write(news)
        self.keep(news)

    def meters(self) -> frozenset[int]:
        """Those of which something lasts."""
        return frozenset(int(about) for what, about in self._lasting if What(what).is_of_a_meter)

    def news(self, turns: Iterable[Turn]) -> News:
        """What these turns change."""
        news = News(dict(self._lasting), self._newest)
        for turn in turns:
            news.take(turn)
        return news

    def write(self, news: News) -> None:
        """Within the batch's transaction."""
        execute_many(self._database, INSERT, news.came)
        execute_many(self._database, GO, list(news.went))

    def keep(self, news: News) -> None:
        """Remember what is safe on the disk."""
        self._lasting, self._newest = news.lasting, news.newest

    def segment_changed(self, segment: str, state: BusState, sentence: str) -> None:
        """A line came into trouble, or out of it."""
        trouble = TROUBLE.get(state)
        if segment not in self._lines or self._lines[segment] is not trouble:
            self._lines[segment] = trouble
            self._writer().put(*turns_of_segment(segment, state, sentence, self._clock.now()))

    def happened(self, what: What, message: str) -> None:
        """Something that does not last."""
        self._writer().put(self._at_once(what, "", message))

    def only_of(self, meters: Collection[int], segments: Collection[str]) -> None:
        """Nobody reads the others any more: what lasted of them is over."""
        known, now = {*map(str, meters)}, self._clock.now()
        over = [
            Turn(What(what), about, now, has_come=False)
            for what, about in self._lasting
            if about not in (known if What(what).is_of_a_meter else segments)
        ]
        if over:
            self._writer().put(*over)

    def events(
        self,
        since: datetime,
        until: datetime,
        *,
        severity: Severity = Severity.INFO,
        open_only: bool = False,
        count: int = 1000,
    ) -> list[Event]:
        """Those that came or lasted in a time, at least of a severity; newest first."""
        row = EventRow
        wanted = row.select().where(
            row.came <= milliseconds(until),
            row.went.is_null() | (row.went >= milliseconds(since)),
            row.severity >= int(severity),
        )
        if open_only:
            wanted = wanted.where(row.went.is_null())
        with connected(self._database):
            rows = wanted.order_by(row.came.desc(), row.number.desc()).limit(count).tuples().execute(self._database)
            return [_event(*values) for values in rows]

    def seen(self, numbers: Collection[int], who: str) -> None:
        """Somebody has seen these; durable when this returns."""
        row = EventRow
        update = row.update(seen_by=who).where(row.number.in_(list(numbers)))
        self._writer().order(lambda: update.execute(self._database))

    def _at_once(self, what: What, about: str, message: str) -> Turn:
        return Turn(what, about, self._clock.now(), message=message, lasts=False)


def _event(
    number: int, what: str, about: str, severity: int, came: int, went: int | None, message: str, seen_by: str
) -> Event:
    over = None if went is None else moment(went)
    return Event(number, What(what), about, Severity(severity), moment(came), over, message, seen_by)
