"""Find a meter, see its state, act on many."""

from __future__ import annotations

import functools
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
from appliance.operations.glances import Glance
from appliance.operations.kept_views import keep_view, kept_view
from appliance.operations.meter_view import meter_view
from appliance.operations.readings import key_of
from tui.messages import Changes
from tui.screens.choose import Choice, Tick
from tui.screens.meter.page import MeterPage
from tui.screens.meters.columns import ALWAYS, COLUMNS, ORDERS
from tui.screens.meters.lines import NO_METERS, filter_line, foot_line, nothing
from tui.screens.meters.orders import Orders
from tui.screens.meters.preview import Preview
from tui.screens.meters.rows import row_of
from tui.screens.meters.table import MeterTable
from tui.screens.meters.view import View
from tui.screens.page import Page
from tui.text import _
from tui.widgets.find import FindField
from tui.widgets.lines import OneLine
from tui.widgets.table import Table

PREVIEW_FROM: Final = 120  # columns


class MetersPage(Page):
    """The list."""

    name_of_tab = "meters"
    purpose = _("Every meter with its state and its main value: find one, or act on many.")
    stale_by = (ReadingStored, ReadingMissed, MetersChanged, SettingsChanged)
    levels: ClassVar[dict[str, int]] = {"read": 2, "read_all": 2, "bulk": 2, "add": 2, "export": 2, "delete": 3}
    BINDINGS: ClassVar[list[BindingType]] = [
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
        Binding("escape", "leave_find", show=False, id="meters-leave-find"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view = View()
        self._wants_preview = True
        self._begun = False  # with what this person's last session kept
        self._orders = Orders(self, lambda: self.table.mark(frozenset()))

    def body(self) -> ComposeResult:
        """Filter, list with preview, what is shown."""
        yield OneLine(id="filter")
        yield FindField(placeholder=_("name, address, place, maker, comment; esc clears"), compact=True, id="find")
        with Horizontal(id="list"):
            yield MeterTable(empty=NO_METERS)
            yield Preview(id="preview")
        yield OneLine(id="foot")

    @property
    def table(self) -> MeterTable:
        """The list."""
        return self.query_one(MeterTable)

    def on_mount(self) -> None:
        """Passive meters as the setting says."""
        self._view.passive = self.dashboard.call.parts.settings.dashboard.show_passive
        self.query_one("#find").display = False
        self.table.focus()

    def on_resize(self) -> None:
        """Other columns may fit."""
        self.call_after_refresh(self._arrange)

    def open(self, path: tuple[str, ...]) -> None:
        """A meter by its number, its identification or its name; those in a state; `find` begins to find."""
        if path[0] == "find":
            self.action_find()
            return
        if path[0] == "state":
            while not self.is_current:
                self.app.pop_screen()
            self._view.only(path[-1])
            self._show()
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
        if not self._begun:
            self._begun = True
            self._view.begin_with(await self.ask(kept_view, self.name_of_tab))
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
            self._view.order_by(message.column.name)
            self._rearranged()

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

    def action_read(self) -> None:
        """Those marked, else the one under the cursor."""
        self._orders.read(self._chosen())

    def action_read_all(self) -> None:
        """A round now."""
        self.order("readout now")

    def action_add(self) -> None:
        """One by hand."""
        self._orders.add()

    def action_bulk(self) -> None:
        """Choose what is done with those marked, or with the one under the cursor."""
        self._orders.bulk(self._chosen())

    def action_export(self) -> None:
        """Those marked, else all that are shown, into a file that can be installed again."""
        self._orders.export(self.table.marked_or_all)

    def action_delete(self) -> None:
        """Wants the name typed."""
        self._orders.delete(self._chosen())

    def action_order(self) -> None:
        """By the next column that is shown and can order."""
        self._view.order_by_next()
        self._rearranged()

    def action_columns(self) -> None:
        """Choose what is shown of each meter."""
        choices = [Choice(name, one.title.strip()) for name, one in COLUMNS.items() if name not in ALWAYS]
        shown = [column.name for column in self._view.columns]
        self.app.push_screen(Tick(_("Columns"), choices, shown), self._choose_columns)

    def action_medium(self) -> None:
        """The next medium."""
        self._view.next_medium(self._all())
        self._show()

    def action_state(self) -> None:
        """The next state."""
        self._view.next_state()
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

    def _choose_columns(self, names: str | None) -> None:
        if names is not None:
            self._view.names = tuple(filter(None, names.split(",")))
            self._rearranged()

    def _rearranged(self) -> None:
        """Show it so, now and in the next session."""
        self._arrange()
        self._show()
        self.work(functools.partial(self._keep, self._view.kept()))

    async def _keep(self, kept: str) -> None:
        await self.ask(keep_view, self.name_of_tab, kept)

    def _chosen(self) -> list[Meter]:
        """Those marked, else the one under the cursor."""
        keys = map(int, self.table.marked_or_here)
        glances = self.dashboard.feed.glances
        return [glances[key].meter for key in keys if key in glances]

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
        self.table.empty(nothing(self._view, len(self.dashboard.feed.glances)))
        self.table.show(rows)
        self._show_filter(len(rows))
        self._show_foot()

    def _show_filter(self, shown: int) -> None:
        view, glances = self._view, self.dashboard.feed.glances
        self.query_one("#filter", OneLine).make(lambda cells: filter_line(view, shown, glances, cells))

    def _show_foot(self) -> None:
        text = foot_line(self._view, self.table)
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
