"""Everything about one meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import ContentSwitcher

from appliance.errors import RefusedError
from appliance.events import MetersChanged, ReadingMissed, ReadingStored
from appliance.operations.days import HOUR, full_hour
from appliance.operations.meter_view import Curve, MeterView, Value, amounts, curve, meter_view
from tui.draw import EMPTY, Line, Piece, line
from tui.messages import Changes
from tui.screens import meter_lines as lines_of
from tui.screens.page import Page
from tui.shown import when
from tui.text import _
from tui.widgets.chart import Span
from tui.widgets.lines import Lines, OneLine
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Table

TABS: Final = {"values": _("Values"), "readings": _("Readings"), "charts": _("Chart"), "log": _("Log")}
RANGES: Final = {"d": timedelta(days=1), "w": timedelta(days=7), "m": timedelta(days=31), "y": timedelta(days=366)}
RANGE_WORDS: Final = {"d": _("24 h"), "w": _("7 days"), "m": _("31 days"), "y": _("a year")}
BARS: Final = {"d": (24, HOUR), "w": (28, 6 * HOUR), "m": (31, 24 * HOUR), "y": (52, 168 * HOUR)}
BAR_WORDS: Final = {"d": _("by hour"), "w": _("by 6 hours"), "m": _("by day"), "y": _("by week")}
SOME_READINGS: Final = 7
LOG_LINES: Final = 6
VALUES: Final = (
    Column("name", lines_of.NAME, _("value"), most=26),
    Column("newest", lines_of.NUMBER, _("newest"), right=True, gap=1),
    Column("unit", 4),
    Column("of", 11, _("of"), most=16),
)
SMALL_VALUES: Final = (
    Column("name", 17, _("value")),
    Column("newest", lines_of.NUMBER, _("newest"), right=True, gap=1),
    Column("unit", 4),
    Column("of", 5, _("of")),
)
READINGS: Final = (
    Column("created", 15, _("created")),
    Column("status", 12, _("reading")),
    Column("message", 16, _("status"), most=30),
    Column("telegrams", 2, _("n"), right=True),
    Column("first", 16, _("values"), right=True),
    Column("second", 16, right=True),
    Column("third", 16, right=True),
)
NEWEST: Final = (Column("created", 15), Column("status", 12), Column("first", 16, right=True))


@dataclass(frozen=True, slots=True)
class Charted:
    """What the charts show."""

    value: Value
    span: Span
    curve: Curve
    counter: Value
    counted: Curve
    edges: tuple[int, ...]


class MeterPage(Page):
    """One meter; `[` and `]` go to its neighbours in the list one came from."""

    name_of_tab = "meters"
    stale_by = (ReadingStored, ReadingMissed, MetersChanged)
    levels: ClassVar[dict[str, int]] = {"read": 2}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", _("tab"), key_display="←→", id="meter-tab-before", priority=True),
        Binding("right", "turn(1)", show=False, id="meter-tab-after", priority=True),
        Binding("r", "read", _("read now"), id="meter-read"),
        Binding("x", "exact", _("exact"), id="meter-exact"),
        Binding("left_square_bracket", "beside(-1)", _("other meter"), key_display="[ ]", id="meter-before"),
        Binding("right_square_bracket", "beside(1)", show=False, id="meter-after"),
        Binding("d", "range('d')", _("range"), key_display="d w m y", id="meter-day"),
        Binding("w", "range('w')", show=False, id="meter-week"),
        Binding("m", "range('m')", show=False, id="meter-month"),
        Binding("y", "range('y')", show=False, id="meter-year"),
        Binding("h", "past(1)", show=False, id="meter-earlier"),
        Binding("j", "past(-1)", show=False, id="meter-later"),
        Binding("0", "now", show=False, id="meter-now"),
        Binding("t", "telegram", _("telegram"), id="meter-telegram"),
        Binding("escape", "app.back", _("back"), id="meter-back"),
    ]

    def __init__(self, number: int, beside: Sequence[int] = (), tab: str = "") -> None:
        super().__init__()
        self._number = number
        self._beside = tuple(beside) or (number,)
        self._tab = tab if tab in TABS else "values"
        self._range = "d"
        self._back = 0  # ranges before now
        self._shows_exact = True
        self._view: MeterView | None = None
        self._charted: Charted | None = None

    @property
    def address(self) -> str:
        return f"meters/{self._number}/{self._tab}"

    def body(self) -> ComposeResult:
        """Who it is, the tabs, and what is behind each."""
        yield Lines(EMPTY, EMPTY, id="identity")
        yield OneLine(id="meter-tabs")
        with ContentSwitcher(initial=self._tab):
            with Horizontal(id="values"):
                with Vertical(id="meter-left"):
                    yield Pane(Table(VALUES, id="value-table"), title=_("Newest values"), id="newest-pane")
                    yield Pane(Lines(id="exactly"), id="exact-pane")
                    yield Pane(Table(NEWEST, head=False, id="some-readings"), title=_("Readings"), id="some-pane")
                    yield Pane(Lines(id="status"), title=_("Status byte"), id="status-pane")
                with Vertical(id="meter-right"):
                    yield Pane(Lines(id="curve"), id="curve-pane")
                    yield Pane(Lines(id="bars"), id="bars-pane")
                    yield Pane(Lines(id="its-log"), title=_("Its log"), id="its-log-pane")
            with Vertical(id="readings"):
                yield Pane(Table(READINGS, id="all-readings"), title=_("Readings"), id="readings-pane")
            with Vertical(id="charts"):
                yield Pane(Lines(id="great-curve"), id="great-pane")
            with Vertical(id="log"):
                yield Pane(Lines(id="whole-log"), title=_("Its log"), id="log-pane")

    def on_mount(self) -> None:
        """The cursor stands in the values."""
        self._choose_tab(self._tab)

    def on_resize(self) -> None:
        """Charts of another size."""
        super().on_resize()
        self.call_after_refresh(self._show)

    def second(self) -> None:
        """It was read a second longer ago."""
        self._show_identity()

    def happened(self, changes: Changes) -> None:
        """Only what concerns this meter."""
        if self._number in changes.meters or MetersChanged in changes.kinds:
            super().happened(changes)

    async def load(self) -> None:
        """Values first, charts after."""
        self._view = await self.ask(meter_view, self._number)
        self._show()
        await self._load_charts()

    def action_turn(self, step: int) -> None:
        """The tab before or after."""
        words = list(TABS)
        self._choose_tab(words[(words.index(self._tab) + step) % len(words)])

    def action_read(self) -> None:
        """Read it now."""
        self.order("meter read", meters=f"id={self._number}")

    def action_exact(self) -> None:
        """Show the record under the cursor exactly, or not."""
        self._shows_exact = not self._shows_exact
        self.query_one("#exact-pane").display = self._shows_exact

    def action_beside(self, step: int) -> None:
        """The meter before or after in the list."""
        place = self._beside.index(self._number) if self._number in self._beside else 0
        self._number = self._beside[(place + step) % len(self._beside)]
        self._view = self._charted = None
        self.query_one("#value-table", Table).show(())
        self.reload()

    def action_range(self, letter: str) -> None:
        """Day, week, month, year."""
        self._range, self._back = letter, 0
        self.reload()

    def action_past(self, step: int) -> None:
        """Earlier or later by one range."""
        self._back = max(0, self._back + step)
        self.reload()

    def action_now(self) -> None:
        """Back to now."""
        self._back = 0
        self.reload()

    def action_telegram(self) -> None:
        """Its newest telegram, taken apart."""
        if self._view is not None and self._view.telegrams:
            self.dashboard.go(f"bus/{self._view.telegrams[0].hex()}")

    def under_cursor(self) -> str:
        """The exact value."""
        value = self._value()
        if value is None:
            return ""
        return f"{value.exact:f} {value.record.unit or ''}".strip() if value.exact is not None else value.shown.number

    @on(Table.Moved, "#value-table")
    def _moved(self) -> None:
        self._show_exactly()
        self.work(self._load_charts, only="charts")

    def _choose_tab(self, tab: str) -> None:
        self._tab = tab
        self.query_one(ContentSwitcher).current = tab
        self.query_one("#meter-tabs", OneLine).make(lambda cells: _tab_line(tab))
        table = next(iter(self.query(f"#{tab} Table").results(Table)), None)
        if table is not None:
            table.focus()
        self.call_after_refresh(self._show)

    def _value(self) -> Value | None:
        """The record under the cursor."""
        row = self.query_one("#value-table", Table).row
        values = self._view.values if self._view else ()
        return next((value for value in values if row and str(value.record.index) == row.key), None)

    def _show(self) -> None:
        view = self._view
        if view is None:
            return
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        self._show_identity()
        read = view.glance.read
        note = when(read, now, zone, seconds=True) if read else ""
        self.query_one("#newest-pane", Pane).head(_("Newest values"), note)
        table = self.query_one("#value-table", Table)
        first = not table.rows
        table.set_columns(SMALL_VALUES if self.dashboard.compact else VALUES)
        table.empty(_("No reading yet. r reads now."))
        table.show(lines_of.value_rows(view))
        if first:
            _to_first_number(table)
        self._show_readings(view)
        self.query_one("#status", Lines).show(lines_of.status_lines(view))
        log = lines_of.log_lines(view, zone)
        self.query_one("#its-log", Lines).show(log[:LOG_LINES])
        self.query_one("#whole-log", Lines).show(log)
        self._show_exactly()
        self._show_charts()

    def _show_identity(self) -> None:
        if self._view is not None:
            now, zone = self.dashboard.now(), self.dashboard.call.zone
            lines = lines_of.identity(self._view, now, zone, self.size.width)
            self.query_one("#identity", Lines).show(lines[:1] if self.dashboard.compact else lines)

    def _show_readings(self, view: MeterView) -> None:
        rows = lines_of.reading_rows(view.readings, self.dashboard.call.zone)
        self.query_one("#all-readings", Table).show(rows)
        newest = [replace(row, cells=(*row.cells[:2], row.cells[4])) for row in rows[:SOME_READINGS]]
        self.query_one("#some-readings", Table).show(newest)
        self.query_one("#some-readings", Table).styles.height = max(1, len(newest))
        self.query_one("#some-pane", Pane).head(_("Readings"), _("newest {}").format(len(newest)))

    def _show_exactly(self) -> None:
        value = self._value()
        if value is not None:
            self.query_one("#exact-pane", Pane).head(_("{}, exactly").format(value.record.quantity))
            self.query_one("#exactly", Lines).show(lines_of.exactly(value, self._left_width()))

    async def _load_charts(self) -> None:
        """The series under the cursor, and what the main counter rose by."""
        view, value = self._view, self._value()
        if view is None or value is None:
            return
        zone, length = self.dashboard.call.zone, RANGES[self._range]
        until = int((self.dashboard.now() - length * self._back).timestamp())
        span = Span(until - int(length.total_seconds()), until, zone)
        counter = next(
            (one for one in view.values if one.record.quantity == view.glance.quantity and not one.when), value
        )
        count, step = BARS[self._range]
        last = full_hour(datetime.fromtimestamp(until, zone), zone)
        edges = tuple(range(last - count * step, last + 1, step))
        try:
            drawn = await self.ask(curve, self._number, value.address, span.since, span.until)
            counted = await self.ask(curve, self._number, counter.address, edges[0] - step, last)
        except RefusedError:  # it was deleted meanwhile
            return
        self._charted = Charted(value, span, drawn, counter, counted, edges)
        self._show_charts()

    def _show_charts(self) -> None:
        charted = self._charted
        if charted is None:
            return
        compact, cells = self.dashboard.compact, self._right_width()
        name, words = charted.value.record.quantity, RANGE_WORDS[self._range]
        self.query_one("#curve-pane", Pane).head(f"{name}, {words}", _ranges(self._range))
        self.query_one("#great-pane", Pane).head(f"{name}, {words}", _ranges(self._range))
        self.query_one("#curve", Lines).show(self._curve(charted, cells, 8 if compact else 13))
        room = max(8, self.query_one(ContentSwitcher).size.height - 3)
        self.query_one("#great-curve", Lines).show(self._curve(charted, self.size.width - 2, room))
        title = _("{} used").format(charted.counter.record.quantity)
        self.query_one("#bars-pane", Pane).head(title, BAR_WORDS[self._range])
        self.query_one("#bars", Lines).show(self._bars(charted, cells, 7 if compact else 10))

    def _curve(self, charted: Charted, cells: int, height: int) -> list[Line]:
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        picture = lines_of.state_curve(charted.curve, charted.span, cells, height - 1)
        return [*picture, lines_of.facts_below(charted.curve, now, zone, cells)]

    def _bars(self, charted: Charted, cells: int, height: int) -> list[Line]:
        zone, starts = self.dashboard.call.zone, charted.edges[:-1]
        used = amounts(charted.counted.points, charted.edges)
        unit = charted.counted.unit
        return lines_of.hourly(used, starts, unit, zone, cells, height, days=self._range != "d")

    def _left_width(self) -> int:
        return 50 if self.dashboard.compact else 60

    def _right_width(self) -> int:
        return max(20, self.size.width - self._left_width() - (2 if self.dashboard.compact else 3))


def _to_first_number(table: Table) -> None:
    """Past the fabrication number, to something that has a curve."""
    index = next((i for i, row in enumerate(table.rows) if row.cells[2] and row.cells[2][0].text), 0)
    table.move_to(table.rows[index].key if table.rows else "")


def _tab_line(current: str) -> Line:
    pieces: list[Piece] = []
    for word, title in TABS.items():
        pieces += line(" ", (title, "accent strong underline" if word == current else "grey"), "  ")
    return tuple(pieces)


def _ranges(current: str) -> Line:
    """`[d]ay w m y`."""
    return line(
        *(
            (f"[{letter}] " if letter == current else f"{letter} ", "accent" if letter == current else "grey")
            for letter in RANGES
        )
    )
