"""What a round is made for, and the time it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from appliance.bus.failure import Failure
from appliance.ports import ReadingKind

FOR_EVER: Final = float("inf")


class Priority(IntEnum):
    """What goes first when the bus is free."""

    PERSON = 0
    ROUND = 1
    CONTINUOUS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A slot to be read: a scheduled round, a person's order, or one turn of continuous mode. Times are monotonic."""

    slot: int
    kind: ReadingKind
    priority: Priority
    began: datetime
    number: int = 0  # of the round in the history; 0 = in none
    ends: float = FOR_EVER  # the next slot of these meters
    retries_end: float = FOR_EVER  # further attempts still open then are dropped
    retries: int = 0
    retry_offset: float = 0.0
    store: bool = True
    supplement: bool = False  # asks once more in a slot that was accounted for: what is missed again is no news
    goes_on: bool = False  # in a slot whose meters have their reasons, on a segment that started anew
    gives_way: Failure | None = None  # why it is given up where the next slot finds it unfinished; None: that waits

    @property
    def is_scheduled(self) -> bool:
        """Whether its slot is one of the grid."""
        return self.kind is ReadingKind.SCHEDULED

    @property
    def is_kept(self) -> bool:
        """Whether its readings are stored."""
        return self.store and self.kind is not ReadingKind.CONTINUOUS
