"""One chart over the whole width: a series of the meter, a second one beside it, a cursor with the value under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from appliance.errors import RefusedError
from appliance.operations.curves import Address, Curve, amounts, curve
from appliance.operations.meter_view import MeterView, Value
from tui.draw import Line, line
from tui.screens.choose import Choice, Choose
from tui.screens.meter import chart_lines
from tui.screens.meter.tab import Tab
from tui.text import _
from tui.widgets.chart import Span, plot_width
from tui.widgets.chart import curve as drawn_curve
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.scale import edges, whole
from tui.widgets.table import Column, Row, Table

LIST: Final = 28  # cells of the list of series, its margin too
COLUMNS: Final = (Column("series", 22, gap=0), Column("mark", 1))
SECOND: Final = "2"


@dataclass(frozen=True, slots=True)
class Series:
    """A line of the list: values as they were measured, or what a counter rose by."""

    value: Value
    used: bool = False

    @property
    def key(self) -> str:
        """Names it in the list."""
        return f"{self.value.record.index}{'u' if self.used else ''}"

    @property
    def title(self) -> str:
        """`energy`, `energy used`, `power, maximum`."""
        name = self.value.record.quantity
        if self.used:
            return _("{} used").format(name)
        return f"{name}, {self.value.when}" if self.value.when else name


@dataclass(frozen=True, slots=True)
class Charted:
    """What is drawn."""

    series: Series
    span: Span
    curve: Curve
    second: Curve | None
    edges: tuple[int, ...]
    amounts: tuple[Decimal | None, ...]


class Chart(Lines, can_focus=True):
    """Gets the keys where there is no list beside it."""


class ChartsTab(Tab):
    """Series at the left, the chart of the one under the cursor at the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "zoom(0.5)", _("zoom in"), key_display="+", id="charts.in"),
        Binding("equals_sign", "zoom(0.5)", show=False, id="charts.in-too"),
        Binding("minus", "zoom(2)", _("zoom out"), key_display="-", id="charts.out"),
        Binding("less_than_sign", "cursor(-1)", _("cursor"), key_display="< >", id="charts.cursor"),
        Binding("greater_than_sign", "cursor(1)", show=False, id="charts.cursor-right"),
        Binding("v", "second", _("second series"), id="charts.second"),
        Binding("s", "series", _("series"), id="charts.series"),
    ]

    def __init__(self) -> None:
        super().__init__(id="charts")
        self._series: Sequence[Series] = ()
        self._second: Address | None = None
        self._cursor: int | None = None  # column
        self._charted: Charted | None = None
        self._wanted = ""  # key of the series that was asked for before they were known

    def compose(self) -> ComposeResult:
        """List and chart."""
        with Horizontal():
            yield Pane(Table(COLUMNS, head=False, id="series"), title=_("Series"), id="series-pane")
            yield Pane(Chart(id="great-curve"), id="great-pane")

    def show(self, view: MeterView) -> None:
        """Its series; those that only rise also as amounts."""
        found: list[Series] = []
        for value in view.values:
            if value.exact is not None and value.record.unit:
                counts = value.record.quantity in chart_lines.CUMULATIVE and not value.when
                found += [Series(value), *([Series(value, used=True)] if counts else [])]
        self._series = found
        self._draw_list()
        self._draw()

    async def load(self) -> None:
        """The one under the cursor over the window of the page."""
        chosen, page = self.chosen, self.meter_page
        if chosen is None:
            return
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        span = page.window.span(now, zone)
        bounds = whole(edges(span.since, span.until, page.window.bars, zone), span.since)
        address = chosen.value.address
        used: tuple[Decimal | None, ...] = ()
        drawn, second = Curve(), None
        try:
            if chosen.used:
                used = await page.ask(amounts, page.number, address, bounds)
            else:
                drawn = await page.ask(curve, page.number, address, span.since, span.until, self.cells)
            if self._second is not None and not chosen.used:
                second = await page.ask(curve, page.number, self._second, span.since, span.until, self.cells)
        except RefusedError:  # it was deleted meanwhile
            return
        self._charted = Charted(chosen, span, drawn, second, bounds, used)
        self._draw()

    @property
    def chosen(self) -> Series | None:
        """The one under the cursor."""
        row = self.query_one("#series", Table).row
        return next((one for one in self._series if row and one.key == row.key), None)

    def choose(self, index: int, *, used: bool = False) -> None:
        """The series of a record, also before the list is there."""
        self._wanted = f"{index}{'u' if used else ''}"
        self._draw_list()

    def take_focus(self) -> None:
        """The list, or the chart where there is none."""
        self.query_one("#great-curve" if self.dashboard.compact else "#series").focus()

    def copied(self) -> str:
        """What is read at the cursor."""
        return "".join(piece.text for piece in self._below()).strip() if self._charted else ""

    def action_zoom(self, factor: float) -> None:
        """Closer, or from further away."""
        self._cursor = None
        self.meter_page.look_at(self.meter_page.window.zoomed(factor))

    def action_cursor(self, step: int) -> None:
        """Move the line that reads a value off."""
        columns = self._columns()
        start = columns if self._cursor is None and step < 0 else -1 if self._cursor is None else self._cursor
        self._cursor = max(0, min(columns - 1, start + step))
        self._draw()

    def action_second(self) -> None:
        """Draw the series under the cursor beside whatever is chosen next, or no second one any more."""
        chosen = self.chosen
        if chosen is None or chosen.used:
            self.dashboard.say(_("Amounts have no second series: choose a measured one."))
            return
        self._second = None if self._second == chosen.value.address else chosen.value.address
        self._draw_list()
        self.meter_page.work(self.load, only="charts")

    def action_series(self) -> None:
        """Choose a series from a list, where there is no room for one beside the chart."""
        choices = [Choice(one.key, one.title, one.value.record.unit or "") for one in self._series]
        chosen = self.chosen
        self.app.push_screen(Choose(_("Series"), choices, chosen.key if chosen else ""), self._take)

    @on(Table.Moved, "#series")
    def _moved(self) -> None:
        self._cursor = None
        self.meter_page.work(self.load, only="charts")

    def on_click(self, event: events.Click) -> None:
        """The cursor goes where the mouse is."""
        if event.widget is self.query_one("#great-curve") and self._charted is not None:
            self._cursor = max(0, min(self._columns() - 1, event.x - (self._width() - 1 - self._columns())))
            self._draw()

    def _take(self, key: str | None) -> None:
        if key is not None:
            self.query_one("#series", Table).move_to(key)

    def _draw_list(self) -> None:
        rows = [self._row(one) for one in self._series]
        table = self.query_one("#series", Table)
        table.show(rows)
        if rows and self._wanted:
            table.move_to(self._wanted)
            self._wanted = ""
        self.query_one("#series-pane").display = not self.dashboard.compact

    def _row(self, one: Series) -> Row:
        second = not one.used and one.value.address == self._second
        return Row(one.key, (line(one.title), line((SECOND if second else "", "second"))))

    def _draw(self) -> None:
        found = self._charted
        if found is None:
            return
        height = max(8, self.meter_page.tab_height - 2)
        window = self.meter_page.window
        self.query_one("#great-pane", Pane).head(f"{found.series.title}, {window.words}", self.meter_page.ranges())
        picture = self._bars(found, height - 1) if found.series.used else self._curve(found, height - 1)
        self.query_one("#great-curve", Lines).show([*picture, self._below()])

    def _curve(self, found: Charted, height: int) -> list[Line]:
        second = chart_lines.plot_of(found.second) if found.second else None
        plot = chart_lines.plot_of(found.curve)
        return drawn_curve(plot, found.span, self._width(), height, cursor=self._cursor, second=second)

    def _bars(self, found: Charted, height: int) -> list[Line]:
        unit, zone = found.series.value.record.unit or "", self.dashboard.call.zone
        step, starts = self.meter_page.window.bars, found.edges[:-1]
        return chart_lines.amount_bars(found.amounts, starts, unit, zone, self._width(), height, step=step)

    def _below(self) -> Line:
        """What the cursor reads, else least, mean and most."""
        found = self._charted
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        if found is None:
            return ()
        if found.series.used:
            known = [amount for amount in found.amounts if amount is not None]
            facts = [(_("sum"), sum(known[1:], known[0])), (_("most"), max(known))] if known else []
            return chart_lines.amount_facts(facts, found.series.value.record.unit or "", self._width())
        if self._cursor is None:
            return chart_lines.curve_facts(found.curve, now, zone, self._width())
        columns = self._columns()
        second = found.span.moment(self._cursor, columns)
        within = max(1800, (found.span.until - found.span.since) // columns)
        point, measure = found.curve.near(second, within), chart_lines.measure_of(found.curve)
        return chart_lines.cursor_facts(point, second, measure, now, zone)

    def _columns(self) -> int:
        found = self._charted
        if found is None:
            return 1
        second = chart_lines.plot_of(found.second) if found.second else None
        return plot_width(chart_lines.plot_of(found.curve), self._width(), second)

    def _width(self) -> int:
        return max(20, self.cells - 2 - (0 if self.dashboard.compact else LIST))
