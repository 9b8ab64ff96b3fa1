"""What is sent where, and whether it arrived."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.draw import EMPTY, line
from tui.screens.page import Page
from tui.text import _
from tui.widgets.lines import Lines


class ReportsPage(Page):
    """Nothing is sent by this version: where the values are meanwhile."""

    name_of_tab = "reports"
    purpose = _("What is sent where, and whether it arrived.")

    def body(self) -> ComposeResult:
        yield Lines(
            EMPTY,
            line((_(" This appliance sends no reports."), "strong")),
            EMPTY,
            line((_(" The values are here, each with its exact digits:"), "grey")),
            line("   2 ", (_("Meters, then a meter: its readings of any date"), "grey")),
            line("   : ", ("meter readings METER since=30d", "accent"), (_("  the same as a table"), "grey")),
            line("   : ", ("meter values METER at=2026-11-21", "accent"), (_("  as of a date"), "grey")),
            id="reports",
        )
