"""A meter as a row of the list."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.mbus.address import ANY
from appliance.meters.selection import manufacturer_of, medium_of
from appliance.meters.units import Shown, friendly
from appliance.operations.days import HOUR, Day, difference, midnight
from appliance.operations.glances import Glance
from appliance.operations.readings import key_of
from tui.draw import EMPTY, Line, line, marked, right
from tui.shown import cycle_text, mark_of, medium_text, unit_text, when
from tui.text import _
from tui.widgets.marks import spark
from tui.widgets.table import Column, Row
from tui.words import SILENT

NUMBER_WIDTH, MEDIUM_WIDTH, READ_WIDTH = 11, 11, 9


def row_of(one: Glance, day: Day | None, now: datetime, zone: ZoneInfo, columns: tuple[Column, ...]) -> Row:
    """One row."""
    cells = {
        "state": line(marked(mark_of(one))),
        "name": line(one.meter.label),
        "medium": line((medium_text(medium_of(one.meter), MEDIUM_WIDTH), "grey")),
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
    moment = when(one.read, now, zone)
    shown = moment if len(moment) <= READ_WIDTH else moment.partition(" ")[0]  # days ago the day is enough
    return line((shown, "silent" if mark_of(one) is SILENT else "grey"))
