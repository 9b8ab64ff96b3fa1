"""A table of rows with a cursor. Only rows that are seen are drawn, and only those that changed are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.draw import EMPTY, Line, Piece, cut_name, fit, line, right
from tui.text import _
from tui.widgets.lines import Drawn

GAP: Final = 2
LEAST: Final = 8  # cells of a column that gives way where the table is narrower than its columns


@dataclass(frozen=True, slots=True)
class Column:
    """Where a cell of each row stands."""

    name: str
    width: int
    title: str = ""
    right: bool = False
    most: int = 0  # cells it may grow to where the table is wider than its columns
    gap: int = GAP  # cells before the next column
    is_name: bool = False  # what tells its texts apart stands at their end


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `key` names it while others come and go."""

    key: str
    cells: tuple[Line, ...]
    under: Line = EMPTY  # a second line, where the table has two a row
    to: str = ""  # address that `enter` leads to
    facts: tuple[str, ...] = field(default=(), compare=False)  # what finding looks through besides


class Table(ScrollView, Drawn, can_focus=True):
    """Rows under a head of columns."""

    DEFAULT_CSS = "Table { height: 1fr; scrollbar-size: 0 0; overflow-x: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("enter", "open_row", _("open"), id="table.open"),
    ]
    cursor = reactive(0, repaint=False)

    @dataclass
    class Opened(Message):
        """`enter` or a double click on a row."""

        table: Table
        row: Row

        @property
        def control(self) -> Table:
            return self.table

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        table: Table
        row: Row | None

        @property
        def control(self) -> Table:
            return self.table

    @dataclass
    class HeadClicked(Message):
        """Somebody wants this order."""

        table: Table
        column: Column

        @property
        def control(self) -> Table:
            return self.table

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        head: bool = True,
        empty: str = "",
        lines_a_row: int = 1,
        margin: int = 1,
        shows_cursor: bool = False,  # also while something else has the focus
        **named: Any,  # noqa: ANN401  # Textual's own: id, classes
    ) -> None:
        super().__init__(**named)
        self.columns = tuple(columns)
        self.rows: Sequence[Row] = ()
        self.marked: frozenset[str] = frozenset()
        self._head = head
        self._empty = line((empty, "grey"))
        self._lines_a_row = lines_a_row
        self._margin = margin
        self._shows_cursor = shows_cursor

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    @property
    def seen(self) -> range:
        """Indices of the rows that are seen."""
        first = int(self.scroll_offset.y) // self._lines_a_row
        return range(first, min(len(self.rows), first + self._room()))

    def set_columns(self, columns: Sequence[Column], *, lines_a_row: int | None = None) -> None:
        """Other columns."""
        self.columns = tuple(columns)
        self._lines_a_row = lines_a_row or self._lines_a_row
        self._measure()
        self.refresh()

    def show(self, rows: Sequence[Row]) -> None:
        """These rows; the cursor stays on the row it is on, wherever that goes."""
        before, old = self.row, self.rows
        self.rows = tuple(rows)
        if len(old) != len(self.rows):
            self._measure()
        self._follow(before)
        changed = [i for i in self.seen if i >= len(old) or old[i] != self.rows[i]]
        if len(old) != len(self.rows) or len(changed) * 2 > self._room():
            self.refresh()
        elif changed:
            self.refresh(*(self._region(index) for index in changed))

    def mark(self, keys: frozenset[str]) -> None:
        """Which rows are marked."""
        self.marked = keys
        self.refresh()

    def empty(self, sentence: str) -> None:
        """What stands where there are no rows."""
        self._empty = line((sentence, "grey"))
        if not self.rows:
            self.refresh()

    def move_to(self, key: str) -> None:
        """The cursor onto the row with this key, where there is one."""
        self._set_cursor(next((i for i, row in enumerate(self.rows) if row.key == key), self.cursor))

    def render_line(self, y: int) -> Strip:
        """A line of what is seen."""
        cells = self.size.width
        if self._head:
            if y == 0:
                return self.draw(self._head_line(cells), cells)
            y -= 1
        if not self.rows:
            return self.draw((Piece(" " * self._margin), *self._empty) if y == 0 else EMPTY, cells)
        index, part = divmod(y + int(self.scroll_offset.y), self._lines_a_row)
        if index >= len(self.rows):
            return self.draw(EMPTY, cells)
        row = self.rows[index]
        under_cursor = index == self.cursor and part == 0 and (self.has_focus or self._shows_cursor)
        content = self._row_line(row, cells) if part == 0 else (Piece(" " * (self._margin + GAP)), *row.under)
        return self.draw(content, cells, cursor=under_cursor)

    def action_move(self, step: int) -> None:
        """Up or down."""
        self._set_cursor(self.cursor + step)

    def action_page(self, step: int) -> None:
        """A screenful."""
        self._set_cursor(self.cursor + step * max(1, self._room() - 1))

    def action_first(self) -> None:
        """To the first row."""
        self._set_cursor(0)

    def action_last(self) -> None:
        """To the last row."""
        self._set_cursor(len(self.rows) - 1)

    def action_open_row(self) -> None:
        """Open the row under the cursor."""
        if self.row is not None:
            self.post_message(self.Opened(self, self.row))

    def on_click(self, event: events.Click) -> None:
        """Select; twice opens; a head orders."""
        y = event.y - self._head
        if y < 0:
            column = self._column_at(event.x)
            if column is not None:
                self.post_message(self.HeadClicked(self, column))
            return
        index = (y + int(self.scroll_offset.y)) // self._lines_a_row
        if index < len(self.rows):
            self._set_cursor(index)
            if event.chain > 1:
                self.action_open_row()

    def on_resize(self) -> None:
        """Another size; the row under the cursor stays in sight."""
        self._measure()
        self.call_after_refresh(lambda: self._keep_seen(self.cursor))  # it scrolls by its new height only then

    def on_focus(self) -> None:
        """The cursor is drawn."""
        self.refresh()

    def on_blur(self) -> None:
        """It is drawn where the keys go only."""
        self.refresh()

    def widths(self, cells: int) -> list[int]:
        """Cells of each column; what is left over goes to those that may grow."""
        widths = [column.width for column in self.columns]
        gaps = sum(column.gap for column in self.columns[:-1])
        spare = cells - 2 * self._margin - gaps - sum(widths)
        for index, column in enumerate(self.columns):
            if column.most and spare:
                more = max(min(spare, column.most - column.width), LEAST - column.width)
                widths[index] += more
                spare -= more
        return widths

    def _row_line(self, row: Row, cells: int) -> Line:
        pieces: list[Piece] = [Piece("■" if row.key in self.marked else " ", "accent")] * bool(self._margin)
        for whole, column, room in zip(row.cells, self.columns, self.widths(cells), strict=True):
            cell = cut_name(whole, room) if column.is_name else whole
            pieces += right(cell, room) if column.right else fit(cell, room)
            pieces.append(Piece(" " * column.gap))
        return tuple(pieces[:-1])

    def _head_line(self, cells: int) -> Line:
        pieces: list[Piece] = [Piece(" " * self._margin)]
        for column, room in zip(self.columns, self.widths(cells), strict=True):
            title = line((column.title, "strong grey"))
            pieces += right(title, room) if column.right else fit(title, room)
            pieces.append(Piece(" " * column.gap))
        return tuple(pieces[:-1])

    def _column_at(self, x: int) -> Column | None:
        start = self._margin
        for column, room in zip(self.columns, self.widths(self.size.width), strict=True):
            if start <= x < start + room + column.gap:
                return column
            start += room + column.gap
        return None

    def _set_cursor(self, index: int) -> None:
        index = max(0, min(index, len(self.rows) - 1))
        before, self.cursor = self.cursor, index
        self._keep_seen(index)
        if before != index:
            self.refresh(self._region(before), self._region(index))
            self.post_message(self.Moved(self, self.row))

    def _follow(self, before: Row | None) -> None:
        """Keep the cursor on its row, or near where that was."""
        key = before.key if before else ""
        index = next((i for i, row in enumerate(self.rows) if row.key == key), self.cursor)
        index = max(0, min(index, len(self.rows) - 1))
        if index != self.cursor:
            self.cursor = index
            self._keep_seen(index)
            self.refresh()
        if self.row != before:
            self.post_message(self.Moved(self, self.row))

    def _keep_seen(self, index: int) -> None:
        top, room = int(self.scroll_offset.y) // self._lines_a_row, self._room()
        if index < top:
            self.scroll_to(y=index * self._lines_a_row, animate=False, immediate=True)
        elif index >= top + room:
            self.scroll_to(y=(index - room + 1) * self._lines_a_row, animate=False, immediate=True)

    def _room(self) -> int:
        """Rows that can be seen at once."""
        return max(1, (self.size.height - self._head) // self._lines_a_row)

    def _region(self, index: int) -> Region:
        y = index * self._lines_a_row - int(self.scroll_offset.y) + self._head
        return Region(0, y, self.size.width, self._lines_a_row)

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.rows) * self._lines_a_row + self._head)
