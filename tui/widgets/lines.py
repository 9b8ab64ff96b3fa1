"""Lines of text drawn cell by cell: no markup, and only lines that changed are drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.draw import EMPTY, Line, strip_of
from tui.theme import PALETTES, Palette

if TYPE_CHECKING:
    from tui.app import Dashboard


class Drawn(Widget):
    """A widget that draws lines in the colours of the session."""

    @property
    def dashboard(self) -> Dashboard:
        """The session's application."""
        return cast("Dashboard", self.app)

    @property
    def palette(self) -> Palette:
        """Colours of the theme in force."""
        return PALETTES[self.app.theme]

    def draw(self, pieces: Line, cells: int, *, cursor: bool = False) -> Strip:
        """The cells of a line."""
        return strip_of(pieces, self.palette, cells, cursor=cursor, plain=self.dashboard.ascii)

    def on_click(self, event: events.Click) -> None:
        """A piece that leads somewhere leads there; one that stands for a key is that key."""
        to, key = event.style.meta.get("to"), event.style.meta.get("key")
        if to:
            event.stop()
            self.dashboard.go(to)
        elif key:
            event.stop()
            self.dashboard.simulate_key(key)


class Lines(Drawn):
    """A few lines, as many as are shown."""

    DEFAULT_CSS = "Lines { height: auto; }"

    def __init__(self, *lines: Line, **named: Any) -> None:  # noqa: ANN401  # Textual's own: id, classes
        super().__init__(**named)
        self.lines: Sequence[Line] = lines

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these instead; of as many lines, only those that differ."""
        before, self.lines = self.lines, tuple(lines)
        if len(before) != len(self.lines):
            self.refresh(layout=True)
            return
        changed = [y for y, (old, new) in enumerate(zip(before, self.lines, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines)

    def render_line(self, y: int) -> Strip:
        return self.draw(self.lines[y] if y < len(self.lines) else EMPTY, self.size.width)


Draw = Callable[[int], Line]


class OneLine(Lines):
    """A line whose content depends on its width."""

    DEFAULT_CSS = "OneLine { height: 1; }"

    def __init__(self, **named: Any) -> None:  # noqa: ANN401  # Textual's own: id, classes
        super().__init__(EMPTY, **named)
        self._make: Draw = NOTHING

    def make(self, make: Draw) -> None:
        """Draw what `make` gives for a width."""
        self._make = make
        self.show([make(self.size.width)])

    def on_resize(self) -> None:
        """Another width."""
        self.show([self._make(self.size.width)])


NOTHING: Final[Draw] = lambda cells: EMPTY  # noqa: E731  # a value, and the type checker sees its type
