"""The page of one meter: who it is, and the tabs below that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher

from appliance.errors import RefusedError
from appliance.events import MetersChanged, ReadingMissed, ReadingStored
from appliance.operations.meter_view import MeterView, meter_view
from tui.draw import EMPTY, Line, Piece
from tui.messages import Changes
from tui.screens.meter.charts import ChartsTab
from tui.screens.meter.fields import FieldsTab
from tui.screens.meter.lines import identity
from tui.screens.meter.log import LogTab
from tui.screens.meter.readings import ReadingsTab
from tui.screens.meter.registers import RegistersTab
from tui.screens.meter.tab import Tab
from tui.screens.meter.values import ValuesTab
from tui.screens.page import Page
from tui.text import _
from tui.widgets.lines import Lines, OneLine
from tui.window import PERIODS, RANGES, Window

TABS: Final = {
    "values": _("Values"),
    "readings": _("Readings"),
    "charts": _("Charts"),
    "registers": _("Registers"),
    "settings": _("Settings"),
    "log": _("Log"),
}


class MeterPage(Page):
    """One meter; `[` and `]` go to its neighbours in the list one came from."""

    name_of_tab = "meters"
    purpose = _("One meter: its values and their past, how it is read, and what went wrong with it.")
    stale_by = (ReadingStored, ReadingMissed, MetersChanged)
    levels: ClassVar[dict[str, int]] = {"read": 2, "switch": 2}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", _("tab"), key_display="←→", id="meter-tab-before", priority=True),
        Binding("right", "turn(1)", show=False, id="meter-tab-after", priority=True),
        Binding("r", "read", _("read now"), id="meter-read"),
        Binding("c", "chart", _("chart"), id="meter-charts"),
        Binding("x", "exact", _("exact"), id="meter-exact"),
        Binding("left_square_bracket", "beside(-1)", _("other meter"), key_display="[ ]", id="meter-before"),
        Binding("right_square_bracket", "beside(1)", show=False, id="meter-after"),
        Binding("d", "range('d')", _("range"), key_display="d w m y", id="meter-day"),
        Binding("w", "range('w')", show=False, id="meter-week"),
        Binding("m", "range('m')", show=False, id="meter-month"),
        Binding("y", "range('y')", show=False, id="meter-year"),
        Binding("h", "past(1)", _("earlier, later"), key_display="h j", show=False, id="meter-earlier"),
        Binding("j", "past(-1)", show=False, id="meter-later"),
        Binding("0", "now", _("now"), show=False, id="meter-now"),
        Binding("t", "telegram", _("telegram"), id="meter-telegram"),
        Binding("p", "switch", _("passive, active"), show=False, id="meter-switch"),
        Binding("Y", "copy", _("copy"), show=False, id="meter-copy"),
        Binding("escape", "app.back", _("back"), id="meter-back"),
    ]

    def __init__(self, number: int, beside: Sequence[int] = (), tab: str = "") -> None:
        super().__init__()
        self.number = number
        self._beside = tuple(beside) or (number,)
        self._tab = tab if tab in TABS else "values"
        self.window = Window()
        self._shows_exact = True
        self._view: MeterView | None = None

    @property
    def address(self) -> str:
        return f"meters/{self.number}/{self._tab}"

    @property
    def tab(self) -> Tab:
        """The one that is seen."""
        return cast("Tab", self.query_one(f"#{self._tab}"))

    @property
    def tab_height(self) -> int:
        """Rows a tab has."""
        return self.query_one(ContentSwitcher).size.height

    @property
    def unsaved(self) -> int:
        return sum(len(fields.draft.typed) for fields in self.query(FieldsTab))

    def body(self) -> ComposeResult:
        """Who it is, the tabs, and what is behind each."""
        self.window = Window(PERIODS[self.dashboard.call.parts.settings.series.chart_period])
        yield Lines(EMPTY, EMPTY, id="identity")
        yield OneLine(id="meter-tabs")
        with ContentSwitcher(initial=self._tab):
            yield ValuesTab()
            yield ReadingsTab()
            yield ChartsTab()
            yield RegistersTab()
            yield FieldsTab(self.number)
            yield LogTab()

    def on_mount(self) -> None:
        """The cursor stands in the tab."""
        self.action_tab(self._tab)

    def on_resize(self) -> None:
        """Charts of another size."""
        self.call_after_refresh(self._show)

    def second(self) -> None:
        """It was read a second longer ago."""
        self._show_identity()

    def happened(self, changes: Changes) -> None:
        """Only what concerns this meter."""
        if self.number in changes.meters or MetersChanged in changes.kinds:
            super().happened(changes)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a field is typed, its cursor has the arrows."""
        fields = next(iter(self.query(FieldsTab)), None)
        if action == "turn" and fields is not None and fields.is_typing:
            return False
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """What is known of it first, the past after."""
        try:
            self._view = await self.ask(meter_view, self.number)
        except RefusedError:  # deleted meanwhile
            await self.dashboard.action_back()
            raise
        self._show()
        await self.tab.load()

    def action_turn(self, step: int) -> None:
        """The tab before or after."""
        words = list(TABS)
        self.action_tab(words[(words.index(self._tab) + step) % len(words)])

    def action_tab(self, tab: str) -> None:
        """This one."""
        self._tab = tab
        self.query_one(ContentSwitcher).current = tab
        self.query_one("#meter-tabs", OneLine).make(lambda cells: _tab_line(self.number, tab))
        self.tab.take_focus()
        self.call_after_refresh(self._show)
        self.reload()
        self.draw_frame()

    def open_chart(self, record: int) -> None:
        """The series of a record over the whole width."""
        self.action_tab("charts")
        self.query_one(ChartsTab).choose(record)

    def action_read(self) -> None:
        """Read it now."""
        self.order("meter read", meters=f"id={self.number}")

    def action_switch(self) -> None:
        """Passive, where it is active; else active."""
        if self._view is not None:
            active = self._view.glance.meter.active
            self.order("meter deactivate" if active else "meter activate", meters=f"id={self.number}")

    def action_chart(self) -> None:
        """Of the record under the cursor."""
        value = self.query_one(ValuesTab).value
        if value is not None:
            self.open_chart(value.record.index)

    def action_exact(self) -> None:
        """Show the record under the cursor exactly, or not."""
        self._shows_exact = not self._shows_exact
        self.query_one(ValuesTab).show_exact(self._shows_exact)

    def action_beside(self, step: int) -> None:
        """The meter before or after in the list."""
        place = self._beside.index(self.number) if self.number in self._beside else 0
        self.number = self._beside[(place + step) % len(self._beside)]
        self._view = None
        self.query_one(ValuesTab).forget()
        self.query_one(FieldsTab).forget()
        self.reload()

    def action_range(self, letter: str) -> None:
        """Day, week, month, year."""
        self.look_at(Window(RANGES[letter]))

    def action_past(self, step: int) -> None:
        """Earlier or later by one range."""
        self.look_at(self.window.moved(step))

    def action_now(self) -> None:
        """Back to now."""
        self.look_at(Window(self.window.seconds))

    def action_telegram(self) -> None:
        """Its newest telegram, taken apart."""
        if self._view is not None and self._view.telegrams:
            self.dashboard.go(f"bus/{self._view.telegrams[0].hex()}")

    def action_copy(self) -> None:
        """What is under the cursor, into the clipboard of the terminal."""
        text = self.tab.copied()
        if text:
            self.dashboard.copy_to_clipboard(text)
            self.dashboard.say(_("Copied: {}").format(text))

    def look_at(self, window: Window) -> None:
        """Charts of another time."""
        self.window = window
        self.work(self.tab.load, only="charts")

    def ranges(self) -> Line:
        """`[d] w m y`."""
        now = self.window.letter
        return tuple(
            Piece(f"[{letter}] " if letter == now else f"{letter} ", "accent" if letter == now else "grey", key=letter)
            for letter in RANGES
        )

    def _show(self) -> None:
        if self._view is not None and self.is_attached:
            self._show_identity()
            self.tab.show(self._view)

    def _show_identity(self) -> None:
        if self._view is not None:
            now, zone = self.dashboard.now(), self.dashboard.call.zone
            lines = identity(self._view, now, zone, self.size.width)
            self.query_one("#identity", Lines).show(lines[:1] if self.dashboard.compact else lines)


def _tab_line(number: int, current: str) -> Line:
    pieces: list[Piece] = []
    for word, title in TABS.items():
        style = "accent strong underline" if word == current else "grey"
        pieces += [Piece(" "), Piece(title, style, f"meters/{number}/{word}"), Piece("  ")]
    return tuple(pieces)
