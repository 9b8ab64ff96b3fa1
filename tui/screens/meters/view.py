"""What of the list of meters is seen: which rows, in which order, with which columns. Kept for each person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from appliance.meters.selection import manufacturer_of, medium_of
from appliance.operations.glances import Glance
from appliance.operations.readings import key_of
from tui.forms import step
from tui.screens.meters.columns import COLUMNS, ORDERS, SMALL, WIDE, columns_of, in_order
from tui.shown import mark_of
from tui.widgets.table import Column
from tui.words import PASSIVE

STATES: Final = ("", "silent", "flag", "never", "ok", "grey")


@dataclass(slots=True)
class View:
    """What of the list is seen, and how."""

    find: str = ""
    medium: str = ""
    state: str = ""  # word of a mark
    passive: bool = True
    order: str = "state"
    reverse: bool = False
    names: tuple[str, ...] = ()  # of chosen columns; empty: as many as the window is wide enough for
    columns: tuple[Column, ...] = ()

    def chosen(self, glances: Iterable[Glance]) -> list[Glance]:
        """Those that match, in their order."""
        found = [one for one in glances if self._matches(one)]
        return sorted(found, key=ORDERS[self.order], reverse=self.reverse)

    def order_by(self, name: str) -> None:
        """By this column; again: the other way round."""
        self.reverse = name == self.order and not self.reverse
        self.order = name

    def order_by_next(self) -> None:
        """By the next column that is shown and can order."""
        self.order_by(step([column.name for column in self.columns if column.name in ORDERS], self.order))

    def next_medium(self, glances: Iterable[Glance]) -> None:
        """Only meters of the next medium; after the last all of them."""
        media = ["", *sorted({medium_of(one.meter) for one in glances} - {""})]
        self.medium = step(media, self.medium) if self.medium in media else ""

    def next_state(self) -> None:
        """Only meters in the next state; after the last all of them."""
        self.state = step(STATES, self.state)

    def only(self, state: str) -> None:
        """Only meters in this state, of all media; again: in all states."""
        self.medium, self.state = "", state if state in STATES and state != self.state else ""
        self.passive = self.passive or self.state == PASSIVE.word

    def fit(self, *, compact: bool) -> bool:
        """Choose the columns; whether they are others than before."""
        names = in_order(self.names) if self.names else SMALL if compact else WIDE
        before, self.columns = self.columns, columns_of(names, self.order, reverse=self.reverse, compact=compact)
        return before != self.columns

    def kept(self) -> str:
        """What the next session of this person begins with."""
        return json.dumps({"order": self.order, "reverse": self.reverse, "names": self.names})

    def begin_with(self, kept: str) -> None:
        """As it was kept; what this version does not know is left as it is."""
        found: dict[str, Any] = json.loads(kept or "{}")
        if found.get("order") in ORDERS:
            self.order, self.reverse = found["order"], bool(found.get("reverse"))
        self.names = _known(found.get("names", ()))

    def _matches(self, one: Glance) -> bool:
        mark = mark_of(one)
        if (mark is PASSIVE and not self.passive) or (self.state and mark.word != self.state):
            return False
        if self.medium and medium_of(one.meter) != self.medium:
            return False
        return self.find.casefold() in _words(one)


def _known(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in COLUMNS)


def _words(one: Glance) -> str:
    meter = one.meter
    words = (meter.label, key_of(meter), meter.location, manufacturer_of(meter), meter.comment, medium_of(meter))
    return " ".join(words).casefold()
