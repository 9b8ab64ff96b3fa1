"""What lies on the appliance."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult

from appliance.operations.files_view import File, files
from tui.draw import line
from tui.screens.page import Page
from tui.shown import when
from tui.text import _
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table

COLUMNS: Final = (
    Column("changed", 14, _("date")),
    Column("kind", 6, _("type")),
    Column("size", 9, _("size"), right=True),
    Column("name", 20, _("name"), most=200),
)
STEPS: Final = (("MB", 1_000_000), ("kB", 1000))


class FilesPage(Page):
    """The file repository, newest first."""

    name_of_tab = "files"
    purpose = _("What lies on the appliance: recordings, exports, logs.")

    def body(self) -> ComposeResult:
        empty = _("No files yet. bus record FILE writes the traffic of a line into one.")
        yield Pane(Table(COLUMNS, empty=empty, id="files"), id="files-pane", classes="rest")

    def on_mount(self) -> None:
        """The list has the focus."""
        self.query_one("#files-pane", Pane).styles.height = "1fr"
        self.query_one(Table).focus()

    async def load(self) -> None:
        """As they are now."""
        found = await self.ask(files)
        self.query_one(Table).show([self._row(file) for file in found])
        total = size(sum(file.size for file in found))
        self.query_one("#files-pane", Pane).head(_("Files"), _("{} files · {}").format(len(found), total))

    def _row(self, file: File) -> Row:
        at = when(file.changed, self.dashboard.now(), self.dashboard.call.zone)
        kind = file.name.rpartition(".")[2] if "." in file.name else ""
        cells = (line((at, "grey")), line((kind, "grey")), line(size(file.size)), line(file.name))
        return Row(file.name, cells)


def size(octets: int) -> str:
    """`41 kB`."""
    for unit, step in STEPS:
        if octets >= step:
            return f"{octets // step}.{octets % step * 10 // step} {unit}"
    return f"{octets} B"
