"""Every reading of a meter, of any past date, with its values and its telegram as of then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from appliance.operations.meter_view import MeterView, Reading, readings_before, telegrams_at
from appliance.operations.moment import MomentKind
from appliance.settings.kinds import NotTaken
from tui.screens.ask import Ask
from tui.screens.meter import lines
from tui.screens.meter.tab import Tab
from tui.shown import when
from tui.text import _
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Table

COLUMNS: Final = (
    Column("created", 16, _("created")),
    Column("status", 12, _("reading")),
    Column("message", 16, _("status"), most=30),
    Column("telegrams", 2, _("n"), right=True),
    Column("first", 16, _("values"), right=True),
    Column("second", 16, right=True),
    Column("third", 16, right=True),
)
TIMES: Final = MomentKind()
COMPACT: Final = (*COLUMNS[:2], Column("message", 8, _("status")), *COLUMNS[3:5])


class ReadingsTab(Tab):
    """A table; `enter` shows the values, `t` the telegram of the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "date", _("go to date"), id="readings.date"),
        Binding("t", "telegram", _("its telegram"), id="readings.telegram"),
    ]

    def __init__(self) -> None:
        super().__init__(id="readings")
        self._until: datetime | None = None  # None: the newest
        self._readings: Sequence[Reading] = ()

    def compose(self) -> ComposeResult:
        """One pane."""
        yield Pane(Table(COLUMNS, empty=_("No reading up to then."), id="all-readings"), id="readings-pane")

    def show(self, view: MeterView) -> None:
        """The newest, unless a date was asked for."""
        if self._until is None:
            self._readings = view.readings
        self._draw()

    async def load(self) -> None:
        """Those up to the date asked for."""
        if self._until is not None:
            page = self.meter_page
            self._readings = await page.ask(readings_before, page.number, int(self._until.timestamp()))
            self._draw()

    def action_date(self) -> None:
        """Ask for a date."""
        question = _("Readings up to: 2026-11-01, 2026-11-01T12:00, 7d (ago), now")
        self.app.push_screen(Ask(question), self._go)

    def action_telegram(self) -> None:
        """Take the telegram of the reading under the cursor apart."""
        self.meter_page.work(self._open_telegram)

    @on(Table.Opened)
    def _values(self, message: Table.Opened) -> None:
        at = datetime.fromtimestamp(int(message.row.key), UTC)
        self.dashboard.commander.order(f"meter values id={self.meter_page.number} at={at:%Y-%m-%dT%H:%M:%SZ}")

    async def _open_telegram(self) -> None:
        row, page = self.query_one(Table).row, self.meter_page
        telegrams = await page.ask(telegrams_at, page.number, int(row.key)) if row else ()
        if telegrams:
            self.dashboard.go(f"bus/{telegrams[0].hex()}")

    def _go(self, text: str | None) -> None:
        if not text:
            return
        call = self.dashboard.call
        try:
            moment = TIMES.parse(text)
        except NotTaken:
            self.dashboard.complain(_("This is no {}.").format(TIMES.allowed().removeprefix("a ")))
            return
        self._until = None if text == "now" else moment.at(call.now(), call.zone)
        self.meter_page.reload()

    def _draw(self) -> None:
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        columns = COMPACT if self.dashboard.compact else COLUMNS
        rows = lines.reading_rows(self._readings, now, zone)
        table = self.query_one(Table)
        table.set_columns(columns)
        table.show([replace(row, cells=row.cells[: len(columns)]) for row in rows])
        until = _("up to {}").format(when(self._until, now, zone)) if self._until else _("newest {}").format(len(rows))
        self.query_one(Pane).head(_("Readings"), until)
