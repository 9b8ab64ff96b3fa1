"""A telegram taken apart on the screen: octets above, records below, and the one under the cursor in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical

from appliance.mbus.anatomy import Anatomy, anatomy
from tui.draw import line
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
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.pane import Pane
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.app import Dashboard

ACROSS, ACROSS_COMPACT = 32, 24
NO_RECORDS: Final = _("No records.")
NO_TELEGRAM: Final = _(" None yet. The next answer is taken apart here; o takes octets in hex.")


class TelegramView(Container):
    """The cursor in the records picks their octets."""

    DEFAULT_CSS = "TelegramView { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.found: Anatomy | None = None
        self._compact = False  # the columns the table has now

    @property
    def dashboard(self) -> Dashboard:
        """The session's application."""
        return cast("Dashboard", self.app)

    @property
    def sender(self) -> str:
        """Identification of who sent it; empty where it does not tell."""
        header = self.found.telegram.header if self.found and self.found.telegram else None
        return header.identification if header else ""

    def compose(self) -> ComposeResult:
        """Octets over records, words beside."""
        yield Pane(Lines(line((NO_TELEGRAM, "grey")), id="octets"), title=_("Telegram"), id="telegram-pane")
        with Horizontal(id="taken-apart"):
            yield Pane(
                Table(RECORD_COLUMNS, empty=NO_RECORDS, id="records", shows_cursor=True),
                title=_("Records"),
                id="records-pane",
            )
            with Vertical(id="beside"):
                yield Pane(Lines(id="record"), title=_("record"), id="record-pane")
                yield Pane(Lines(id="answer"), title=_("answer"), id="answer-pane")

    def take_focus(self) -> None:
        """Keys go to the records."""
        self.query_one("#records", Table).focus()

    def fit_into(self, *, compact: bool) -> None:
        """Columns that fit."""
        self._compact = compact
        self.query_one("#records", Table).set_columns(COMPACT_COLUMNS if compact else RECORD_COLUMNS)
        self._draw()

    def show_octets(self, octets: bytes) -> None:
        """Take a telegram apart."""
        self.found = anatomy(octets)
        settings = self.dashboard.call.parts.settings.localization
        rows = record_rows(self.found, settings.units, settings.decimal_separator.sign)
        self.query_one("#records", Table).show(rows)
        self._draw()

    @on(Table.Moved, "#records")
    def _draw(self) -> None:
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
        count = _("{} of {}").format(table.cursor + 1, len(table.rows)) if table.rows else "0"
        self.query_one("#records-pane", Pane).head(_("Records"), count)
        self.query_one("#record", Lines).show(record_lines(found, table.cursor, units, sign) if table.rows else [])
        record = _("record {}").format(table.cursor) if table.rows else _("record")
        self.query_one("#record-pane", Pane).head(record)
        self.query_one("#answer-pane", Pane).head(_("answer"))
        self.query_one("#answer", Lines).show(answer_lines(found, names_of(self.dashboard)))


def names_of(dashboard: Dashboard) -> dict[str, str]:
    """What people call the meters, by identification."""
    meters = (glance.meter for glance in dashboard.feed.glances.values())
    return {meter.secondary_address.identification: meter.label for meter in meters if meter.secondary_address}
