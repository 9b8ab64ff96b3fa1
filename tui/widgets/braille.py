"""Dots in cells of two by four."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # rows of a cell, left and right
FIRST: Final = 0x2800


class Canvas:
    """A field of dots; x to the right, y downward."""

    def __init__(self, columns: int, rows: int) -> None:
        self.width, self.height = columns * 2, rows * 4
        self._cells = [[0] * columns for _ in range(rows)]

    def path(self, points: Sequence[tuple[int, int]], *, every: int = 1) -> None:
        """From point to point; of a path with `every` 2 each second column is left out."""
        before: tuple[int, int] | None = None
        for x, y in points:
            if before is None:
                self._dot(x, y, every)
            else:
                self._line(before, (x, y), every)
            before = (x, y)

    def row(self, row: int) -> str:
        """The cells of one row."""
        return "".join(chr(FIRST + dots) if dots else " " for dots in self._cells[row])

    def _line(self, start: tuple[int, int], end: tuple[int, int], every: int) -> None:
        """Steep ones climb in their last column, so that no dot of the way is missing."""
        (left, top), (right, bottom) = start, end
        y = top
        for x in range(left, right):
            y = round(top + (bottom - top) * (x - left) / (right - left))
            self._dot(x, y, every)
        for between in range(min(y, bottom), max(y, bottom) + 1):
            self._dot(right, between, every)

    def _dot(self, x: int, y: int, every: int) -> None:
        if 0 <= x < self.width and 0 <= y < self.height and x % every == 0:
            self._cells[y // 4][x // 2] |= DOTS[y % 4][x % 2]
