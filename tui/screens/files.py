"""What lies on the appliance."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from appliance.errors import BusmeisterError, RefusedError
from appliance.operations.execute import sentence_of
from appliance.operations.files_view import File, files, first_lines
from appliance.operations.line import quote
from appliance.operations.times import ago
from tui.draw import line
from tui.screens.answered import Answered
from tui.screens.ask import Ask
from tui.screens.page import Page
from tui.shown import when
from tui.text import _, plural
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table

COLUMNS: Final = (
    Column("changed", 14, _("date")),
    Column("kind", 9, _("type")),
    Column("size", 9, _("size"), right=True),
    Column("name", 20, _("name"), most=200),
    Column("age", 6, _("age"), right=True),
)
STEPS: Final = (("MB", 1_000_000), ("kB", 1000))


class FilesPage(Page):
    """The file repository, newest first."""

    name_of_tab = "files"
    purpose = _("What lies on the appliance: recordings, exports, logs.")
    levels: ClassVar[dict[str, int]] = {"delete": 3, "configuration": 3}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "configuration", _("keep the configuration"), id="files.configuration"),
        Binding("D", "delete", _("delete"), id="files.delete"),
        Binding("slash", "find", _("find"), id="files.find"),
        Binding("Y", "copy", _("copy name"), id="files.copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._files: Sequence[File] = ()
        self._wanted = ""

    def body(self) -> ComposeResult:
        yield Pane(Table(COLUMNS, id="files"), id="files-pane", classes="rest")

    def on_mount(self) -> None:
        """The list has the focus."""
        self.query_one("#files-pane", Pane).styles.height = "1fr"
        self.query_one(Table).focus()

    async def load(self) -> None:
        """As they are now."""
        try:
            self._files = await self.ask(files)
        except RefusedError as refusal:
            self.query_one(Table).empty(sentence_of(refusal))
        else:
            self._show()

    @on(Table.Opened)
    def _open(self, message: Table.Opened) -> None:
        self.work(functools.partial(self._preview, message.row.key))

    def action_find(self) -> None:
        """Only those with these words in their name."""
        self.app.push_screen(Ask(_("Find files"), self._wanted), self._found)

    def action_copy(self) -> None:
        """The name, into the clipboard of the terminal."""
        row = self.query_one(Table).row
        if row is not None:
            self.app.copy_to_clipboard(row.key)
            self.dashboard.say(_("Copied."))

    def action_configuration(self) -> None:
        """All settings, into a file."""
        self.dashboard.commander.order("configuration create", self.reload)

    def action_delete(self) -> None:
        """The file under the cursor, once a person has said yes."""
        row = self.query_one(Table).row
        if row is not None:
            self.dashboard.commander.order(f"files delete {quote(row.key)}", self.reload)

    async def _preview(self, name: str) -> None:
        """The first lines of a text."""
        try:
            lines = await self.ask(first_lines, name)
        except BusmeisterError as error:
            self.dashboard.complain(sentence_of(error))
            return
        self.app.push_screen(Answered(name, lines))

    def _found(self, words: str | None) -> None:
        self._wanted = words or ""
        self._show()

    def _show(self) -> None:
        found = [file for file in self._files if self._wanted.casefold() in file.name.casefold()]
        table = self.query_one(Table)
        nothing = _("No files yet. e on Bus or Log writes one.")
        table.empty(_("None of {} matches '{}'.").format(len(self._files), self._wanted) if self._wanted else nothing)
        table.show([self._row(file) for file in found])
        total = size(sum(file.size for file in found))
        title = f"/ {self._wanted}" if self._wanted else _("Files")
        self.query_one("#files-pane", Pane).head(
            title, plural("{} file · {}", "{} files · {}", len(found)).format(len(found), total)
        )

    def _row(self, file: File) -> Row:
        now = self.dashboard.now()
        at = when(file.changed, now, self.dashboard.call.zone)
        cells = (
            line((at, "grey")),
            line((file.kind, "grey")),
            line(size(file.size)),
            line(file.name),
            line((ago(file.changed, now), "grey")),
        )
        return Row(file.name, cells)


def size(octets: int) -> str:
    """`41 kB`."""
    for unit, step in STEPS:
        if octets >= step:
            return f"{octets // step}.{octets % step * 10 // step} {unit}"
    return f"{octets} B"
