"""The registers of a meter: its records with their place in the telegram, and the value as every exit shows it."""

from __future__ import annotations

from typing import Final

from textual import on
from textual.app import ComposeResult

from appliance.operations.meter_view import MeterView, Value
from tui.draw import Line, line
from tui.screens.meter.tab import Tab
from tui.shown import power_text, unit_text
from tui.text import _
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table

COLUMNS: Final = (
    Column("number", 3, "#", right=True),
    Column("name", 18, _("name"), most=26),
    Column("read", 7, _("read in")),
    Column("power", 6, _("times"), right=True),
    Column("function", 13, _("function")),
    Column("storage", 7, _("storage"), right=True),
    Column("tariff", 6, _("tariff"), right=True),
    Column("subunit", 7, _("subunit"), right=True),
    Column("octets", 14, _("DIF VIF")),
    Column("shows", 17, _("shows"), right=True, gap=1),
    Column("unit", 5),
)
COMPACT: Final = tuple(
    column for column in COLUMNS if column.name not in ("read", "power", "tariff", "subunit", "octets")
)


class RegistersTab(Tab):
    """A table of what the meter's telegrams hold."""

    def __init__(self) -> None:
        super().__init__(id="registers")

    def compose(self) -> ComposeResult:
        """One pane."""
        yield Pane(Table(COLUMNS, empty=_("No reading yet. r reads now."), id="register-table"), id="registers-pane")

    def show(self, view: MeterView) -> None:
        """Those of the newest reading."""
        columns = COMPACT if self.dashboard.compact else COLUMNS
        table = self.query_one(Table)
        table.set_columns(columns)
        table.show([_row(value, columns) for value in view.values])
        self.query_one(Pane).head(_("Registers"), _("{} as the telegram says").format(len(view.values)))

    @on(Table.Opened)
    def _chart(self, message: Table.Opened) -> None:
        self.meter_page.open_chart(int(message.row.key))


def _row(value: Value, columns: tuple[Column, ...]) -> Row:
    record = value.record
    meaning = record.meaning
    cells = {
        "number": line((str(record.index), "grey")),
        "name": line(record.quantity),
        "read": line((unit_text(record.unit or ""), "grey")),
        "power": line((power_text(meaning.exponent) if meaning.exponent and record.unit else "", "grey")),
        "function": line((str(record.function), "grey")),
        "storage": _place(record.storage),
        "tariff": _place(record.tariff),
        "subunit": _place(record.subunit),
        "octets": line((meaning.dif.hex(" ").upper(), "third"), " ", (meaning.vif.hex(" ").upper(), "curve")),
        "shows": line((value.shown.number, "strong")),
        "unit": line((unit_text(value.shown.unit), "grey")),
    }
    return Row(str(record.index), tuple(cells[column.name] for column in columns))


def _place(number: int) -> Line:
    return line(str(number) if number else ("–", "grey"))
