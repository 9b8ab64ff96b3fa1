"""One line asked for, over the screen."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.draw import line
from tui.text import _
from tui.widgets.lines import Lines


class Ask(ModalScreen[str | None]):
    """The text, or None where it was left."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", _("back"))]

    def __init__(self, sentence: str, text: str = "", *, secret: bool = False) -> None:
        super().__init__()
        self._sentence = sentence
        self._text = text
        self._secret = secret

    def compose(self) -> ComposeResult:
        """The sentence over a field."""
        with Vertical(id="ask"):
            yield Lines(line((self._sentence, "strong")))
            yield Input(self._text, password=self._secret, compact=True)

    @on(Input.Submitted)
    def _done(self, message: Input.Submitted) -> None:
        self.dismiss(message.value)
