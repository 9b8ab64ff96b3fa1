"""What still stands, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from appliance.log import Severity
from appliance.operations.line import quote
from appliance.operations.log_view import Said, log_view
from appliance.operations.times import ago
from appliance.operations.to_do import ToDo
from tui.draw import EMPTY, Line, Piece, filtering, joined, line, marked, pressing, spread, wrapped
from tui.forms import step
from tui.screens.ask import Ask
from tui.screens.page import Page
from tui.shown import when
from tui.text import _, plural
from tui.widgets.lines import Lines, OneLine
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table
from tui.words import FLAG, NEVER, OK, PLAIN, SILENT, Mark

MARKS: Final = {Severity.ERROR: SILENT, Severity.WARNING: FLAG, Severity.INFO: PLAIN, Severity.DEBUG: PLAIN}
STANDING: Final = {"silent": SILENT, "flag": FLAG, "never": NEVER}
STEPS: Final = (Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.DEBUG)
SINCE: Final = {
    "month": (_("31 days"), timedelta(days=31)),
    "day": (_("24 h"), timedelta(days=1)),
    "week": (_("7 days"), timedelta(days=7)),
}
OPEN_COLUMNS: Final = (
    Column("mark", 1, gap=1),
    Column("what", 20, most=48),
    Column("state", 13, most=44),
    Column("came", 17),
    Column("for", 7, right=True),
    Column("seen", 10, most=24),
)
LOG_COLUMNS: Final = (
    Column("mark", 1, "", gap=1),
    Column("time", 12, _("time")),
    Column("source", 13, _("source"), most=20),
    Column("message", 38, _("message"), most=300),
    Column("times", 5, ""),
)


class LogPage(Page):
    """Open causes above, the log below, newest first."""

    name_of_tab = "log"
    purpose = _("What came and did not go, and everything that was noted, newest first.")
    CSS_PATH = "log.tcss"
    period = 2.0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", _("pause"), id="log.pause"),
        Binding("s", "severity", _("severity"), id="log.severity"),
        Binding("o", "origin", _("origin"), id="log.origin"),
        Binding("slash", "find", _("find"), key_display="/", id="log.find"),
        Binding("f", "since", _("from"), id="log.since"),
        Binding("a", "seen", _("seen"), id="log.seen"),
        Binding("e", "export", _("export CSV"), id="log.export"),
        Binding("n", "note", _("note"), id="log.note"),
        Binding("Y", "copy", _("copy"), show=False, id="log.copy"),
    ]
    levels: ClassVar[dict[str, int]] = {"note": 2, "seen": 2}

    def __init__(self) -> None:
        super().__init__()
        self.severity = Severity.INFO
        self.source = ""
        self.text = ""
        self.since = next(iter(SINCE))
        self.live = True
        self.said: Sequence[Said] = ()
        self.standing: Sequence[ToDo] = ()

    def body(self) -> ComposeResult:
        yield OneLine(id="filter")
        yield Pane(Table(OPEN_COLUMNS, head=False, empty=_("Nothing."), id="open"), title=_("Open now"), id="open-pane")
        yield Pane(Table(LOG_COLUMNS, id="log", shows_cursor=True), title=_("Log"), id="log-pane")
        yield Pane(Lines(EMPTY, EMPTY, id="entry"), id="entry-pane")

    def on_mount(self) -> None:
        """The log has the focus."""
        self.query_one("#log", Table).focus()

    async def load(self) -> None:
        """The newest entries that the filter lets through."""
        since = SINCE[self.since][1]
        view = await self.ask(log_view, severity=self.severity, source=self.source, text=self.text, since=since)
        self.said, self.standing = view.said, view.standing
        self.query_one("#open", Table).show([self._standing(number, one) for number, one in enumerate(view.standing)])
        pane = self.query_one("#open-pane", Pane)
        pane.head(_("Open now"), _("{} came, not gone").format(len(view.standing)))
        pane.styles.height = 1 + max(1, min(len(view.standing), 5 if self.dashboard.compact else 7))
        log = self.query_one("#log", Table)
        log.empty(_("Nothing of this kind in the last 31 days."))
        log.show([self._said(one) for one in self.said])
        self.query_one("#log-pane", Pane).head(_("Log"), _("newest first"))
        self.draw_filter()
        self.draw_entry()

    def open(self, path: tuple[str, ...]) -> None:
        """`log/service.bus`: what this source said."""
        self.source = path[0]
        self.reload()

    def draw_filter(self) -> None:
        """What is let through, and whether new lines come in."""
        word = self.severity.name.lower()
        find = line(("/ ", "strong accent"), (self.text or _("find"), "" if self.text else "grey"))
        filters = (
            pressing("slash", find),
            filtering("s", _("everity "), word),
            filtering("f", _("rom "), SINCE[self.since][0]),
            filtering("o", _("rigin "), self.source or _("all")),
        )
        left = (Piece(" "), *joined(filters, gap="   "))
        state = (marked(OK), Piece(_(" live"), "ok")) if self.live else (Piece(_("paused"), "flag"),)
        lines = sum(one.times for one in self.said)
        end = (*state, Piece(plural("  {} line ", "  {} lines ", lines).format(lines), "grey"))
        self.query_one("#filter", OneLine).make(lambda cells: spread(left, end, cells))

    def draw_entry(self) -> None:
        """The entry under the cursor in full."""
        one = self._under_cursor()
        pane = self.query_one("#entry-pane", Pane)
        pane.display = one is not None
        if one is None:
            return
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        pane.head(f"{one.entry.source}, {when(one.entry.created, now, zone, seconds=True)}")
        cells = max(20, self.size.width - 2)
        first = when(one.first, now, zone, seconds=True)
        seen = _("seen {} times since {}").format(one.times, first) if one.times > 1 else ""
        self.query_one("#entry", Lines).show(
            [*(line(" ", words) for words in wrapped(one.entry.message, cells, 2)), line((f" {seen}", "grey"))]
        )

    @on(Table.Moved, "#log")
    def _another_entry(self, message: Table.Moved) -> None:
        self.draw_entry()
        if message.table.has_focus and message.table.cursor > 0 and self.live:
            self.live = False
            self.draw_filter()

    @on(Table.Opened)
    def _opened(self, message: Table.Opened) -> None:
        if message.row.to:
            self.dashboard.go(message.row.to)

    def action_pause(self) -> None:
        """Stand still, or go on from the newest."""
        self.live = not self.live
        if self.live:
            self.query_one("#log", Table).action_first()
        self.reload()

    def action_severity(self) -> None:
        """The next least severity."""
        self.severity = STEPS[(STEPS.index(self.severity) + 1) % len(STEPS)]
        self.reload()

    def action_origin(self) -> None:
        """Only what the source under the cursor said, or all."""
        one = self._under_cursor()
        self.source = "" if self.source or one is None else one.entry.source
        self.reload()

    def action_since(self) -> None:
        """The next longer time, then the shortest again."""
        self.since = step(tuple(SINCE), self.since)
        self.reload()

    def action_seen(self) -> None:
        """The event under the cursor was seen, or all of them."""
        table = self.query_one("#open", Table)
        number = table.cursor
        chosen = self.standing[number : number + 1] if table.has_focus else self.standing
        if chosen:
            words = " ".join(quote(one.what) for one in chosen)
            self.dashboard.commander.order(f"event acknowledge {words}", self.reload)
        else:
            self.dashboard.say(_("Nothing is open."))

    def action_export(self) -> None:
        """What the filter shows, into a file of the repository."""
        hours = int(SINCE[self.since][1].total_seconds()) // 3600
        severity = self.severity.name.lower()
        self.order("log export", since=f"{hours}h", severity=severity, source=self.source, text=self.text)

    def action_find(self) -> None:
        """Only what has these words."""
        self.app.push_screen(Ask(_("Find in the log"), self.text), self._find)

    def action_note(self) -> None:
        """A line of one's own."""
        self.app.push_screen(Ask(_("Write into the log")), self._note)

    def action_copy(self) -> None:
        """The entry under the cursor, into the clipboard of the terminal."""
        one = self._under_cursor()
        if one is not None:
            self.dashboard.copy_to_clipboard(f"{one.entry.created.isoformat()} {one.entry.source} {one.entry.message}")

    def _find(self, text: str | None) -> None:
        self.text = text or ""
        self.reload()

    def _note(self, text: str | None) -> None:
        if text:
            self.order("log note", text=text)
            self.reload()

    def look(self) -> None:
        if self.live and self.is_current:
            self.reload()

    def _under_cursor(self) -> Said | None:
        row = self.query_one("#log", Table).row
        return next((one for one in self.said if row and _key(one) == row.key), None)

    def _standing(self, number: int, one: ToDo) -> Row:
        mark = STANDING.get(one.word, FLAG)
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        came = line((_("came "), "grey"), when(one.since, now, zone, seconds=True)) if one.since else EMPTY
        lasts = line((ago(one.since, now), "grey")) if one.since else EMPTY
        seen = line((_("seen: {}").format(one.seen), "grey")) if one.seen else EMPTY
        name = "grey" if one.seen else "strong"
        cells = ((marked(mark),), line((one.what, name)), line((one.state, mark.word)), came, lasts, seen)
        return Row(f"{number} {one.what}", cells, to=one.to)

    def _said(self, one: Said) -> Row:
        mark = _mark(one)
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        colour = mark.word if mark in (SILENT, FLAG) else ""
        cells: tuple[Line, ...] = (
            (marked(mark),),
            line((when(one.entry.created, now, zone, seconds=True), "grey")),
            line(one.entry.source),
            line((one.entry.message, colour)),
            line((f"× {one.times}" if one.times > 1 else "", "grey")),
        )
        return Row(_key(one), cells)


def _mark(one: Said) -> Mark:
    return MARKS[one.entry.severity]


def _key(one: Said) -> str:
    return f"{one.first.isoformat()} {one.entry.source} {one.entry.message}"
