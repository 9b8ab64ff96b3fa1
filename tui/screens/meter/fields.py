"""The settings of one meter, as a form."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from appliance.errors import RefusedError
from appliance.operations.meter_form import meter_fields
from appliance.operations.meter_view import MeterView
from tui.form_lines import about, count_of, unsaved
from tui.forms import Draft, label_of
from tui.screens.form import Form, give
from tui.screens.meter.tab import Tab
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Table


class FieldsTab(Tab):
    """Name, place, address, cycle ...: typed, and saved with ctrl+s in one step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", _("save"), id="fields.save"),
        Binding("u", "undo", _("undo"), id="fields.undo"),
        Binding("D", "default", _("default"), id="fields.default"),
    ]

    def __init__(self, number: int) -> None:
        super().__init__(id="settings")
        self.draft = Draft(f"meter set id={number}")

    def compose(self) -> ComposeResult:
        """Fields, the one under the cursor, what is not saved."""
        yield Pane(Form(self.draft, id="meter-fields"), id="meter-fields-pane")
        yield Pane(Lines(id="meter-field"), id="meter-field-pane")
        yield Pane(Lines(id="meter-unsaved"), id="meter-unsaved-pane")

    def show(self, view: MeterView) -> None:
        """Whose they are."""
        self.query_one("#meter-fields-pane", Pane).head(view.glance.meter.label, _("level {}").format(2))

    async def load(self) -> None:
        """As they are now."""
        page = self.meter_page
        try:
            lines = await page.ask(meter_fields, page.number)
        except RefusedError:  # it was deleted meanwhile
            return
        self.draft.order = f"meter set id={page.number}"
        self.draft.load(lines)
        self.query_one(Form).show_lines(lines)
        self._draw_below()

    @property
    def is_typing(self) -> bool:
        """Whether keys are text now."""
        return bool(self.query_one(Form).editing)

    def forget(self) -> None:
        """Another meter comes."""
        self.draft.clear()

    def action_save(self) -> None:
        """All that was typed, or nothing where one is wrong."""
        if self.draft.wrong:
            self.query_one(Form).move_to(self.draft.wrong[0])
            self.dashboard.complain(_("Nothing was saved: {} is wrong.").format(self.draft.wrong[0]))
        elif self.draft.typed:
            self.meter_page.work(self._save)
        else:
            self.dashboard.say(_("Nothing to save."))

    def action_undo(self) -> None:
        """The field under the cursor as it is in force."""
        self.query_one(Form).action_undo()

    def action_default(self) -> None:
        """The field under the cursor as delivered."""
        self.query_one(Form).action_default()

    def copied(self) -> str:
        """The console line of the field under the cursor."""
        one = self.query_one(Form).line
        return self.draft.console_line(one.name) if one else ""

    @on(Table.Moved, "Form")
    @on(Form.Changed)
    def _draw_below(self) -> None:
        one, call = self.query_one(Form).line, self.dashboard.call
        self.query_one("#meter-field-pane", Pane).head(label_of(one.name) if one else "")
        lines = about(one, self.draft, self.dashboard.now(), call.zone, self.cells) if one else []
        self.query_one("#meter-field", Lines).show(lines)
        self.query_one("#meter-unsaved-pane", Pane).head(_("Not saved yet"), count_of(self.draft))
        self.query_one("#meter-unsaved", Lines).show(unsaved(self.draft, compact=self.dashboard.compact))

    async def _save(self) -> None:
        refused = await give(self.meter_page, self.draft)
        if refused:
            self.query_one(Form).move_to(refused)
        await self.load()
        self.meter_page.reload()
