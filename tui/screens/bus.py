"""The wire: live traffic, and the telegram under the cursor taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from appliance.events import BusState, BusTraffic, SegmentChanged
from appliance.hub import Following
from appliance.mbus.anatomy import Anatomy, anatomy
from appliance.operations.lines_now import LineNow, lines_now, share
from tui.draw import EMPTY, Line, Piece, joined, line, marked
from tui.inspector import (
    COMPACT_COLUMNS,
    RECORD_COLUMNS,
    answer_lines,
    frame_note,
    legend,
    octet_lines,
    record_lines,
    record_rows,
)
from tui.messages import Changes
from tui.screens.page import Page
from tui.text import _
from tui.traffic import COLUMNS, COMPACT, KEPT, Passing, Ring, row_of
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Table
from tui.words import FLAG, OK, PASSIVE, SILENT

PERIOD: Final = 0.5  # seconds between two looks at the traffic
ACROSS, ACROSS_COMPACT = 32, 24
BAD: Final = (BusState.OVERLOAD, BusState.JAMMED, BusState.LOST, BusState.REFUSED)
RESTING: Final = (BusState.LENT, BusState.PAUSED)
NO_TRAFFIC: Final = _("Quiet. Traffic shows here as it passes.")
NO_RECORDS: Final = _("No records.")


class BusPage(Page):
    """Traffic above, the telegram and its records below."""

    name_of_tab = "bus"
    CSS_PATH = "bus.tcss"
    stale_by: ClassVar[tuple[type, ...]] = (SegmentChanged,)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", _("pause"), id="bus.pause"),
        Binding("f", "failures", _("only failures"), id="bus.failures"),
        Binding("l", "line", _("line"), id="bus.line"),
        Binding("m", "meter", _("meter"), id="bus.meter"),
        Binding("Y", "copy", _("copy hex"), id="bus.copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.ring = Ring()
        self.live = True
        self.only_failures = False
        self.only_line = ""  # empty: all
        self.found: Anatomy | None = None
        self._following: Following[BusTraffic] | None = None
        self._timer: Timer | None = None
        self._lines: Sequence[LineNow] = ()
        self._compact = False  # the columns the tables have now
        self._lasts: tuple[str, ...] = ()  # keys of the rows that live traffic put the cursor on
        self._shown_at = 0  # what had been seen when it was paused

    def body(self) -> ComposeResult:
        yield Lines(EMPTY, id="lines")
        yield Pane(
            Table(COLUMNS, head=False, empty=NO_TRAFFIC, id="traffic", shows_cursor=True),
            title=_("Traffic"),
            id="traffic-pane",
        )
        yield Pane(Lines(EMPTY, id="octets"), title=_("Telegram"), id="telegram-pane")
        with Horizontal(id="taken-apart"):
            yield Pane(
                Table(RECORD_COLUMNS, empty=NO_RECORDS, id="records", shows_cursor=True),
                title=_("Records"),
                id="records-pane",
            )
            with Vertical(id="beside"):
                yield Pane(Lines(id="record"), title=_("record"), id="record-pane")
                yield Pane(Lines(id="answer"), title=_("answer"), id="answer-pane")

    def on_mount(self) -> None:
        """The traffic has the focus."""
        self.query_one("#traffic", Table).focus()
        self._arrange()

    def on_screen_resume(self) -> None:
        """Follow the wire while this screen is seen."""
        super().on_screen_resume()
        if self._following is None:
            self._following = self.dashboard.call.parts.hub.follow(BusTraffic, limit=KEPT)
            self._timer = self.set_interval(PERIOD, self.take_in)
        self._arrange()

    def on_screen_suspend(self) -> None:
        """Nobody looks: nobody follows."""
        if self._following is not None:
            self._following.close()
            self._following = None
        if self._timer is not None:
            self._timer.stop()

    def on_unmount(self) -> None:
        """The session ends."""
        self.on_screen_suspend()

    def on_resize(self) -> None:
        """Another density may hold."""
        super().on_resize()
        self._arrange()

    async def load(self) -> None:
        """How the lines are."""
        self._lines = await self.ask(lines_now)
        self.query_one("#lines", Lines).show([head_line(self._lines, compact=self.dashboard.compact)])

    def happened(self, changes: Changes) -> None:
        """Counters change with each frame: look with every change there is."""
        self.reload()

    def take_in(self) -> None:
        """What passed since the last look."""
        following, names = self._following, self._names()
        before = self.ring.seen
        for _number in range(KEPT):
            traffic = following.get(timeout=0) if following else None
            if traffic is None:
                break
            self.ring.add(traffic, names)
        if self.ring.seen != before:
            self.draw_traffic()

    def draw_traffic(self) -> None:
        """The rows that the filter lets through; live, the newest has the cursor."""
        table, compact = self.query_one("#traffic", Table), self._compact
        if self.live:
            zone = self.dashboard.call.zone
            table.show([row_of(one, one.traffic.at.astimezone(zone), compact=compact) for one in self._passing()])
            self._shown_at = self.ring.seen
            if table.row is not None:
                self._lasts = (table.row.key, table.rows[-1].key)
                table.call_after_refresh(table.action_last)  # it scrolls by its new height only then
        self.query_one("#traffic-pane", Pane).head(_("Traffic"), self._traffic_note())

    def show_octets(self, octets: bytes) -> None:
        """Take a telegram apart."""
        self.found = anatomy(octets)
        settings = self.dashboard.call.parts.settings.localization
        rows = record_rows(self.found, settings.units, settings.decimal_separator.sign)
        records = self.query_one("#records", Table)
        records.show(rows)
        self.draw_telegram()

    def draw_telegram(self) -> None:
        """The octets with the record under the cursor, and that record in words."""
        found, compact = self.found, self._compact
        if found is None:
            return
        table = self.query_one("#records", Table)
        settings = self.dashboard.call.parts.settings.localization
        units, sign = settings.units, settings.decimal_separator.sign
        picked = table.cursor if table.rows else None
        across = ACROSS_COMPACT if compact else ACROSS
        lines = octet_lines(found, picked, across=across, letters=not compact)
        self.query_one("#octets", Lines).show(lines if compact else [*lines, legend()])
        self.query_one("#telegram-pane", Pane).head(_("Telegram"), frame_note(found, short=compact))
        count = f"{table.cursor + 1} of {len(table.rows)}" if table.rows else "0"
        self.query_one("#records-pane", Pane).head(_("Records"), count)
        self.query_one("#record", Lines).show(record_lines(found, table.cursor, units, sign) if table.rows else [])
        self.query_one("#record-pane", Pane).head(f"record {table.cursor}" if table.rows else _("record"))
        self.query_one("#answer-pane", Pane).head(_("answer"))
        self.query_one("#answer", Lines).show(answer_lines(found, self._names()))

    @on(Table.Moved, "#traffic")
    def _another_telegram(self, message: Table.Moved) -> None:
        passing = self._under_cursor()
        if passing is not None and passing.traffic.octets:
            self.show_octets(passing.traffic.octets)
        moved_away = message.row is not None and message.row.key not in self._lasts
        if self.live and moved_away and message.table.has_focus:
            self.live = False
            self.draw_traffic()

    @on(Table.Moved, "#records")
    def _another_record(self) -> None:
        self.draw_telegram()

    def action_pause(self) -> None:
        """Stand still, or follow again; what passes meanwhile is kept."""
        self.live = not self.live
        self.draw_traffic()

    def action_failures(self) -> None:
        """Silence and noise alone, or all."""
        self.only_failures = not self.only_failures
        self.live = True
        self.draw_traffic()

    def action_line(self) -> None:
        """The next line alone, then all again."""
        names = ["", *(one.name for one in self._lines)]
        self.only_line = names[(names.index(self.only_line) + 1) % len(names)] if self.only_line in names else ""
        self.live = True
        self.draw_traffic()

    def action_meter(self) -> None:
        """To the meter that sent it."""
        header = self.found.telegram.header if self.found and self.found.telegram else None
        if header is not None:
            self.dashboard.go(f"meters/{header.identification}")

    def action_copy(self) -> None:
        """The octets, into the clipboard of the terminal."""
        if self.found is not None:
            self.dashboard.copy_to_clipboard(self.found.octets.hex(" ").upper())
            self.dashboard.say(_("{} octets copied.").format(len(self.found.octets)))

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
        self.show_octets(octets)
        self.query_one("#records", Table).focus()

    def _arrange(self) -> None:
        if not self.query("#records"):
            return  # not composed yet
        compact = self._compact = self.dashboard.compact
        self.query_one("#traffic", Table).set_columns(COMPACT if compact else COLUMNS)
        self.query_one("#records", Table).set_columns(COMPACT_COLUMNS if compact else RECORD_COLUMNS)
        live, self.live = self.live, True
        self.draw_traffic()
        self.live = live
        self.draw_telegram()

    def _passing(self) -> list[Passing]:
        return [
            one
            for one in self.ring.rows
            if (one.failed or not self.only_failures) and self.only_line in ("", one.traffic.segment)
        ]

    def _under_cursor(self) -> Passing | None:
        row = self.query_one("#traffic", Table).row
        return next((one for one in reversed(self.ring.rows) if row and str(one.number) == row.key), None)

    def _names(self) -> dict[str, str]:
        meters = (glance.meter for glance in self.dashboard.feed.glances.values())
        return {m.secondary_address.identification: m.label for m in meters if m.secondary_address}

    def _traffic_note(self) -> Line:
        kept = f"{len(self.ring.rows)} " + _("kept")
        filters = [self.only_line, _("only failures") if self.only_failures else ""]
        words = "  " + " · ".join([*filter(None, filters), kept])
        if self.live:
            return line((OK.symbol, "ok"), (_(" live"), "ok"), (words, "grey"))
        newer = self.ring.seen - self._shown_at
        return line((_("paused, {} newer").format(newer), "flag"), (words, "grey"))


def head_line(lines: Sequence[LineNow], *, compact: bool) -> Line:
    """Each line with its state and how well it goes."""
    if not lines:
        return line((_(" No line yet: segment add main URL"), "grey"))
    parts = [_one_line(one, compact=compact) for one in lines]
    counted = [one.counters for one in lines]
    requests = sum(c.requests for c in counted)
    facts = [
        (_("retried"), share(sum(c.repeats for c in counted), requests)),
        (_("no answer"), share(sum(c.silences for c in counted), requests)),
        (_("collisions"), str(sum(c.collisions for c in counted))),
        (_("bad sums"), str(sum(c.garbled for c in counted))),
    ]
    shown = facts[:3] if compact else facts
    return (Piece(" "), *joined([*parts, *(line((name, "grey"), f" {value}") for name, value in shown)]))


def _one_line(one: LineNow, *, compact: bool) -> Line:
    mark = (
        SILENT if one.state in BAD else FLAG if one.state in RESTING else PASSIVE if one.state is BusState.OFF else OK
    )
    name = (marked(mark), Piece(f" {one.name}", "strong"))
    state = Piece(f" {one.state}", "" if mark is OK else mark.word)
    if compact:
        return (*name, state)
    why = f": {one.sentence}" if one.sentence else ""
    return (*name, Piece(f" {one.kind} {one.baud_rate} Bd ", "grey"), state, Piece(why, mark.word))
