"""Charts out of cells: bars for amounts, a braille line for states. A missing reading is a gap, never a line.

Each column keeps its lowest and highest value, so that a peak never disappears.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from tui.draw import Line, Piece, line
from tui.text import _
from tui.widgets.marks import EIGHTHS, NONE
from tui.widgets.scale import Scale, scale_of, ticks, written

DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # rows of a braille cell, left and right
GAP_FACTOR: Final = 2.5  # times the usual interval after which a reading counts as missing
TICK_CELLS: Final = 12
Points = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Span:
    """What is shown of time."""

    since: int
    until: int
    zone: ZoneInfo

    def column(self, second: int, columns: int) -> int:
        """Where a moment stands."""
        return min(columns - 1, int((second - self.since) * columns / max(1, self.until - self.since)))


def curve(
    points: Points, span: Span, interval: int, unit: str, cells: int, height: int, word: str = "curve"
) -> list[Line]:
    """A braille line in `height` rows with its axes."""
    scale = scale_of([value for _, value in points])
    margin = _margin(scale, unit)
    columns = max(1, cells - margin - 1)
    rows = max(1, height - 2)
    canvas = _dots(points, span, interval, scale, columns, rows)
    body = [
        line((f"{label:>{margin}}", "grey"), ("┤" if label.strip() else "│", "rule"))
        for label in _labels(scale, unit, rows)
    ]
    pictures = ["".join(chr(0x2800 + dots) if dots else " " for dots in row) for row in canvas]
    lines = [(*axis, Piece(picture, word)) for axis, picture in zip(body, pictures, strict=True)]
    return [*lines, *_feet(span, margin, columns)]


def bars(values: Sequence[float | None], labels: Sequence[str], unit: str, cells: int, height: int) -> list[Line]:
    """A bar for each amount in `height` rows with its axes; `·` where the amount is not known."""
    scale = scale_of([value for value in values if value is not None], from_zero=True)
    margin = _margin(scale, unit)
    each = max(1, (cells - margin - 1) // max(1, len(values)))
    fitting = max(1, cells - margin - 1) // each
    values, labels = values[-fitting:], labels[-fitting:]
    rows = max(1, height - 2)
    lines: list[Line] = []
    for y, label in enumerate(_labels(scale, unit, rows)):
        axis = line((f"{label:>{margin}}", "grey"), ("┤" if label.strip() else "│", "rule"))
        lines.append((*axis, *(_bar(value, scale, rows, rows - 1 - y, each) for value in values)))
    return [*lines, *_bar_feet(labels, margin, each)]


def _bar(value: float | None, scale: Scale, rows: int, row: int, each: int) -> Piece:
    thick = max(1, each - 1) if each > 1 else 1
    blank = " " * (each - thick)
    if value is None:
        return Piece((NONE * min(2, thick) if row == 0 else "").ljust(each), "grey")
    eighths = round(scale.part(value) * rows * 8) - row * 8
    if row == 0 and value > 0:
        eighths = max(1, eighths)
    return Piece(EIGHTHS[max(0, min(8, eighths))] * thick + blank, "data")


def _dots(points: Points, span: Span, interval: int, scale: Scale, columns: int, rows: int) -> list[list[int]]:
    """Braille cells; within one column of dots from the lowest to the highest value, joined to the one before."""
    canvas = [[0] * columns for _ in range(rows)]
    height = rows * 4
    before: tuple[int, int] | None = None  # second and dot of the point before
    for second, value in points:
        if not span.since <= second <= span.until:
            continue
        x = span.column(second, columns * 2)
        y = min(height - 1, max(0, round((1 - scale.part(value)) * (height - 1))))
        joined = before is not None and interval and second - before[0] <= interval * GAP_FACTOR
        _column(canvas, x, y, before[1] if joined and before else y)
        if joined and before:
            _bridge(canvas, span.column(before[0], columns * 2), before[1], x, y)
        before = (second, y)
    return canvas


def _column(canvas: list[list[int]], x: int, y: int, other: int) -> None:
    step = 1 if other >= y else -1
    for row in range(y, other, step) or (y,):
        canvas[row // 4][x // 2] |= DOTS[row % 4][x % 2]
    canvas[y // 4][x // 2] |= DOTS[y % 4][x % 2]


def _bridge(canvas: list[list[int]], left: int, top: int, right: int, bottom: int) -> None:
    """Between two readings that lie some columns apart."""
    for x in range(left + 1, right):
        y = round(top + (bottom - top) * (x - left) / (right - left))
        canvas[y // 4][x // 2] |= DOTS[y % 4][x % 2]


def _labels(scale: Scale, unit: str, rows: int) -> list[str]:
    """What stands left of each row: labels at round values, the unit under the top one."""
    labels = [""] * rows
    for value in scale.labels:
        labels[round((1 - scale.part(value)) * (rows - 1))] = written(value, scale.step)
    if rows > 2 and not labels[1]:
        labels[1] = unit
    return labels


def _margin(scale: Scale, unit: str) -> int:
    return max(cell_len(unit), *(len(written(value, scale.step)) for value in scale.labels)) + 1


def _feet(span: Span, margin: int, columns: int) -> list[Line]:
    ground = line(" " * margin, ("└" + "─" * columns, "rule"))
    text = [" "] * columns
    now = _("now")
    for second, label in ticks(span.since, span.until, max(2, columns // TICK_CELLS), span.zone):
        start = span.column(second, columns) - len(label) // 2
        if start >= 0 and start + len(label) < columns - len(now) - 1:
            text[start : start + len(label)] = label
    text[columns - len(now) :] = now
    return [ground, line(" " * (margin + 1), ("".join(text), "grey"))]


def _bar_feet(labels: Sequence[str], margin: int, each: int) -> list[Line]:
    ground = line(" " * margin, ("└" + "─" * (each * len(labels)), "rule"))
    every = -(-3 // each)
    room = each * len(labels)
    shown = "".join(label.ljust(each * every) for label in labels[::every])[:room]
    return [ground, line(" " * (margin + 1), (shown, "grey"))]
