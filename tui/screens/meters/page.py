"""Find a meter, see its state, act on many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input

from appliance.errors import RefusedError
from appliance.events import MetersChanged, ReadingMissed, ReadingStored, SettingsChanged
from appliance.meters.selection import medium_of
from appliance.operations.glances import Glance
from appliance.operations.meter_view import MeterView, meter_view
from appliance.operations.readings import key_of
from tui.draw import EMPTY, Line, line, spread
from tui.messages import Changes
from tui.screens.meter.lines import access
from tui.screens.meter.page import MeterPage
from tui.screens.meters import preview
from tui.screens.meters.rows import ORDERS, SMALL, WIDE, View, counts, row_of
from tui.screens.page import Page
from tui.screens.question import Question
from tui.text import _
from tui.widgets.lines import Lines, OneLine
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table

PREVIEW_FROM: Final = 120  # columns
PREVIEW_WIDTH: Final = 32
STATES: Final = ("", "silent", "flag", "never", "ok", "grey")
PASSIVE_WORDS: Final = {True: _("shown"), False: _("hidden")}
STATE_WORDS: Final = {
    "": _("all"),
    "silent": _("silent"),
    "flag": _("error"),
    "never": _("never read"),
    "ok": _("ok"),
    "grey": _("passive"),
}


class MetersPage(Page):
    """The list."""

    name_of_tab = "meters"
    stale_by = (ReadingStored, ReadingMissed, MetersChanged, SettingsChanged)
    levels: ClassVar[dict[str, int]] = {"read": 2, "read_all": 2, "switch": 2, "delete": 3}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", _("mark"), id="meters-mark"),
        Binding("r", "read", _("read now"), id="meters-read"),
        Binding("R", "read_all", _("read all"), id="meters-read-all"),
        Binding("slash", "find", _("find"), id="meters-find"),
        Binding("o", "order", _("order"), id="meters-order"),
        Binding("x", "switch", _("passive, active"), id="meters-switch"),
        Binding("D", "delete", _("delete"), id="meters-delete"),
        Binding("v", "preview", _("preview"), id="meters-preview"),
        Binding("m", "medium", show=False, id="meters-medium"),
        Binding("s", "state", show=False, id="meters-state"),
        Binding("p", "passive", show=False, id="meters-passive"),
        Binding("asterisk", "mark_all", show=False, id="meters-mark-all"),
        Binding("escape", "leave_find", show=False, id="meters-leave-find"),
        Binding("u", "mark_none", show=False, id="meters-mark-none"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view = View()
        self._wants_preview = True
        self._previewed: MeterView | None = None

    def body(self) -> ComposeResult:
        """Filter, list with preview, what is shown."""
        yield OneLine(id="filter")
        yield Input(placeholder=_("name, address, place, maker, comment; esc clears"), compact=True, id="find")
        with Horizontal(id="list"):
            yield Table(WIDE, empty=_("No meters yet. s searches the bus, meter add adds one."))
            with VerticalScroll(id="preview", can_focus=False):
                yield Pane(Lines(id="preview-values"))
                yield Pane(Lines(id="preview-day"), title=_("24 h"))
                yield Pane(Lines(id="preview-access"), title=_("Access"))
        yield OneLine(id="foot")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def on_mount(self) -> None:
        """Passive meters as the setting says."""
        self._view.passive = self.dashboard.call.parts.settings.dashboard.show_passive
        self.query_one("#find").display = False
        self.table.focus()

    def on_resize(self) -> None:
        """Other columns may fit."""
        super().on_resize()
        self.call_after_refresh(self._arrange)

    def open(self, path: tuple[str, ...]) -> None:
        """A meter by its number, its identification or its name; `find` begins to find."""
        if path[0] == "find":
            self.action_find()
            return
        found = next((one for one in self._all() if path[0] in _names_of(one)), None)
        if found is None:
            self.dashboard.complain(_("There is no meter {}.").format(path[0]))
            return
        tab = path[1] if len(path) > 1 else ""
        top = self.app.screen
        if isinstance(top, MeterPage) and top.number == found.meter.id:
            top.action_tab(tab or "values")
            return
        self.table.move_to(str(found.meter.id))
        beside = [int(row.key) for row in self.table.rows]
        self.app.push_screen(MeterPage(found.meter.id, beside, tab))

    async def load(self) -> None:
        """What is at hand first, then the days."""
        self._arrange()
        self._show()
        await self.dashboard.feed.two_days()
        self._show()
        await self._load_preview()

    def happened(self, changes: Changes) -> None:
        """Only when a meter looks different now."""
        if changes.meters or MetersChanged in changes.kinds:
            self._show()
            super().happened(changes)

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        self.dashboard.go(message.row.to)

    @on(Table.Moved)
    def _moved(self) -> None:
        self._show_foot()
        if self._preview_is_seen():
            self.work(self._load_preview, only="preview")

    @on(Table.HeadClicked)
    def _head(self, message: Table.HeadClicked) -> None:
        if message.column.name in ORDERS:
            self._view.order = message.column.name
            self._show()

    @on(Input.Changed, "#find")
    def _find(self, message: Input.Changed) -> None:
        self._view.find = message.value
        self._show()

    @on(Input.Submitted, "#find")
    def _found(self) -> None:
        self.table.focus()

    async def action_leave_find(self) -> None:
        """First the finding ends."""
        field = self.query_one("#find", Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query_one("#filter").display = True
            self.table.focus()
        else:
            await self.dashboard.action_back()

    def action_find(self) -> None:
        """The list is filtered while one types."""
        self.query_one("#filter").display = False
        field = self.query_one("#find", Input)
        field.display = True
        field.focus()

    def action_mark(self) -> None:
        """Mark or unmark, and go on."""
        row = self.table.row
        if row is not None:
            self.table.mark(self.table.marked ^ {row.key})
            self.table.action_move(1)

    def action_mark_all(self) -> None:
        """All that are shown."""
        self.table.mark(frozenset(row.key for row in self.table.rows))

    def action_mark_none(self) -> None:
        """None."""
        self.table.mark(frozenset())

    def action_read(self) -> None:
        """Those marked, else the one under the cursor."""
        chosen = self._chosen()
        if chosen:
            self.order("meter read", meters=selection(chosen))

    def action_read_all(self) -> None:
        """A round now."""
        self.order("readout now")

    def action_switch(self) -> None:
        """Those marked, else the one under the cursor: active ones become passive, passive ones active."""
        chosen = self._chosen()
        glances = self.dashboard.feed.glances
        active = [row for row in chosen if glances[int(row.key)].meter.active]
        if chosen:
            self.order("meter deactivate" if active else "meter activate", meters=selection(active or chosen))

    def action_delete(self) -> None:
        """Asks first."""
        chosen = self._chosen()
        if not chosen:
            return
        names = ", ".join(self.dashboard.feed.glances[int(row.key)].meter.label for row in chosen[:3])
        more = _(" and {} more").format(len(chosen) - 3) if len(chosen) > 3 else ""
        question = Question(_("Delete {}{}?").format(names, more), _("Their values are deleted by retention."))
        self.app.push_screen(question, lambda yes: self._delete(chosen) if yes else None)

    def action_order(self) -> None:
        """The next order."""
        orders = list(ORDERS)
        self._view.order = orders[(orders.index(self._view.order) + 1) % len(orders)]
        self._show()

    def action_medium(self) -> None:
        """The next medium."""
        media = ["", *sorted({medium_of(one.meter) for one in self._all()} - {""})]
        now = self._view.medium
        self._view.medium = media[(media.index(now) + 1) % len(media)] if now in media else ""
        self._show()

    def action_state(self) -> None:
        """The next state."""
        self._view.state = STATES[(STATES.index(self._view.state) + 1) % len(STATES)]
        self._show()

    def action_passive(self) -> None:
        """Show passive meters or not."""
        self._view.passive = not self._view.passive
        self._show()

    def action_preview(self) -> None:
        """Show the meter under the cursor beside the list, or not."""
        self._wants_preview = not self._wants_preview
        self._arrange()
        self._moved()

    def under_cursor(self) -> str:
        """The address."""
        row = self.table.row
        one = self.dashboard.feed.glances.get(int(row.key)) if row else None
        return str(one.meter.secondary_address or one.meter.primary_address) if one else ""

    def _delete(self, chosen: list[Row]) -> None:
        self.order("meter delete", confirmed=True, meters=selection(chosen))
        self.table.mark(frozenset())

    def _chosen(self) -> list[Row]:
        marked = [row for row in self.table.rows if row.key in self.table.marked]
        return marked or ([self.table.row] if self.table.row else [])

    def _all(self) -> Iterable[Glance]:
        return self.dashboard.feed.glances.values()

    def _arrange(self) -> None:
        columns: tuple[Column, ...] = SMALL if self.dashboard.compact else WIDE
        if columns != self._view.columns:
            self._view.columns = columns
            self.table.show(())
            self.table.set_columns(columns)
            self._show()
        self.query_one("#preview").display = self._preview_is_seen()

    def _show(self) -> None:
        now, zone, days = self.dashboard.now(), self.dashboard.call.zone, self.dashboard.feed.days
        chosen = self._view.chosen(self._all())
        rows = [row_of(one, days.get(one.meter.id), now, zone, self._view.columns) for one in chosen]
        self.table.empty(self._nothing())
        self.table.show(rows)
        self._show_filter(len(rows))
        self._show_foot()

    def _nothing(self) -> str:
        total = len(self.dashboard.feed.glances)
        if not total:
            return _("No meters yet. s searches the bus, meter add adds one.")
        what = self._view.find or self._view.medium or STATE_WORDS[self._view.state]
        return _("None of {} matches '{}'. esc clears.").format(total, what)

    def _show_filter(self, shown: int) -> None:
        view, glances = self._view, self.dashboard.feed.glances
        left = line(
            *((" /", "strong accent"), (_(" find  "), "grey")),
            *(("[m]", "strong accent"), (_("edium "), "grey"), (view.medium or _("all"), "strong"), "  "),
            *(("[s]", "strong accent"), (_("tate "), "grey"), (STATE_WORDS[view.state], "strong"), "  "),
            *(("[p]", "strong accent"), (_("assive "), "grey"), (PASSIVE_WORDS[view.passive], "strong")),
        )
        end = (*line(_("{} of {}  ").format(shown, len(glances))), *counts(glances))
        self.query_one("#filter", OneLine).make(lambda cells: spread(left, end, cells))

    def _show_foot(self) -> None:
        seen, total = self.table.seen, len(self.table.rows)
        marked = _("    {} marked").format(len(self.table.marked)) if self.table.marked else ""
        order = _("by {}").format(self._view.order if self._view.order != "state" else _("state, then name"))
        rows = _(" rows {}–{} of {}").format(seen.start + 1, seen.stop, total) if total else ""
        text: Line = line((f"{rows}    {order}{marked}", "grey"))
        self.query_one("#foot", OneLine).make(lambda cells: text)

    def _preview_is_seen(self) -> bool:
        return self._wants_preview and self.size.width >= PREVIEW_FROM and not self.dashboard.compact

    async def _load_preview(self) -> None:
        row = self.table.row
        if row is None or not self._preview_is_seen():
            return
        try:
            view = await self.ask(meter_view, int(row.key))
        except RefusedError:  # it was deleted meanwhile: the list will say so
            return
        self._show_preview(view)

    def _show_preview(self, view: MeterView) -> None:
        now, zone = self.dashboard.now(), self.dashboard.call.zone
        day = self.dashboard.feed.days.get(view.glance.meter.id)
        width = PREVIEW_WIDTH
        pane = self.query_one("#preview-values", Lines)
        pane.show(preview.values(view, now, zone, width))
        heads = list(self.query("#preview Pane").results(Pane))
        heads[0].head(view.glance.meter.label)
        heads[1].head(preview.day_title(view))
        self.query_one("#preview-day", Lines).show(preview.day_bars(view, day, zone, width) or [EMPTY])
        self.query_one("#preview-access", Lines).show(access(view, width))


def selection(rows: list[Row]) -> str:
    """The meters of some rows, as operations take them."""
    return ",".join(f"id={row.key}" for row in rows)


def _names_of(one: Glance) -> tuple[str, str, str]:
    """What an address may call a meter."""
    return str(one.meter.id), key_of(one.meter), one.meter.name
