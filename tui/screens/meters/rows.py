"""A meter as a row of the list, which rows are shown, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from appliance.meters.selection import manufacturer_of, medium_of
from appliance.meters.units import Shown, friendly
from appliance.operations.days import HOUR, Day, difference, midnight
from appliance.operations.glances import Glance
from appliance.operations.readings import key_of
from tui.draw import EMPTY, Line, line, marked, right
from tui.shown import WORRY, mark_of, unit_text, when
from tui.text import _
from tui.widgets.marks import spark
from tui.widgets.table import Column, Row
from tui.words import PASSIVE, SILENT

WIDE: Final = (
    Column("state", 1),
    Column("name", 20, _("name"), most=32),
    Column("medium", 11, _("medium")),
    Column("address", 8, _("address")),
    Column("mfr", 3, _("mfr")),
    Column("newest", 15, _("     newest")),
    Column("today", 9, _("today"), right=True),
    Column("day", 12, _("24 h")),
    Column("read", 9, _("read"), right=True),
)
SMALL: Final = (
    Column("state", 1),
    Column("name", 22, _("name"), most=32),
    Column("address", 8, _("address")),
    Column("newest", 15, _("     newest")),
    Column("today", 9, _("today"), right=True),
    Column("read", 9, _("read"), right=True),
)
NUMBER_WIDTH: Final = 11
DIGITS: Final = re.compile(r"(\d+)")
ORDERS: Final[dict[str, Callable[[Glance], Any]]] = {
    "state": lambda one: (WORRY.index(mark_of(one)), by_name(one)),
    "name": lambda one: by_name(one),
    "medium": lambda one: (medium_of(one.meter), by_name(one)),
    "address": lambda one: key_of(one.meter),
    "read": lambda one: (one.read is not None, one.read and -one.read.timestamp(), by_name(one)),
}


@dataclass(slots=True)
class View:
    """What of the list is seen, and how."""

    find: str = ""
    medium: str = ""
    state: str = ""  # word of a mark
    passive: bool = True
    order: str = "state"
    columns: tuple[Column, ...] = field(default=WIDE)

    def chosen(self, glances: Iterable[Glance]) -> list[Glance]:
        """Those that match, in their order."""
        found = [one for one in glances if self._matches(one)]
        return sorted(found, key=ORDERS[self.order])

    def _matches(self, one: Glance) -> bool:
        mark = mark_of(one)
        if (mark is PASSIVE and not self.passive) or (self.state and mark.word != self.state):
            return False
        if self.medium and medium_of(one.meter) != self.medium:
            return False
        return self.find.casefold() in _words(one)


def by_name(one: Glance) -> tuple[tuple[int, int, str], ...]:
    """Numbers in names by their value: Flat 2 before Flat 10."""
    parts = DIGITS.split(one.meter.label.casefold())
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part)


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
    return Row(str(one.meter.id), tuple(cells[column.name] for column in columns), to=f"meters/{one.meter.id}")


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
