"""What is wrong, what to do, is it running. In one of two arrangements: two columns, or what fits into 80x24."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widget import Widget

from appliance.events import (
    ClockStepped,
    MetersChanged,
    ReadingMissed,
    ReadingStored,
    RoundProgress,
    SegmentChanged,
    SettingsChanged,
    StorageTrouble,
)
from appliance.operations.days import Day
from appliance.operations.overview import Overview, overview
from appliance.operations.services import services
from appliance.operations.set_up import code_shown_to
from tui.draw import EMPTY, Line, line
from tui.screens import overview_lines as lines_of
from tui.screens.overview_round import round_lines
from tui.screens.overview_used import used_lines
from tui.screens.page import Page
from tui.shown import cycle_text, when
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Table

LEFT: Final = 86
SMALL_LEFT: Final = 46
COLUMNS: Final = (Column("mark", 1, gap=1), Column("what", 36, most=60), Column("since", 30, most=60))
SMALL_COLUMNS: Final = (Column("mark", 1, gap=1), Column("what", 31, most=44), Column("since", 22, most=80))
MOST_TO_DO: Final = 6


class OverviewPage(Page):
    """The first screen."""

    name_of_tab = "overview"
    purpose = _("What is wrong, what to do about it, and whether everything runs.")
    stale_by = (
        RoundProgress,
        ReadingStored,
        ReadingMissed,
        SegmentChanged,
        SettingsChanged,
        MetersChanged,
        StorageTrouble,
        ClockStepped,
    )
    levels: ClassVar[dict[str, int]] = {"read_all": 2}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "read_all", _("read all"), id="read-all"),
        Binding("slash", "find", _("find"), id="overview-find"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._data: Overview | None = None
        self._arranged_compact = False  # for which density its panes are
        self._shown_size = Size(0, 0)  # for which its lines are

    def body(self) -> ComposeResult:
        """What there is to know in a line, then the arrangement for this size of the window."""
        yield Lines(EMPTY, id="verdict")
        yield self._arrangement()

    def _arrangement(self) -> Widget:
        self._arranged_compact = self.dashboard.compact
        return Small(id="small") if self._arranged_compact else Wide(id="wide")

    def on_screen_resume(self) -> None:
        """The cursor stands in What to do."""
        self._to_do().focus()

    def on_resize(self) -> None:
        """Another arrangement may be needed."""
        self.call_after_refresh(self._arrange)

    async def load(self) -> None:
        """First what is at hand, then what was used today."""
        glances = self.dashboard.feed.glances
        self._show_verdict()
        self._data = await self.ask(overview, tuple(glances.values()))
        self._show(self._data)
        self._paint("services", lines_of.service_lines(await self.ask(services), self._right_width()))
        self._show_used(await self.dashboard.feed.two_days())

    def second(self) -> None:
        """The next round comes nearer."""
        if self._data is not None:
            self._show_round(self._data)

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        self.dashboard.go(message.row.to)

    def action_read_all(self) -> None:
        """A round now."""
        self.order("readout now")

    def action_find(self) -> None:
        """In the list of meters."""
        self.dashboard.go("meters/find")

    async def _arrange(self) -> None:
        """The panes there are go when the others have come: news that arrives meanwhile always finds its place."""
        if self._arranged_compact != self.dashboard.compact:
            before = self.query_one("#wide, #small")
            with self.dashboard.batch_update():
                await self.query_one("#body").mount(self._arrangement())
                await before.remove()
            self._to_do().focus()
            self.reload()
        if self._data is not None and self._shown_size != self.size:
            self._show(self._data)

    def _show(self, data: Overview) -> None:
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        small, self._shown_size = self.dashboard.compact, self.size
        glances = tuple(self.dashboard.feed.glances.values())
        self._show_verdict()
        self._paint("media", lines_of.by_medium(glances, SMALL_LEFT if small else LEFT, compact=small))
        self._show_round(data)
        self._paint("bus", lines_of.bus_lines(data, self._right_width()))
        self._paint("appliance", lines_of.appliance_lines(data, now, self._right_width()))
        self._paint("events", lines_of.event_lines(data, zone, now, self.size.width if small else LEFT, compact=small))
        self._show_to_do(data)

    def _show_verdict(self) -> None:
        self.query_one("#verdict", Lines).show([lines_of.verdict(self.dashboard.feed.glances.values())])

    def _show_round(self, data: Overview) -> None:
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        self._paint("round", round_lines(data, self.dashboard.feed.rounds, now, zone, self._right_width()))
        self.query_one(".the-round", Pane).head(_("Round"), _("every {}").format(cycle_text(data.schedule)))

    def _show_to_do(self, data: Overview) -> None:
        now, zone, small = self.dashboard.now(), self.dashboard.call.zone, self.dashboard.compact
        to_do = lines_of.with_code(data.to_do, code_shown_to(self.dashboard.call))
        rows = lines_of.to_do_rows(to_do, now, zone, self.size.width if small else LEFT)
        table = self._to_do()
        upcoming = when(data.next_round, now, zone) if data.next_round else _("switched off")
        table.empty(_("Nothing. Next round {}.").format(upcoming))
        table.show(rows)
        height = min(len(rows), MOST_TO_DO) or 1
        table.styles.height = height if small or not rows else height * 2
        hidden = len(rows) - MOST_TO_DO
        note = _("{}, {} more below").format(len(rows), hidden) if hidden > 0 else str(len(rows) or "")
        self.query_one(".to-do", Pane).head(_("What to do"), note)

    def _show_used(self, days: Mapping[int, Day]) -> None:
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        self._paint("used", used_lines(self.dashboard.feed.glances.values(), days, now, zone))

    def _paint(self, name: str, lines: Sequence[Line]) -> None:
        for widget in self.query(f".{name}").results(Lines):
            widget.show(lines or [line((_(" –"), "grey"))])

    def _to_do(self) -> Table:
        return self.query_one(".to-do Table", Table)

    def _right_width(self) -> int:
        taken = SMALL_LEFT + 2 if self.dashboard.compact else LEFT + 3
        return max(20, self.size.width - taken)


class Wide(Horizontal):
    """Two columns."""

    def compose(self) -> ComposeResult:
        with Vertical(id="left"):
            yield Pane(Lines(classes="media"), title=_("Meters by medium"), note=_("one mark per meter"))
            yield Pane(Table(COLUMNS, head=False, lines_a_row=2, margin=1), title=_("What to do"), classes="to-do")
            note = _("by hour, against the same time yesterday")
            yield Pane(Lines(classes="used"), title=_("Used today"), note=note)
            yield Pane(Lines(classes="events"), title=_("Newest events"), classes="rest")
        with Vertical(id="right"):
            yield Pane(Lines(classes="round"), title=_("Round"), classes="the-round")
            yield Pane(Lines(classes="bus"), title=_("Bus"))
            yield Pane(Lines(classes="appliance"), title=_("Appliance"))
            yield Pane(Lines(classes="services"), title=_("Services"), note=_("6 says who reaches them"))


class Small(Vertical):
    """What fits into 80x24."""

    def compose(self) -> ComposeResult:
        yield Pane(Table(SMALL_COLUMNS, head=False), title=_("What to do"), classes="to-do")
        with Horizontal(classes="pair"):
            yield Pane(Lines(classes="media"), title=_("Meters"), classes="first")
            yield Pane(Lines(classes="round"), title=_("Round"), classes="the-round second")
        with Horizontal(classes="pair"):
            yield Pane(Lines(classes="appliance"), title=_("Appliance"), classes="first")
            yield Pane(Lines(classes="bus"), title=_("Bus"), classes="second")
        yield Pane(Lines(classes="events"), title=_("Newest events"), classes="rest")
