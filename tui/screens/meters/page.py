"""Find a meter, see its state, act on many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from appliance.errors import RefusedError
from appliance.events import MetersChanged, ReadingMissed, ReadingStored, SettingsChanged
from appliance.meters.meter import Meter
from appliance.meters.selection import medium_of
from appliance.operations.glances import Glance
from appliance.operations.meter_view import meter_view
from appliance.operations.readings import key_of
from tui.draw import Line, line, spread
from tui.forms import step
from tui.messages import Changes
from tui.screens.choose import Choice, Tick
from tui.screens.meter.page import MeterPage
from tui.screens.meters.columns import ALWAYS, COLUMNS, ORDERS
from tui.screens.meters.orders import Orders, selection
from tui.screens.meters.preview import Preview
from tui.screens.meters.rows import View, counts, row_of
from tui.screens.page import Page
from tui.text import _
from tui.widgets.lines import OneLine
from tui.widgets.table import Table

PREVIEW_FROM: Final = 120  # columns
STATES: Final = ("", "silent", "flag", "never", "ok", "grey")
NO_METERS: Final = _("No meters yet. a adds one.")
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
    purpose = _("Every meter with its state and its main value: find one, or act on many.")
    stale_by = (ReadingStored, ReadingMissed, MetersChanged, SettingsChanged)
    levels: ClassVar[dict[str, int]] = {"read": 2, "read_all": 2, "bulk": 2, "add": 2, "export": 2, "delete": 3}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", _("mark"), id="meters-mark"),
        Binding("r", "read", _("read now"), id="meters-read"),
        Binding("R", "read_all", _("read all"), id="meters-read-all"),
        Binding("a", "add", _("add"), id="meters-add"),
        Binding("x", "bulk", _("bulk"), id="meters-bulk"),
        Binding("o", "order", _("sort"), id="meters-order"),
        Binding("c", "columns", _("columns"), id="meters-columns"),
        Binding("e", "export", _("export"), id="meters-export"),
        Binding("slash", "find", _("find"), id="meters-find"),
        Binding("D", "delete", _("delete"), id="meters-delete"),
        Binding("v", "preview", _("preview"), id="meters-preview"),
        Binding("m", "medium", _("medium"), show=False, id="meters-medium"),
        Binding("s", "state", _("state"), show=False, id="meters-state"),
        Binding("p", "passive", _("passive shown or not"), show=False, id="meters-passive"),
        Binding("asterisk", "mark_all", _("mark all"), show=False, id="meters-mark-all"),
        Binding("u", "mark_none", _("mark none"), show=False, id="meters-mark-none"),
        Binding("escape", "leave_find", show=False, id="meters-leave-find"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view = View()
        self._wants_preview = True
        self._orders = Orders(self, lambda: self.table.mark(frozenset()))

    def body(self) -> ComposeResult:
        """Filter, list with preview, what is shown."""
        yield OneLine(id="filter")
        yield Input(placeholder=_("name, address, place, maker, comment; esc clears"), compact=True, id="find")
        with Horizontal(id="list"):
            yield Table(empty=NO_METERS)
            yield Preview(id="preview")
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
            self._order_by(message.column.name)

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

    def action_add(self) -> None:
        """One by hand."""
        self._orders.add()

    def action_bulk(self) -> None:
        """Choose what is done with those marked, or with the one under the cursor."""
        chosen = self._chosen()
        if chosen:
            self._orders.bulk(chosen)

    def action_export(self) -> None:
        """Those marked, else all that are shown, into a file that can be installed again."""
        marked = self.table.marked
        keys = [row.key for row in self.table.rows if not marked or row.key in marked]
        if keys:
            self.order("meter export", meters=",".join(f"id={key}" for key in keys), columns="full")

    def action_delete(self) -> None:
        """Wants the name typed."""
        chosen = self._chosen()
        if chosen:
            self._orders.delete(chosen)

    def action_order(self) -> None:
        """By the next column that is shown and can order."""
        names = [column.name for column in self._view.columns if column.name in ORDERS]
        self._order_by(step(names, self._view.order))

    def action_columns(self) -> None:
        """Choose what is shown of each meter."""
        choices = [Choice(name, one.title.strip()) for name, one in COLUMNS.items() if name not in ALWAYS]
        shown = [column.name for column in self._view.columns]
        self.app.push_screen(Tick(_("Columns"), choices, shown), self._choose_columns)

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

    def _order_by(self, name: str) -> None:
        self._view.order_by(name)
        self._arrange()
        self._show()

    def _choose_columns(self, names: str | None) -> None:
        if names is not None:
            self._view.names = tuple(filter(None, names.split(",")))
            self._arrange()

    def _chosen(self) -> list[Meter]:
        """Those marked, else the one under the cursor."""
        keys = [row.key for row in self.table.rows if row.key in self.table.marked]
        under_cursor = [self.table.row.key] if self.table.row else []
        glances = self.dashboard.feed.glances
        return [glances[int(key)].meter for key in keys or under_cursor if int(key) in glances]

    def _all(self) -> Iterable[Glance]:
        return self.dashboard.feed.glances.values()

    def _arrange(self) -> None:
        if self._view.fit(compact=self.dashboard.compact):
            here = self.table.row
            self.table.show(())
            self.table.set_columns(self._view.columns)
            self._show()
            self.table.move_to(here.key if here else "")
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
            return NO_METERS
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
        word = COLUMNS[self._view.order].title.strip() or _("state, then name")
        order = _("sorted by {}").format(word) + (_(", the other way round") if self._view.reverse else "")
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
        day = self.dashboard.feed.days.get(view.glance.meter.id)
        self.query_one(Preview).show(view, day, self.dashboard.now())


def _names_of(one: Glance) -> tuple[str, str, str]:
    """What an address may call a meter."""
    return str(one.meter.id), key_of(one.meter), one.meter.name
