"""What stands beside the list: the meter under the cursor, its first values, its last day, how it is reached."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from appliance.operations.days import HOUR, Day
from appliance.operations.meter_view import MeterView, Value
from tui.draw import EMPTY, Line, cut, fit, line, marked, spread, width
from tui.screens.meter.chart_lines import amount_bars
from tui.screens.meter.lines import access, ago_text, state
from tui.shown import mark_of, unit_text, when
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane

PREVIEW_VALUES: Final = 10
BARS_HEIGHT: Final = 8
WIDTH: Final = 32  # cells


class Preview(VerticalScroll, can_focus=False):
    """Three panes."""

    def compose(self) -> ComposeResult:
        """Values, bars, access."""
        yield Pane(Lines(id="preview-values"), id="preview-values-pane")
        yield Pane(Lines(id="preview-day"), id="preview-day-pane")
        yield Pane(Lines(id="preview-access"), title=_("Access"))

    def show(self, view: MeterView, day: Day | None, now: datetime) -> None:
        """This meter."""
        zone = now.tzinfo
        assert isinstance(zone, ZoneInfo), "people read times in the zone of the appliance"
        self.query_one("#preview-values-pane", Pane).head(view.glance.meter.label)
        self.query_one("#preview-values", Lines).show(values(view, now, zone, WIDTH))
        self.query_one("#preview-day-pane", Pane).head(day_title(view))
        self.query_one("#preview-day", Lines).show(day_bars(view, day, zone, WIDTH) or [EMPTY])
        self.query_one("#preview-access", Lines).show(access(view, WIDTH))


def values(view: MeterView, now: datetime, zone: ZoneInfo, cells: int) -> list[Line]:
    """What it is, how it is, its first values."""
    one = view.glance
    mark = mark_of(one)
    head = [line((f" {view.manufacturer} {view.medium}", "")), line((f" {view.key}", "grey")), EMPTY]
    now_is = [fit((*line(" ", marked(mark), " "), *state(view, now, zone)), cells), EMPTY]
    read = [line(f" {when(one.read, now, zone, seconds=True)} ", (ago_text(one.read, now), "grey"))] if one.read else []
    numbers = [value for value in view.values if value.exact is not None and value.record.unit][:PREVIEW_VALUES]
    unit = max((len(value.shown.unit) for value in numbers), default=0)
    shown = [_value(value, cells, unit + 1) for value in numbers]
    return [*head, *now_is, *read, *shown]


def _value(value: Value, cells: int, unit: int) -> Line:
    """Numbers and units stand below one another; a name takes what its number leaves."""
    number = line(f" {value.shown.number}", (f" {unit_text(value.shown.unit)}".ljust(unit), "grey"))
    name = value.record.quantity if not value.when else f"{value.record.quantity}, {value.when}"
    return spread(line((f" {cut(name, cells - width(number) - 2)}", "grey")), number, cells - 1)


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
