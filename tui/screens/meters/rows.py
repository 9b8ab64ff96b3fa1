"""A meter as a row of the list, which rows are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.mbus.address import ANY
from appliance.meters.selection import manufacturer_of, medium_of
from appliance.meters.units import Shown, friendly
from appliance.operations.days import HOUR, Day, difference, midnight
from appliance.operations.glances import Glance
from appliance.operations.readings import key_of
from tui.draw import EMPTY, Line, line, marked, right
from tui.screens.meters.columns import ORDERS, SMALL, WIDE, columns_of, in_order
from tui.shown import WORRY, cycle_text, mark_of, unit_text, when
from tui.text import _
from tui.widgets.marks import spark
from tui.widgets.table import Column, Row
from tui.words import PASSIVE, SILENT

NUMBER_WIDTH: Final = 11


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

    def fit(self, *, compact: bool) -> bool:
        """Choose the columns; whether they are others than before."""
        names = in_order(self.names) if self.names else SMALL if compact else WIDE
        before, self.columns = self.columns, columns_of(names, self.order, reverse=self.reverse, compact=compact)
        return before != self.columns

    def _matches(self, one: Glance) -> bool:
        mark = mark_of(one)
        if (mark is PASSIVE and not self.passive) or (self.state and mark.word != self.state):
            return False
        if self.medium and medium_of(one.meter) != self.medium:
            return False
        return self.find.casefold() in _words(one)


def row_of(one: Glance, day: Day | None, now: datetime, zone: ZoneInfo, columns: tuple[Column, ...]) -> Row:
    """One row."""
    cells = {
        "state": line(marked(mark_of(one))),
        "name": line(one.meter.label),
        "medium": line((medium_of(one.meter), "grey")),
        "address": line(_address(one)),
        "mfr": line((manufacturer_of(one.meter), "grey")),
        "newest": newest(one.newest, "grey" if mark_of(one) is SILENT else ""),
        "today": _today(one, day, now, zone),
        "day": _day(day, SILENT.word if mark_of(one) is SILENT else "data"),
        "read": _read(one, now, zone),
    }
    cells |= {name: line((text, "grey")) for name, text in _texts(one).items()}
    return Row(str(one.meter.id), tuple(cells[column.name] for column in columns), to=f"meters/{one.meter.id}")


def _texts(one: Glance) -> dict[str, str]:
    """Columns that are a field of the meter as it is."""
    meter = one.meter
    version = meter.secondary_address.version if meter.secondary_address else ANY
    return {
        "bus": meter.segment,
        "version": str(version) if version != ANY else "",
        "place": meter.location,
        "cost_centre": meter.cost_centre,
        "group": meter.group,
        "cycle": cycle_text(meter.schedule),
        "comment": meter.comment,
    }


def newest(value: Shown | None, style: str = "") -> Line:
    """A number and its unit in a column each."""
    if value is None:
        return right(line(("–", "grey")), NUMBER_WIDTH)
    return (*right(line((value.number, style)), NUMBER_WIDTH), *line((f" {unit_text(value.unit)}", "grey")))


def _address(one: Glance) -> str:
    primary = one.meter.primary_address
    return f"p {primary}" if one.meter.secondary_address is None and primary is not None else key_of(one.meter)


def _today(one: Glance, day: Day | None, now: datetime, zone: ZoneInfo) -> Line:
    used = difference(day.at(midnight(now, zone)), one.value) if day and mark_of(one) is not SILENT else None
    if used is None:
        return line(("–", "grey"))
    value = friendly(used, one.unit)
    return line(f"{value.number} ", (unit_text(value.unit).ljust(3), "grey"))


def _day(day: Day | None, style: str) -> Line:
    if day is None:
        return EMPTY
    starts = range(day.hour - 24 * HOUR, day.hour, 2 * HOUR)
    return spark([day.used(start, start + 2 * HOUR) for start in starts], "grey" if style == SILENT.word else style)


def _read(one: Glance, now: datetime, zone: ZoneInfo) -> Line:
    if one.read is None:
        return line((_("never"), "never"))
    return line((when(one.read, now, zone), "silent" if mark_of(one) is SILENT else "grey"))


def _words(one: Glance) -> str:
    meter = one.meter
    words = (meter.label, key_of(meter), meter.location, manufacturer_of(meter), meter.comment, medium_of(meter))
    return " ".join(words).casefold()


def counts(glances: Mapping[int, Glance]) -> Line:
    """`✕3 ▲2 ○1 -1`."""
    marks = [mark_of(one) for one in glances.values()]
    found = [(mark, marks.count(mark)) for mark in WORRY if mark.word != "ok"]
    return line(*((f"{mark.symbol}{number} ", mark.word) for mark, number in found if number))
