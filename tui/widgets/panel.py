"""A panel: a title rule over lines. `Sheet` shows facts; `Listing` has a cursor and scrolls.

Lines are made when they are seen, so that a list may be of any length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.draw import EMPTY, Line, Piece, fit, line, width
from tui.text import _
from tui.widgets.lines import Drawn

RULE: Final = "─"
MakeLine = Callable[[int], Line]


def rule(title: str, note: Line, cells: int, *, focused: bool = False) -> Line:
    """`─ Title ───── note ─`"""
    colour = "accent" if focused else "rule"
    left = line((f"{RULE} ", colour), (title, "strong accent" if focused else "strong"), " ") if title else EMPTY
    right = (Piece(" "), *note, Piece(f" {RULE}", colour)) if note else EMPTY
    left = fit(left, min(width(left), max(0, cells - width(right))))
    missing = cells - width(left) - width(right)
    return (*left, Piece(RULE * max(0, missing), colour), *right)


class Sheet(Drawn):
    """Facts under a title rule."""

    DEFAULT_CSS = "Sheet { height: auto; }"

    def __init__(self, title: str = "", **named: Any) -> None:  # noqa: ANN401  # Textual's own: id, classes
        super().__init__(**named)
        self.title = title
        self.note: Line = EMPTY
        self.lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line], *, title: str | None = None, note: Line | None = None) -> None:
        """Draw these, if they differ."""
        head = self.title if title is None else title, self.note if note is None else note
        if (head, tuple(lines)) == ((self.title, self.note), self.lines):
            return
        taller = len(lines) != len(self.lines)
        (self.title, self.note), self.lines = head, tuple(lines)
        self.refresh(layout=taller)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1 + len(self.lines)

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        if y == 0:
            return self.draw(rule(self.title, self.note, cells, focused=self.has_focus), cells)
        return self.draw(self.lines[y - 1] if y <= len(self.lines) else EMPTY, cells)


class Listing(Drawn, can_focus=True):
    """Rows under a title rule and a line of headings, with a cursor."""

    DEFAULT_CSS = "Listing { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
        Binding("j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "move(-1000000)", show=False),
        Binding("end", "move(1000000)", show=False),
        Binding("enter", "choose", _("open"), show=False),
    ]

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, listing: Listing) -> None:
            super().__init__()
            self.listing = listing

        @property
        def control(self) -> Listing:
            return self.listing

    class Chosen(Moved):
        """Enter, or a second click on the row under the cursor."""

    def __init__(self, title: str = "", empty: str = "", **named: Any) -> None:  # noqa: ANN401  # Textual's own
        super().__init__(**named)
        self.title = title
        self.note: Line = EMPTY
        self.heading: Line | None = None
        self.empty = empty
        self.count = 0
        self.cursor = 0
        self.top = 0
        self._make: MakeLine = _nothing

    def show(
        self,
        count: int,
        make: MakeLine,
        *,
        note: Line | None = None,
        title: str | None = None,
        cursor: int | None = None,
    ) -> None:
        """Draw `count` rows, each made when it is seen."""
        self.count, self._make = count, make
        self.note = self.note if note is None else note
        self.title = self.title if title is None else title
        self.move_to(self.cursor if cursor is None else cursor, tell=cursor is not None)
        self.refresh()

    @property
    def at_end(self) -> bool:
        """The cursor stands on the last row."""
        return self.cursor >= self.count - 1

    @property
    def room(self) -> int:
        """Rows that can be seen."""
        return max(0, self.size.height - self._first)

    def move_to(self, row: int, *, tell: bool = True) -> None:
        """Put the cursor there, and scroll so that it is seen."""
        before = self.cursor
        self.cursor = max(0, min(row, self.count - 1))
        room = max(1, self.room)
        self.top = max(self.cursor - room + 1, min(self.top, self.cursor), 0)
        self.top = max(0, min(self.top, self.count - room))
        self.refresh()
        if tell and (self.cursor != before):
            self.post_message(self.Moved(self))

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        if y == 0:
            return self.draw(rule(self.title, self.note, cells, focused=self.has_focus), cells)
        if y == 1 and self.heading is not None:
            return self.draw(self.heading, cells)
        row = self.top + y - self._first
        if self.count == 0 and y == self._first:
            return self.draw(line((f" {self.empty}", "grey")), cells)
        if row >= self.count:
            return self.draw(EMPTY, cells)
        return self.draw(self._make(row), cells, cursor=row == self.cursor)

    def action_move(self, rows: int) -> None:
        """Up and down."""
        self.move_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        """As many rows as are seen."""
        self.move_to(self.cursor + pages * max(1, self.room - 1))

    def action_choose(self) -> None:
        """Go into the row."""
        if self.count:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        """Select; a second click opens."""
        super().on_click(event)
        row = self.top + event.y - self._first
        if event.y < self._first or row >= self.count:
            return
        if row == self.cursor and event.chain > 1:
            self.action_choose()
        else:
            self.move_to(row)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        event.stop()
        self.move_to(self.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        event.stop()
        self.move_to(self.cursor - 3)

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self.move_to(self.cursor, tell=False)

    def on_focus(self) -> None:
        """The rule says so."""
        self.refresh()

    def on_blur(self) -> None:
        """The rule says so."""
        self.refresh()

    @property
    def _first(self) -> int:
        return 1 if self.heading is None else 2


def _nothing(row: int) -> Line:
    return EMPTY
