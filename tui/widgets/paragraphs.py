"""Sentences that are wrapped where their room ends, so that none of them is cut."""

from __future__ import annotations

from typing import Any, Final

from textual.geometry import Size
from textual.strip import Strip

from tui.draw import EMPTY, line, wrapped
from tui.widgets.lines import Lines

MOST: Final = 14  # lines of one sentence: the octets of the longest telegram


class Paragraphs(Lines):
    """Each sentence begins a line of its own."""

    def __init__(self, *sentences: str, look: str = "", **named: Any) -> None:  # noqa: ANN401  # Textual's own: id, classes
        super().__init__(**named)
        self._sentences = sentences
        self._look = look

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._wrapped(width))

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        texts = self._wrapped(cells)
        return self.draw(line((texts[y], self._look)) if y < len(texts) else EMPTY, cells)

    def _wrapped(self, cells: int) -> list[str]:
        return [text for sentence in self._sentences for text in wrapped(sentence, cells, MOST)]
