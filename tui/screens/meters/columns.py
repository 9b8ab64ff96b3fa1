"""The columns of the list of meters: those shown at first, those that can be chosen, and the orders they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from appliance.meters.selection import manufacturer_of, medium_of
from appliance.operations.glances import Glance
from appliance.operations.readings import key_of
from tui.shown import WORRY, mark_of
from tui.text import _
from tui.widgets.table import Column

COLUMNS: Final = {
    column.name: column
    for column in (
        Column("state", 1),
        Column("name", 20, _("name"), most=32, is_name=True),
        Column("medium", 11, _("medium")),
        Column("address", 8, _("address")),
        Column("bus", 5, _("bus")),
        Column("mfr", 3, _("mfr")),
        Column("version", 3, _("ver"), right=True),
        Column("newest", 15, _("     newest")),
        Column("today", 9, _("today"), right=True),
        Column("day", 12, _("24 h")),
        Column("read", 9, _("read"), right=True),
        Column("place", 16, _("place")),
        Column("cost_centre", 11, _("cost centre")),
        Column("group", 12, _("group")),
        Column("cycle", 8, _("cycle")),
        Column("comment", 16, _("comment")),
    )
}
ALWAYS: Final = ("state", "name")
WIDE: Final = (*ALWAYS, "medium", "address", "mfr", "newest", "today", "day", "read")
SMALL: Final = (*ALWAYS, "address", "newest", "today", "read")
DIGITS: Final = re.compile(r"(\d+)")
DOWN, UP = "▾", "▴"
Order = Callable[[Glance], Any]


def by_name(one: Glance) -> tuple[tuple[int, int, str], ...]:
    """Numbers in names by their value: Flat 2 before Flat 10."""
    parts = DIGITS.split(one.meter.label.casefold())
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part)


def _by_text(text: Callable[[Glance], str]) -> Order:
    """Those without one last."""
    return lambda one: (not text(one), text(one).casefold(), by_name(one))


ORDERS: Final[dict[str, Order]] = {
    "state": lambda one: (WORRY.index(mark_of(one)), by_name(one)),
    "name": by_name,
    "medium": _by_text(lambda one: medium_of(one.meter)),
    "address": _by_text(lambda one: key_of(one.meter)),
    "bus": _by_text(lambda one: one.meter.segment),
    "mfr": _by_text(lambda one: manufacturer_of(one.meter)),
    "newest": lambda one: (one.value is None, one.unit, one.value and -one.value, by_name(one)),
    "read": lambda one: (one.read is not None, one.read and -one.read.timestamp(), by_name(one)),
    "place": _by_text(lambda one: one.meter.location),
    "cost_centre": _by_text(lambda one: one.meter.cost_centre),
    "group": _by_text(lambda one: one.meter.group),
    "cycle": _by_text(lambda one: one.meter.schedule),
    "comment": _by_text(lambda one: one.meter.comment),
}


def columns_of(names: Iterable[str], order: str, *, reverse: bool, compact: bool) -> tuple[Column, ...]:
    """With the arrow at the one that orders; of too many names the table cuts the last ones off."""
    found: list[Column] = []
    for name in names:
        column = COLUMNS[name]
        if name == order:
            arrow = UP if reverse else DOWN
            column = replace(column, title=f"{column.title} {arrow}".strip() if column.width > 1 else arrow)
        found.append(replace(column, width=22) if compact and name == "name" else column)
    return tuple(found)


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Those that cannot be left out, then the chosen ones, as they stand in the table."""
    return tuple(name for name in COLUMNS if name in ALWAYS or name in names)
