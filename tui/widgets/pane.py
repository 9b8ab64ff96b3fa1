"""A pane: a title rule over its content. It has no box; the one with the focus has its rule in the accent colour."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from tui.draw import EMPTY, Line, Piece, fit, line, width
from tui.widgets.lines import OneLine


class Rule(OneLine):
    """`─ Title ──────── note ─`."""


class Pane(Vertical):
    """Title at the left, a note at the right, content below."""

    def __init__(self, *children: Widget, title: str = "", note: str = "", **named: Any) -> None:  # noqa: ANN401  # Textual's own: id, classes
        super().__init__(**named)
        self._content = children
        self._title: Line = line(title)
        self._note: Line = line((note, "grey"))
        self._has_focus = False

    def compose(self) -> ComposeResult:
        """The rule over the content."""
        yield Rule()
        yield from self._content

    def on_mount(self) -> None:
        """Draw the rule."""
        self._draw()

    def head(self, title: str | Line, note: str | Line = EMPTY) -> None:
        """Another title, another note."""
        self._title = line(title) if isinstance(title, str) else title
        self._note = line((note, "grey")) if isinstance(note, str) else note
        self._draw()

    def on_descendant_focus(self) -> None:
        """One of the content has the focus."""
        self._has_focus = True
        self._draw()

    def on_descendant_blur(self) -> None:
        """None has it any more."""
        self._has_focus = False
        self._draw()

    def _draw(self) -> None:
        if self.is_attached and self.query(Rule):
            title, note, focus = self._title, self._note, self._has_focus
            self.query_one(Rule).make(lambda cells: rule(title, note, cells, focus=focus))


def rule(title: Line, note: Line, cells: int, *, focus: bool = False) -> Line:
    """The line over a pane."""
    colour = "accent" if focus else "rule"
    head = tuple(piece._replace(style=piece.style or ("strong accent" if focus else "strong")) for piece in title)
    start = (Piece("─ ", colour), *head, Piece(" "))
    end = (Piece(" "), *note, Piece(" ─", colour)) if width(note) else (Piece("─", colour),)
    rest = cells - width(start) - width(end)
    if rest < 1:
        return fit((*start, Piece("─" * max(0, cells - width(start)), colour)), cells)
    return (*start, Piece("─" * rest, colour), *end)
