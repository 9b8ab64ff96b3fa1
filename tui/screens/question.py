"""A question before harm is done: the sentence, `y` or `n`."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.draw import EMPTY, Piece, line, pressing
from tui.text import _
from tui.widgets.lines import Lines
from tui.widgets.paragraphs import Paragraphs


class Question(ModalScreen[bool]):
    """True for yes; anything else is no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", _("yes")),
        Binding("n,escape,q", "answer(False)", _("no")),
    ]

    def __init__(self, *sentences: str) -> None:
        super().__init__()
        self._sentences = sentences

    def compose(self) -> ComposeResult:
        """A small box over the screen."""
        with Vertical(id="question"):
            yield Paragraphs(*self._sentences)
            yield Lines(
                EMPTY,
                (
                    *pressing("y", line(("y", "strong accent"), (_(" yes"), "grey"))),
                    Piece("   "),
                    *pressing("n", line(("n", "strong accent"), (_(" no"), "grey"))),
                ),
            )

    def action_answer(self, yes: bool) -> None:
        """Done."""
        self.dismiss(yes)
