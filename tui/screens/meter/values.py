"""The newest values of a meter, the one under the cursor exactly, and what it did lately."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from appliance.errors import RefusedError
from appliance.operations.curves import Curve, amounts, curve
from appliance.operations.days import midnight
from appliance.operations.meter_view import MeterView, Value
from tui.draw import Line
from tui.screens.meter import chart_lines, lines
from tui.screens.meter.tab import Tab
from tui.shown import when
from tui.text import _
from tui.widgets.chart import Span
from tui.widgets.chart import curve as drawn_curve
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.scale import edges, whole
from tui.widgets.table import Column, Table

LEFT: Final = (60, 50)  # cells: wide, compact
CURVE_HEIGHT: Final = (13, 8)
BARS_HEIGHT: Final = (10, 7)
SOME_READINGS: Final = 5
LOG_LINES: Final = 8
VALUES: Final = (
    Column("name", lines.NAME, _("value")),
    Column("newest", lines.NUMBER, _("newest"), right=True, gap=1),
    Column("unit", 4),
    Column("of", 9, _("of"), most=16),
)
SMALL_VALUES: Final = (
    Column("value", lines.NAMED, _("value"), gap=1),
    Column("unit", 4, gap=1),
    Column("of", 9, _("of")),
)
NEWEST: Final = (Column("created", 15), Column("status", 12), Column("first", 16, right=True))


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the two charts show."""

    value: Value
    span: Span
    curve: Curve
    counter: Value
    edges: tuple[int, ...]
    amounts: tuple[Decimal | None, ...]
    facts: tuple[tuple[str, Decimal | None], ...]  # today, yesterday ...


class ValuesTab(Tab):
    """Values at the left, the past of the one under the cursor at the right."""

    def __init__(self) -> None:
        super().__init__(id="values")
        self._view: MeterView | None = None
        self._pictures: Pictures | None = None

    def compose(self) -> ComposeResult:
        """Two columns of panes."""
        with Horizontal():
            with Vertical(id="meter-left"):
                yield Pane(Table(VALUES, id="value-table"), title=_("Newest values"), id="newest-pane")
                yield Pane(Lines(id="exactly"), title=_("Exact value"), id="exact-pane")
                yield Pane(Table(NEWEST, head=False, id="some-readings"), title=_("Readings"), id="some-pane")
                yield Pane(Lines(id="status"), title=_("Status byte"), id="status-pane")
                yield Pane(Lines(id="access"), title=_("Access"), id="access-pane")
            with Vertical(id="meter-right"):
                yield Pane(Lines(id="curve"), id="curve-pane")
                yield Pane(Lines(id="bars"), id="bars-pane")
                yield Pane(Lines(id="its-log"), title=_("Its log"), id="its-log-pane")

    @property
    def value(self) -> Value | None:
        """The record under the cursor."""
        row = self.query_one("#value-table", Table).row
        values = self._view.values if self._view else ()
        return next((value for value in values if row and str(value.record.index) == row.key), None)

    def copied(self) -> str:
        """The exact value."""
        value = self.value
        if value is None:
            return ""
        return f"{value.exact:f} {value.record.unit or ''}".strip() if value.exact is not None else value.shown.number

    def forget(self) -> None:
        """Another meter comes."""
        self._view = self._pictures = None
        self.query_one("#value-table", Table).show(())

    def show_exact(self, wanted: bool) -> None:
        """The record under the cursor exactly, or not."""
        self.query_one("#exact-pane").display = wanted

    def show(self, view: MeterView) -> None:
        """Its records, and what goes with them."""
        self._view = view
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        compact = self.dashboard.compact
        read = view.glance.read
        self.query_one("#newest-pane", Pane).head(
            _("Newest values"), when(read, now, zone, seconds=True) if read else ""
        )
        table = self.query_one("#value-table", Table)
        first = not table.rows
        for pane in self.query("#curve-pane, #bars-pane"):
            pane.display = bool(view.values)
        table.set_columns(SMALL_VALUES if compact else VALUES)
        table.empty(_("No reading yet. r reads now."))
        table.show(lines.value_rows(view, compact=compact))
        if first:
            _to_first_number(table)
        self._show_readings(view)
        self.query_one("#status", Lines).show(lines.status_lines(view))
        self.query_one("#access", Lines).show(lines.access(view, LEFT[compact]))
        self.query_one("#its-log", Lines).show(lines.log_lines(view, zone)[:LOG_LINES])
        self._show_exactly()
        self._draw()

    async def load(self) -> None:
        """The series under the cursor, and what the main counter rose by."""
        view, value, page = self._view, self.value, self.meter_page
        if view is None or value is None:
            return
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        span, step = page.window.span(now, zone), page.window.bars
        main = (one for one in view.values if one.record.quantity == view.glance.quantity and not one.when)
        counter = next(main, value)
        bounds = whole(edges(span.since, span.until, step, zone), span.since)
        days = _days(now, zone)
        try:
            drawn = await page.ask(curve, page.number, value.address, span.since, span.until, self._right)
            used = await page.ask(amounts, page.number, counter.address, bounds)
            lately = await page.ask(amounts, page.number, counter.address, days)
        except RefusedError:  # it was deleted meanwhile
            return
        facts = ((_("today"), lately[1]), (_("yesterday"), lately[0]))
        self._pictures = Pictures(value, span, drawn, counter, bounds, used, facts)
        self._draw()

    @on(Table.Moved, "#value-table")
    def _moved(self) -> None:
        self._show_exactly()
        self.meter_page.work(self.load, only="charts")

    @on(Table.Opened, "#value-table")
    def _chart(self, message: Table.Opened) -> None:
        self.meter_page.open_chart(int(message.row.key))

    @on(Table.Opened, "#some-readings")
    def _readings(self) -> None:
        self.meter_page.action_tab("readings")

    @property
    def _right(self) -> int:
        compact = self.dashboard.compact
        return max(20, self.cells - LEFT[compact] - (3 if compact else 4))

    def _show_readings(self, view: MeterView) -> None:
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        rows = lines.reading_rows(view.readings[:SOME_READINGS], now, zone)
        newest = [replace(row, cells=(*row.cells[:2], row.cells[4])) for row in rows]
        table = self.query_one("#some-readings", Table)
        table.show(newest)
        table.styles.height = max(1, len(newest))
        self.query_one("#some-pane", Pane).head(
            _("Readings"), _("newest {}").format(len(newest)) if newest else _("none")
        )

    def _show_exactly(self) -> None:
        value = self.value
        if value is not None:
            self.query_one("#exact-pane", Pane).head(_("{}, exactly").format(value.record.quantity))
            self.query_one("#exactly", Lines).show(lines.exactly(value, LEFT[self.dashboard.compact]))

    def _draw(self) -> None:
        found = self._pictures
        if found is None:
            return
        compact, cells = self.dashboard.compact, self._right
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        window = self.meter_page.window
        self.query_one("#curve-pane", Pane).head(
            f"{found.value.record.quantity}, {window.words}", self.meter_page.ranges() if not compact else ""
        )
        picture = drawn_curve(chart_lines.plot_of(found.curve), found.span, cells, CURVE_HEIGHT[compact] - 1)
        facts = chart_lines.curve_facts(found.curve, now, zone, cells, compact=compact)
        self.query_one("#curve", Lines).show([*picture, facts])
        title = _("{} used").format(found.counter.record.quantity)
        self.query_one("#bars-pane", Pane).head(title, chart_lines.STEP_WORDS[window.bars])
        self.query_one("#bars", Lines).show(self._bars(found, cells, BARS_HEIGHT[compact]))

    def _bars(self, found: Pictures, cells: int, height: int) -> list[Line]:
        unit = found.counter.record.unit or ""
        step, zone = self.meter_page.window.bars, self.dashboard.call.zone
        bars = chart_lines.amount_bars(found.amounts, found.edges[:-1], unit, zone, cells, height - 1, step=step)
        return [*bars, chart_lines.amount_facts(found.facts, unit, cells)]


def _to_first_number(table: Table) -> None:
    """Past the fabrication number, to something that has a curve."""
    index = next((i for i, row in enumerate(table.rows) if row.cells[-2] and row.cells[-2][0].text), 0)
    table.move_to(table.rows[index].key if table.rows else "")


def _days(now: datetime, zone: ZoneInfo) -> tuple[int, int, int]:
    """When yesterday, today and tomorrow begin."""
    today = midnight(now, zone)
    begins = datetime.fromtimestamp(today, zone)
    yesterday, tomorrow = midnight(begins - timedelta(hours=12), zone), midnight(begins + timedelta(hours=36), zone)
    return yesterday, today, tomorrow
