"""Numbers as marks in one row of cells: gauges and sparklines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from tui.draw import Line, Piece

EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
TALLEST: Final = 7  # eighths, so that rows do not touch
NONE: Final = "·"
Number = Decimal | float | int


def gauge(done: int, of: int, cells: int, word: str = "accent") -> Line:
    """`━━━━━───`."""
    filled = min(cells, round(cells * done / of)) if of > 0 else 0
    return (Piece("━" * filled, word), Piece("─" * (cells - filled), "rule"))


def spark(values: Sequence[Number | None], word: str = "data", *, floor: Number = 0) -> Line:
    """One cell a value; `·` where there is none. The scale begins at `floor`."""
    present = [value for value in values if value is not None]
    most = max(present, default=0)
    return tuple(
        Piece(NONE, "grey") if value is None else Piece(EIGHTHS[_eighths(value, floor, most)], word) for value in values
    )


def _eighths(value: Number, floor: Number, most: Number) -> int:
    span = float(most) - float(floor)
    if span <= 0:
        return 1
    return max(1, round((float(value) - float(floor)) / span * TALLEST))
