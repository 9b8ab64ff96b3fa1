"""A list to choose from, over the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.draw import line
from tui.text import _
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table

COLUMNS: Final = (Column("choice", 24, most=40), Column("note", 30, most=80))


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list."""

    key: str
    title: str
    note: str = ""


class Choose(ModalScreen[str | None]):
    """The key that was chosen; None where it was left."""

    CSS_PATH = "choose.tcss"
    note: ClassVar[str] = _("enter takes, esc leaves")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", _("back"))]

    def __init__(self, title: str, choices: Sequence[Choice], now: str = "") -> None:
        super().__init__()
        self._heading = title
        self._choices = choices
        self._now = now
        self._ticked: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Title and list."""
        with Vertical(id="choose"):
            yield Pane(Table(COLUMNS, head=False, id="choices"), id="choose-pane")

    def on_mount(self) -> None:
        """The present one has the cursor."""
        self.query_one(Pane).head(self._heading, self.note)
        table = self.query_one(Table)
        table.styles.height = len(self._choices)
        table.show([Row(one.key, (line(one.title), line((one.note, "grey")))) for one in self._choices])
        table.move_to(self._now)
        table.mark(self._ticked)
        table.focus()

    @on(Table.Opened)
    def _taken(self, message: Table.Opened) -> None:
        self.dismiss(message.row.key)


class Tick(Choose):
    """Several of them: `space` ticks, `enter` takes; the keys that are ticked, joined by commas."""

    note = _("space ticks, enter takes")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", _("tick"))]

    def __init__(self, title: str, choices: Sequence[Choice], ticked: Sequence[str]) -> None:
        super().__init__(title, choices)
        self._ticked = frozenset(ticked)

    def action_tick(self) -> None:
        """On or off, and go on."""
        table = self.query_one(Table)
        if table.row is not None:
            table.mark(table.marked ^ {table.row.key})
            table.action_move(1)

    @on(Table.Opened)
    def _taken(self, message: Table.Opened) -> None:
        message.prevent_default()
        self.dismiss(",".join(one.key for one in self._choices if one.key in self.query_one(Table).marked))
