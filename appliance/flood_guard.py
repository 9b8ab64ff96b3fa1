"""Keeps one trouble that shows a thousand times from filling a log."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

FLOOD_INTERVAL: Final = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How often a text was left out since it was last let through."""

    source: str
    text: str
    count: int

    def __str__(self) -> str:
        times = "once" if self.count == 1 else f"{self.count} times"
        return f"{self.text} (left out {times})"


class FloodGuard:
    """Lets the same text of the same source through once in an interval, and counts what it holds back.

    It reads no clock: the caller says what time it is, in seconds that never go back.
    """

    def __init__(self, interval: float = FLOOD_INTERVAL, limit: int = 1000) -> None:
        self.interval = interval  # 0 lets everything through
        self._limit = limit
        self._seen: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()  # since when, how many held back

    def admit(self, source: str, text: str, now: float) -> bool:
        """Whether to let it through."""
        if self.interval <= 0:
            return True
        since, count = self._seen.get((source, text), (None, 0))
        if since is not None and now < since + self.interval:
            self._seen[source, text] = since, count + 1
            return False
        self._seen[source, text] = now, 0
        self._seen.move_to_end((source, text))
        return True

    def left_out(self, now: float) -> list[LeftOut]:
        """What was held back and whose interval is over; to be asked before `admit`, each is told once."""
        told = []
        while self._seen:
            (source, text), (since, count) = next(iter(self._seen.items()))
            if now < since + self.interval and len(self._seen) < self._limit:
                break
            del self._seen[source, text]
            if count:
                told.append(LeftOut(source, text, count))
        return told
