"""What an order answered, over the screen it was given on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.draw import line
from tui.text import _
from tui.widgets.pane import Pane
from tui.widgets.table import Column, Row, Table


class Answered(ModalScreen[None]):
    """Lines to scroll through; `esc` leaves."""

    CSS_PATH = "answered.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", _("back"))]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._heading = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Title and lines."""
        with Vertical(id="answered"):
            yield Pane(Table((Column("line", 20, most=400),), head=False, id="answer-lines"), id="answered-pane")

    def on_mount(self) -> None:
        """Show them."""
        self.query_one(Pane).head(self._heading, _("esc closes"))
        table = self.query_one(Table)
        table.show([Row(str(number), (line(text),)) for number, text in enumerate(self._lines)])
        table.focus()
