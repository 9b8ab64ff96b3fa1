"""Continuous mode: round after round while nothing else is to be done; the newest values stay in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from appliance.bus.errand import FOR_EVER, Errand, Priority
from appliance.bus.round import Round
from appliance.meters.meter import Meter
from appliance.ports import ReadingKind

NOBODY_PAUSE: Final = 60.0  # seconds until an empty meter list is looked at again


class Continuous:
    """When the next turn begins, and the one under way."""

    def __init__(self) -> None:
        self.pause: float | None = None  # None: switched off
        self._next_at = 0.0
        self._turn: Round | None = None

    def switch(self, pause: float | None) -> None:
        """On, with a pause between two turns, or off."""
        self.pause = pause
        if pause is None:
            self._turn = None

    def next_moment(self) -> float:
        """When it wants the bus, monotonic."""
        return FOR_EVER if self.pause is None or self._is_under_way() else self._next_at

    def is_due(self, now: float) -> bool:
        """Whether a turn is to begin. The pause counts from the end of the last one."""
        if self.pause is None or self._is_under_way():
            return False
        if self._turn is not None:
            self._turn = None
            self._next_at = now + self.pause
        return now >= self._next_at

    def begin(self, meters: Sequence[Meter], began: datetime, now: float) -> Round | None:
        """A turn over these meters; None where there are none."""
        if not meters:
            self._next_at = now + NOBODY_PAUSE
            return None
        errand = Errand(
            slot=int(began.timestamp()), kind=ReadingKind.CONTINUOUS, priority=Priority.CONTINUOUS, began=began
        )
        self._turn = Round(errand)
        return self._turn

    def _is_under_way(self) -> bool:
        return self._turn is not None and not self._turn.over
