"""The table of meters: rows can be marked, and orders go to the marked ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.text import _
from tui.widgets.table import Table


class MeterTable(Table):
    """Keys of rows are numbers of meters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", _("mark"), id="meters-mark"),
        Binding("asterisk", "mark_all", _("mark all"), show=False, id="meters-mark-all"),
        Binding("u", "mark_none", _("mark none"), show=False, id="meters-mark-none"),
    ]

    @property
    def marked_or_here(self) -> Sequence[str]:
        """The rows that are marked and shown, else the one under the cursor."""
        marked = [row.key for row in self.rows if row.key in self.marked]
        return marked or ([self.row.key] if self.row else [])

    @property
    def marked_or_all(self) -> Sequence[str]:
        """The rows that are marked and shown, else all that are shown."""
        return [row.key for row in self.rows if not self.marked or row.key in self.marked]

    def action_mark(self) -> None:
        """Mark or unmark, and go on."""
        if self.row is not None:
            self.mark(self.marked ^ {self.row.key})
            self.action_move(1)

    def action_mark_all(self) -> None:
        """All that are shown."""
        self.mark(frozenset(row.key for row in self.rows))

    def action_mark_none(self) -> None:
        """None."""
        self.mark(frozenset())
