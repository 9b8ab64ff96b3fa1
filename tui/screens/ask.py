"""A text asked for, over the screen."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.text import _
from tui.widgets.paragraphs import Paragraphs


class Ask(ModalScreen[str | None]):
    """The text, or None where it was left. `way` says below the sentence what to type."""

    CSS_PATH = "ask.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", _("back"))]

    def __init__(self, sentence: str, text: str = "", *, way: str = "", secret: bool = False) -> None:
        super().__init__()
        self._sentences = (sentence, way)
        self._text = text
        self._secret = secret

    def compose(self) -> ComposeResult:
        """The sentences over a field."""
        with Vertical(id="ask"):
            yield Paragraphs(*self._sentences, look="strong")
            yield Input(self._text, password=self._secret, compact=True)

    @on(Input.Submitted)
    def _done(self, message: Input.Submitted) -> None:
        self.dismiss(message.value)
