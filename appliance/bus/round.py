"""The meters to read for one slot, and how far they are.

Every meter gets a first *visit* with the short wait. One that stays silent goes to the end and has its remaining
attempts there, with the long wait. Those that failed then are visited once more as job retries, a while later, unless
that would meet the next slot. So a meter that is slow or dead costs the others nothing but its short wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final, Protocol

from appliance.errors import (
    ApplicationError,
    BusError,
    BusmeisterError,
    Collision,
    Garbled,
    NoAnswer,
    SettingError,
    WrongAnswer,
)
from appliance.meters.meter import Meter
from appliance.ports import Heard, Missed, ReadingKind, Reason

FOR_EVER: Final = float("inf")


class Priority(IntEnum):
    """What goes first when the bus is free."""

    PERSON = 0
    ROUND = 1
    CONTINUOUS = 2


class Sitting(IntEnum):
    """Which of its attempts a meter is at."""

    FIRST = 1  # short wait, left at once when silent
    SECOND = 2  # the remaining attempts, long wait
    RETRY = 3  # job retry: one attempt, long wait


class Progress(Protocol):
    """What the engine needs of a job that a person follows."""

    @property
    def cancelled(self) -> bool:
        """A person broke it off."""

    def report(self, done: int, of: int, sentence: str = "") -> None:
        """How far it is."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a visit brought nothing."""

    reason: Reason
    detail: str
    octets: bytes = b""


REASONS: Final[dict[type[BusmeisterError], Reason]] = {
    NoAnswer: Reason.NO_ANSWER,
    Collision: Reason.COLLISION,
    Garbled: Reason.GARBLED,
    WrongAnswer: Reason.WRONG_ANSWER,
    ApplicationError: Reason.APPLICATION_ERROR,
    SettingError: Reason.NO_ANSWER,  # nobody was asked: the sentence says what is missing
}


def failure_of(error: BusmeisterError) -> Failure:
    """The reason, the sentence and the octets of an error."""
    octets = error.octets if isinstance(error, BusError) else b""
    return Failure(REASONS.get(type(error), Reason.NO_ANSWER), error.sentence, octets)


@dataclass(slots=True)
class Visit:
    """A meter's turn."""

    meter: Meter
    sitting: Sitting = Sitting.FIRST
    only_once: bool = False  # dead for some rounds: one attempt
    failure: Failure | None = None


Outcome = Heard | Missed


@dataclass(slots=True, kw_only=True, eq=False)
class Round:
    """Visits for one slot: a scheduled round, a person's order, or one turn of continuous mode."""

    number: int
    slot: int
    kind: ReadingKind
    priority: Priority
    began: datetime
    due: int = 0
    ends: float = FOR_EVER  # monotonic: the next slot of these meters
    retries_end: float = FOR_EVER  # monotonic: retries still open then are dropped
    retries: int = 0
    retry_offset: float = 0.0
    resumed: bool = False  # finishes a slot that ran before the start: gives way to the next slot
    store: bool = True
    job: Progress | None = None
    answer: Future[Sequence[Outcome]] | None = None
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    heard: int = 0
    _waiting: deque[Visit] = field(default_factory=deque)
    _again: deque[Visit] = field(default_factory=deque)
    _failed: list[Visit] = field(default_factory=list)
    _retry_at: float | None = None
    _order: tuple[int, ...] = ()

    def admit(self, visits: Sequence[Visit], late: Container[int] = ()) -> None:
        """Put meters on the list; those in `late` are due, but not visited."""
        self._order = tuple(visit.meter.id for visit in visits)
        unique = {visit.meter.id: visit for visit in visits}
        self._waiting.extend(visit for meter, visit in unique.items() if meter not in late)
        self.due = len(unique)

    @property
    def over(self) -> bool:
        """Every meter has its outcome."""
        return len(self.outcomes) >= self.due

    def holds(self, meter: int) -> bool:
        """Whether a meter still waits for its outcome here."""
        return meter in self._order and meter not in self.outcomes

    def next_visit(self, now: float) -> Visit | None:
        """Whose turn it is."""
        if self._waiting:
            return self._waiting.popleft()
        if self._retry_at is not None and now >= self._retry_at:
            self._retry_at = None
            self._again.extend(self._failed)
            self._failed.clear()
        return self._again.popleft() if self._again else None

    @property
    def waits_for_retry(self) -> bool:
        """Everybody was visited; some once more in a while."""
        return self._retry_at is not None

    def ready_at(self) -> float:
        """When there is something to do: 0 = now."""
        if self._waiting or self._again:
            return 0.0
        return FOR_EVER if self._retry_at is None else self._retry_at

    def give_back(self, visit: Visit) -> None:
        """The visit could not be made, through no fault of the meter: it is the next again."""
        (self._waiting if visit.sitting is Sitting.FIRST else self._again).appendleft(visit)

    def failed(self, visit: Visit, failure: Failure, now: float) -> list[Visit]:
        """Note a visit in vain; those whose last chance it was, with nothing left to wait for."""
        visit.failure = failure
        if visit.sitting is Sitting.FIRST and not visit.only_once and now < self.retries_end:
            visit.sitting = Sitting.SECOND
            self._again.append(visit)
        elif visit.only_once:
            return [visit, *self._close_pass(now)]
        else:
            visit.sitting = Sitting.RETRY
            self._failed.append(visit)
        return self._close_pass(now)

    def succeeded(self, now: float) -> list[Visit]:
        """A visit ended well; those who have nothing left to wait for now."""
        return self._close_pass(now)

    def drop_retries(self) -> list[Visit]:
        """Time is up for second attempts: all who had a first one."""
        dropped = [*self._again, *self._failed]
        self._again.clear()
        self._failed.clear()
        self._retry_at = None
        self.retries = 0
        return dropped

    def drop_all(self) -> list[Visit]:
        """Nobody is visited any more."""
        dropped = [*self._waiting, *self.drop_retries()]
        self._waiting.clear()
        return dropped

    def in_order(self) -> list[Outcome]:
        """The outcomes in the order the meters were named."""
        return [self.outcomes[meter] for meter in self._order]

    def _close_pass(self, now: float) -> list[Visit]:
        """When everybody has been visited: plan the job retry, or give up the rest."""
        if self._waiting or self._again or self._retry_at is not None or not self._failed:
            return []
        if self.retries and now + self.retry_offset < self.retries_end:
            self.retries -= 1
            self._retry_at = now + self.retry_offset
            return []
        return self.drop_retries()
