"""How much fits into a window: below one size everything moves closer together, below another nothing is shown."""

from __future__ import annotations

from typing import Final, NamedTuple

from textual.geometry import Size


class Least(NamedTuple):
    """The smallest window that is large enough, in cells."""

    columns: int
    rows: int

    def is_over(self, size: Size) -> bool:
        """The window is smaller, in columns or in rows."""
        return size.width < self.columns or size.height < self.rows


ROOMY: Final = Least(110, 34)  # two columns, and blank lines between panes
SMALLEST: Final = Least(60, 16)
