"""Rows of the traffic, each made once: two looks a second over 2 000 rows would be work for nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tui.traffic import KEPT, Passing, row_of
from tui.widgets.table import Row


class Rows:
    """Of one zone and one density; with another of either they are made anew."""

    def __init__(self) -> None:
        self._made: dict[int, Row] = {}  # by number of what passed, the oldest first
        self._look: tuple[ZoneInfo | None, bool] = (None, False)

    def of(self, one: Passing, zone: ZoneInfo, *, compact: bool) -> Row:
        """As it stands in the table."""
        if self._look != (zone, compact):
            self._made, self._look = {}, (zone, compact)
        found = self._made.get(one.number)
        if found is None:
            found = self._made[one.number] = row_of(one, one.traffic.at.astimezone(zone), compact=compact)
            if len(self._made) > KEPT:
                del self._made[next(iter(self._made))]
        return found
