"""The wire: live traffic, and the telegram under the cursor taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from appliance.events import BusTraffic, Direction, SegmentChanged
from appliance.hub import Following
from appliance.operations.lines_now import LineNow, lines_now
from appliance.operations.readings import key_of
from appliance.operations.status import next_round
from tui.draw import EMPTY, Line, line
from tui.messages import Changes
from tui.screens.ask import Ask
from tui.screens.bus_lines import head_line
from tui.screens.bus_orders import Orders
from tui.screens.bus_rows import Rows
from tui.screens.bus_telegram import TelegramView, names_of
from tui.screens.choose import Choice, Choose
from tui.screens.page import Page
from tui.shown import when
from tui.text import _, plural
from tui.traffic import COLUMNS, COMPACT, KEPT, Filter, Passing, Ring, header_of
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Row, Table
from tui.words import OK

AT_ONCE: Final = 200  # of what passed is taken in before keys have their turn


class BusPage(Page):
    """Traffic above, the telegram and its records below."""

    name_of_tab = "bus"
    purpose = _("What goes over the wire, live, and any telegram of it octet by octet.")
    CSS_PATH = "bus.tcss"
    period = 0.5
    stale_by: ClassVar[tuple[type, ...]] = (SegmentChanged,)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", _("pause"), id="bus.pause"),
        Binding("f", "filter", _("filter"), id="bus.filter"),
        Binding("w", "send", _("send"), id="bus.send"),
        Binding("m", "meter", _("meter"), id="bus.meter"),
        Binding("Y", "copy", _("copy hex"), id="bus.copy"),
        Binding("l", "lend", _("lend bus"), id="bus.lend"),
        Binding("b", "take_back", _("take back"), id="bus.take-back"),
        Binding("e", "record", _("record"), id="bus.record"),
        Binding("o", "paste", _("open hex"), id="bus.paste"),
    ]
    levels: ClassVar[dict[str, int]] = {"send": 3, "lend": 3, "take_back": 2, "record": 2}

    def __init__(self) -> None:
        super().__init__()
        self.ring = Ring()
        self.live = True
        self.filter = Filter()
        self._rows = Rows()
        self._following: Following[BusTraffic] | None = None
        self._orders = Orders(self)
        self._lines: Sequence[LineNow] = ()
        self._compact = False  # the columns the tables have now
        self._lasts: tuple[str, ...] = ()  # keys of the rows that live traffic put the cursor on
        self._shown_at = 0  # what had been seen when it was paused

    @property
    def telegram(self) -> TelegramView:
        """What is taken apart."""
        return self.query_one(TelegramView)

    def body(self) -> ComposeResult:
        yield Lines(EMPTY, id="lines")
        yield Pane(
            Table(COLUMNS, head=False, id="traffic", shows_cursor=True),
            title=_("Traffic"),
            id="traffic-pane",
        )
        yield TelegramView()

    def on_mount(self) -> None:
        """The traffic has the focus."""
        self.query_one("#traffic", Table).focus()
        self._arrange()

    def on_screen_resume(self) -> None:
        """From the first visit on the wire is followed; unseen, the newest traffic waits undrawn."""
        if self._following is None:
            self._following = self.dashboard.call.parts.hub.follow(BusTraffic, limit=KEPT)
        self._arrange()
        self.look()

    def on_unmount(self) -> None:
        """The session ends: nobody follows."""
        if self._following is not None:
            self._following.close()
            self._following = None

    def on_resize(self) -> None:
        """Another density may hold."""
        self._arrange()

    async def load(self) -> None:
        """How the lines are."""
        self._lines, upcoming = await self.ask(lines_now), await self.ask(next_round)
        self.query_one("#traffic", Table).empty(self._quiet(upcoming))
        self.query_one("#lines", Lines).show([head_line(self._lines, compact=self.dashboard.compact)])

    def happened(self, changes: Changes) -> None:
        """Counters change with each frame: look with every change there is."""
        self.reload()

    def look(self) -> None:
        """What passed since the last look; after a long time that is much, and taken in part by part."""
        following, names = self._following, names_of(self.dashboard)
        before = self.ring.seen
        for _number in range(AT_ONCE):
            traffic = following.get(timeout=0) if following else None
            if traffic is None:
                break
            self._row(self.ring.add(traffic, names))
        else:
            self.call_later(self.look)
        if self.ring.seen != before:
            self.draw_traffic()

    def _quiet(self, upcoming: datetime | None) -> str:
        """What stands where nothing passed yet."""
        if upcoming is None:
            return _("Quiet. Rounds are switched off; r on Meters reads one.")
        at = when(upcoming, self.dashboard.now(), self.dashboard.call.zone)
        return _("Quiet. Traffic shows here as it passes; the next round begins at {}.").format(at)

    def draw_traffic(self) -> None:
        """Live, the newest row has the cursor; paused, what is seen stands still."""
        if self.live:
            table = self.query_one("#traffic", Table)
            self._show_rows()
            self._shown_at = self.ring.seen
            if table.row is not None:
                self._lasts = (table.row.key, table.rows[-1].key)
                table.call_after_refresh(table.action_last)  # it scrolls by its new height only then
        self.query_one("#traffic-pane", Pane).head(_("Traffic"), self._traffic_note())

    def _show_rows(self) -> None:
        """Those that the filter lets through."""
        self.query_one("#traffic", Table).show([self._row(one) for one in self._passing()])

    def _row(self, one: Passing) -> Row:
        return self._rows.of(one, self.dashboard.call.zone, compact=self._compact)

    @on(Table.Moved, "#traffic")
    def _another_telegram(self, message: Table.Moved) -> None:
        moved_away = message.row is not None and message.row.key not in self._lasts
        if self.live and moved_away and message.table.has_focus:
            self.live = False
            self.draw_traffic()
        if not self.live and not message.table.has_focus:
            return  # something else was opened meanwhile
        passing = self._newest_answer() if self.live else self._under_cursor()
        if passing is not None and passing.traffic.octets:
            self.telegram.show_octets(passing.traffic.octets)

    def action_pause(self) -> None:
        """Stand still, or follow again; what passes meanwhile is kept."""
        self.live = not self.live
        self.draw_traffic()

    def action_filter(self) -> None:
        """Choose what of the traffic is shown."""
        wanted = {"": Filter(), "failures": Filter(failures=True)}
        wanted |= {f"line {one.name}": Filter(segment=one.name) for one in self._lines}
        wanted |= {f"{d}": Filter(direction=d) for d in (Direction.SENT, Direction.RECEIVED)}
        passing = self._under_cursor()
        if passing is not None and passing.meter:
            wanted["meter"] = Filter(meter=passing.meter)
        choices = [Choice(key, one.words or _("all")) for key, one in wanted.items()]
        self.app.push_screen(
            Choose(_("Traffic"), choices), lambda key: self._filter_by(wanted[key]) if key is not None else None
        )

    def action_send(self) -> None:
        """A command to the meter under the cursor."""
        passing = self._under_cursor()
        identification = self.telegram.sender or (passing.meter if passing else "")
        glances = self.dashboard.feed.glances.values()
        meter = next((one.meter for one in glances if key_of(one.meter) == identification), None)
        if meter is not None:
            self._orders.send(meter)
        else:
            self.dashboard.say(_("Put the cursor on a telegram of a meter of the list first."))

    def action_lend(self) -> None:
        """Hand the line under the cursor to a computer."""
        self._orders.lend(self._segment())

    def action_take_back(self) -> None:
        """The bus is ours again."""
        self.order("bus return")

    def action_record(self) -> None:
        """Write what passes into a file."""
        self._orders.record(self._segment())

    def action_paste(self) -> None:
        """Take octets apart that somebody has from elsewhere."""
        self.app.push_screen(Ask(_("Octets in hex")), lambda text: self.open((text,)) if text else None)

    def action_meter(self) -> None:
        """To the meter that sent it."""
        if self.telegram.sender:
            self.dashboard.go(f"meters/{self.telegram.sender}")

    def action_copy(self) -> None:
        """The octets, into the clipboard of the terminal."""
        found = self.telegram.found
        if found is not None:
            self.dashboard.copy_to_clipboard(found.octets.hex(" ").upper())
            self.dashboard.say(
                plural("{} octet copied.", "{} octets copied.", len(found.octets)).format(len(found.octets))
            )

    def open(self, path: tuple[str, ...]) -> None:
        """`bus/HEX` takes a telegram apart, as a meter's history asks for."""
        try:
            octets = bytes.fromhex(path[0])
        except ValueError:
            self.dashboard.complain(_("These are no octets in hex: {}").format(path[0][:40]))
            return
        self.call_after_refresh(self._show_alone, octets)

    def _show_alone(self, octets: bytes) -> None:
        self.live = False
        self.draw_traffic()
        self.telegram.show_octets(octets)
        self.telegram.take_focus()

    def _arrange(self) -> None:
        if not self.query(TelegramView):
            return  # not composed yet
        if self._compact != self.dashboard.compact:
            self._compact = self.dashboard.compact
            self.query_one("#traffic", Table).show(())
            self.query_one("#traffic", Table).set_columns(COMPACT if self._compact else COLUMNS)
            self._show_rows()
        self.draw_traffic()
        self.telegram.fit_into(compact=self._compact)

    def _passing(self) -> list[Passing]:
        return [one for one in self.ring.rows if self.filter.lets(one)]

    def _filter_by(self, wanted: Filter) -> None:
        self.filter, self.live = wanted, True
        self.draw_traffic()

    def _segment(self) -> str:
        """The line under the cursor, else the first one."""
        passing = self._under_cursor()
        return passing.traffic.segment if passing else self._lines[0].name if self._lines else ""

    def _newest_answer(self) -> Passing | None:
        """While the traffic runs, the newest telegram with values stays in sight; else what there is."""
        answers = (one for one in reversed(self.ring.rows) if self.filter.lets(one) and header_of(one.traffic.octets))
        return next(answers, None) or self._under_cursor()

    def _under_cursor(self) -> Passing | None:
        row = self.query_one("#traffic", Table).row
        return next((one for one in reversed(self.ring.rows) if row and str(one.number) == row.key), None)

    def _traffic_note(self) -> Line:
        kept = f"{len(self.ring.rows)} " + _("kept")
        words = "  " + " · ".join(filter(None, (self.filter.words, kept)))
        if self.live:
            return line((OK.symbol, "ok"), (_(" live"), "ok"), (words, "grey"))
        newer = self.ring.seen - self._shown_at
        return line((_("paused, {} newer").format(newer), "flag"), (words, "grey"))
