"""What happened to one meter: readings it missed, and why."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult

from appliance.operations.meter_view import MeterView
from tui.screens.meter.lines import log_lines
from tui.screens.meter.tab import Tab
from tui.text import _
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table

COLUMNS: Final = (Column("line", 60, most=400),)


class LogTab(Tab):
    """Newest first, to scroll through."""

    def __init__(self) -> None:
        super().__init__(id="log")

    def compose(self) -> ComposeResult:
        """One pane."""
        yield Pane(Table(COLUMNS, head=False, margin=0, id="whole-log"), id="log-pane")

    def show(self, view: MeterView) -> None:
        """Spells of missed readings."""
        lines = log_lines(view, self.dashboard.call.zone)
        self.query_one(Table).show([Row(str(number), (one,)) for number, one in enumerate(lines)])
        self.query_one(Pane).head(_("Its log"), _("31 days"))
