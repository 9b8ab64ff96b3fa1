"""What stands beside the list: the meter under the cursor, its first values, its last day, how it is reached."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from appliance.operations.days import HOUR, Day
from appliance.operations.meter_view import MeterView, Value
from tui.draw import EMPTY, Line, cut, fit, line, marked, right
from tui.screens.meter.chart_lines import amount_bars
from tui.screens.meter.lines import ago_text, state
from tui.shown import mark_of, unit_text, when
from tui.text import _

PREVIEW_VALUES: Final = 10
BARS_HEIGHT: Final = 8


def values(view: MeterView, now: datetime, zone: ZoneInfo, cells: int) -> list[Line]:
    """What it is, how it is, its first values."""
    one = view.glance
    mark = mark_of(one)
    head = [line((f" {view.manufacturer} {view.medium}", "")), line((f" {view.key}", "grey")), EMPTY]
    now_is = [fit((*line(" ", marked(mark), " "), *state(view, now, zone)), cells), EMPTY]
    read = [line(f" {when(one.read, now, zone, seconds=True)} ", (ago_text(one.read, now), "grey"))] if one.read else []
    numbers = [value for value in view.values if value.exact is not None and value.record.unit][:PREVIEW_VALUES]
    shown = [_value(value, cells) for value in numbers]
    return [*head, *now_is, *read, *shown]


def _value(value: Value, cells: int) -> Line:
    number = right(line(value.shown.number), 12)
    name = value.record.quantity if not value.when else f"{value.record.quantity}, {value.when}"
    begin = fit(line((f" {cut(name, cells - 20)}", "grey")), cells - 17)
    return (*begin, *number, *line((f" {unit_text(value.shown.unit)}", "grey")))


def day_title(view: MeterView) -> str:
    """`24 h, kWh per hour`."""
    return _("24 h, {} per hour").format(view.glance.quantity or _("value"))


def day_bars(view: MeterView, day: Day | None, zone: ZoneInfo, cells: int) -> list[Line]:
    """What was used in each of the last 24 hours."""
    if day is None or not view.glance.unit:
        return []
    starts = range(day.hour - 24 * HOUR, day.hour, HOUR)
    used = [day.used(start, start + HOUR) for start in starts]
    return amount_bars(used, starts, view.glance.unit, zone, cells, BARS_HEIGHT, step="hour")
