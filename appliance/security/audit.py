"""The audit trail: who ordered what, when, from where, old and new value, result; each row bound to the one before.

```text
link = HMAC-SHA-256(key, link of the row before | this row)
```
A row that was edited, deleted or put in between shows, and so does a trail that was cut at its end: its last link is
kept apart, and the key is not in the database. Whoever holds the whole device can forge it: push its head elsewhere.
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from appliance.clock import Clock
from appliance.errors import StoreError
from appliance.log import escaped, stream
from appliance.security.books import Act, Anchor, AuditBook, AuditRow

log = stream("audit")

LONGEST: Final = 1000  # letters of one field
PAGE: Final = 500
LOOK_EVERY: Final = 200  # rows between two looks at the room they take
WARN_AT: Final = 0.8
FILLED: Final = 0.75  # of the room, once the oldest have gone


@dataclass(frozen=True, slots=True)
class Room:
    """The settings `audit.*`."""

    size: int = 32 << 20
    retention_days: int = 730


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found."""

    rows: int
    first: int
    broken: int | None = None  # number of the first row that is not as it was written
    sentence: str = ""


class AuditTrail:
    """Appends and verifies. Thread-safe."""

    def __init__(self, book: AuditBook, clock: Clock, key: bytes, room: Callable[[], Room] = Room) -> None:
        self.book = book
        self._clock = clock
        self._key = key
        self._room = room
        self._lock = threading.Lock()
        self._since_look = LOOK_EVERY
        self.trouble = ""

    def add(self, act: Act, *, quietly: bool = False) -> None:
        """Write one down, `quietly` without a line in the system log.

        A store that cannot is told about, and the order goes on: readings matter more.
        """
        act = Act(**{name: escaped(text)[:LONGEST] for name, text in asdict(act).items()})
        if not quietly:
            who = act.who or "nobody"
            log.info("%s (%s %s): %s%s: %s", who, act.door, act.source, act.what, _change(act), act.result)
        try:
            with self._lock:
                self.book.append(lambda last: self._next(last, act))
                self._look_after_room()
        except StoreError as error:
            log.error("The audit trail could not be written: %s", error)

    def verify(self) -> Verdict:
        """Walk along the whole chain, and along what is written meanwhile."""
        before, _ = self.book.ends()
        first = before.number + 1
        if before.seal != self._seal("before", before):
            return Verdict(0, first, first, "The beginning of the trail is not as it was written.")
        last, wrong = self._walk(before)
        if not wrong:
            with self._lock:  # nothing is written until the end is compared
                last, wrong = self._walk(last)
                _, head = self.book.ends()
        if not wrong and head != self._sealed("head", last):
            wrong = f"Rows after {last.number} are missing."
        return Verdict(last.number - before.number, first, last.number + 1 if wrong else None, wrong)

    def rows(self) -> Iterator[AuditRow]:
        """All of them, oldest first."""
        return self._after(self.book.ends()[0].number)

    def _after(self, number: int) -> Iterator[AuditRow]:
        while page := self.book.rows(number, PAGE):
            yield from page
            number = page[-1].number

    def _walk(self, last: Anchor) -> tuple[Anchor, str]:
        """The last row that is bound to this one, and what is wrong with the next; empty at the end."""
        for row in self._after(last.number):
            if row.number != last.number + 1:
                return last, f"Row {last.number + 1} is missing."
            if not hmac.compare_digest(row.link, self._link(last, row)):
                return last, f"Row {row.number} is not as it was written."
            last = Anchor(row.number, row.link)
        return last, ""

    def newest(self, since: datetime, who: str, count: int) -> Sequence[AuditRow]:
        """Newest first."""
        return self.book.newest(since, who, count)

    def newest_change(self, settings: Sequence[str]) -> AuditRow | None:
        """The last order that gave one of these settings another value."""
        return self.book.newest_change(settings)

    def newest_done(self, order: str) -> AuditRow | None:
        """The last time that an order of just these words succeeded."""
        return self.book.newest_done(order)

    def _next(self, last: Anchor, act: Act) -> tuple[AuditRow, Anchor]:
        row = AuditRow(last.number + 1, self._clock.now(), act, "")
        row = replace(row, link=self._link(last, row))
        return row, self._sealed("head", Anchor(row.number, row.link))

    def _link(self, last: Anchor, row: AuditRow) -> str:
        at = int(row.at.timestamp() * 1000)
        return self._mac(last.link, row.number, at, *asdict(row.act).values())

    def _seal(self, what: str, anchor: Anchor) -> str:
        return self._mac(what, anchor.number, anchor.link) if anchor.number else ""

    def _sealed(self, what: str, anchor: Anchor) -> Anchor:
        return replace(anchor, seal=self._seal(what, anchor))

    def _mac(self, *told: object) -> str:
        return hmac.digest(self._key, json.dumps(told).encode(), "sha256").hex()

    def _look_after_room(self) -> None:
        """Now and then: the oldest make room, at first those past their retention."""
        self._since_look += 1
        if self._since_look < LOOK_EVERY:
            return
        self._since_look = 0
        room, used = self._room(), self.book.octets()
        if used > room.size:
            self._drop_oldest(room, used)
        self._warn(room, used)

    def _warn(self, room: Room, used: int) -> None:
        """Once in the log when it begins; in `trouble` as long as it lasts."""
        full = used > WARN_AT * room.size
        if full and not self.trouble:
            log.warning("The audit trail fills %d %% of audit.size: audit export, or give it more.", WARN_AT * 100)
        percent = min(100 * used // room.size, 100)
        self.trouble = f"The audit trail fills {percent} % of audit.size; the oldest rows go at 100 %." * full

    def _drop_oldest(self, room: Room, used: int) -> None:
        """Those past their retention, and as many more as it takes."""
        before, head = self.book.ends()
        old = self.book.last_before(self._clock.now() - timedelta(days=room.retention_days))
        rows = head.number - before.number
        through = max(old, before.number + rows - int(rows * FILLED * room.size / used))
        row = next(iter(self.book.rows(through - 1, 1)))
        self.book.drop_through(self._sealed("before", Anchor(row.number, row.link)))
        act = Act(who="audit", door="", source="", what=f"dropped rows up to {row.number}", result="no room")
        self.book.append(lambda last: self._next(last, act))


def _change(act: Act) -> str:
    return f" {act.old or 'empty'} -> {act.new or 'empty'}" if act.old or act.new else ""
