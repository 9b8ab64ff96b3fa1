"""Charts out of cells: bars for amounts, a braille line for states. A missing reading is a gap, never a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from tui.draw import Line, Piece, line
from tui.text import _
from tui.widgets.braille import Canvas
from tui.widgets.marks import EIGHTHS, NONE
from tui.widgets.scale import Scale, scale_of, ticks, written

TICK_CELLS: Final = 12
CURSOR: Final = "┊"
SPARSE: Final = 2  # a second line has a dot in each second column only: not just another colour
Run = Sequence[tuple[int, float]]
"""Second and value of readings without a gap between them."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is shown of time."""

    since: int
    until: int
    zone: ZoneInfo
    ends_now: bool = True

    def column(self, second: int, columns: int) -> int:
        """Where a moment stands."""
        return min(columns - 1, int((second - self.since) * columns / max(1, self.until - self.since)))

    def moment(self, column: int, columns: int) -> int:
        """The middle of a column in time."""
        return self.since + (2 * column + 1) * (self.until - self.since) // (2 * columns)


@dataclass(frozen=True, slots=True)
class Plot:
    """One line of a chart."""

    runs: Sequence[Run]
    unit: str

    def scale(self) -> Scale:
        """Around all its values."""
        return scale_of([value for run in self.runs for _second, value in run])


def plot_width(plot: Plot, cells: int, second: Plot | None = None) -> int:
    """Columns that are left for the lines beside their axes."""
    right = _margin(second.scale(), second.unit) + 1 if second else 0
    return max(1, cells - _margin(plot.scale(), plot.unit) - 1 - right)


def curve(
    plot: Plot, span: Span, cells: int, height: int, *, cursor: int | None = None, second: Plot | None = None
) -> list[Line]:
    """A braille line in `height` rows with its axes, a cursor, and a second line with its scale at the right."""
    scale, rows, columns = plot.scale(), max(1, height - 2), plot_width(plot, cells, second)
    margin = _margin(scale, plot.unit)
    first = _drawn(plot, scale, span, columns, rows)
    other = _drawn(second, second.scale(), span, columns, rows, every=SPARSE) if second else None
    end = _labels(second.scale(), second.unit, rows) if second else [""] * rows
    lines: list[Line] = []
    for y, label in enumerate(_labels(scale, plot.unit, rows)):
        cells_of_row = _merged(first.row(y), other.row(y) if other else " " * columns, cursor)
        lines.append((*_axis(label, margin), *cells_of_row, *_right_axis(end[y], drawn=second is not None)))
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
        lines.append((*_axis(label, margin), *(_bar(value, scale, rows, rows - 1 - y, each) for value in values)))
    return [*lines, *_bar_feet(labels, margin, each)]


def _drawn(plot: Plot, scale: Scale, span: Span, columns: int, rows: int, *, every: int = 1) -> Canvas:
    canvas = Canvas(columns, rows)
    for run in plot.runs:
        seen = [(second, value) for second, value in run if span.since <= second <= span.until]
        dots = [(span.column(s, canvas.width), round((1 - scale.part(v)) * (canvas.height - 1))) for s, v in seen]
        canvas.path(dots, every=every)
    return canvas


def _merged(first: str, second: str, cursor: int | None) -> Line:
    """One row: where both lines have dots, the first one's; the cursor where there are none."""
    pieces: list[Piece] = []
    for column, (one, other) in enumerate(zip(first, second, strict=True)):
        text, style = (one, "curve") if one != " " else (other, "second")
        if column == cursor:
            text, style = (CURSOR, "accent") if text == " " else (text, "accent")
        if pieces and pieces[-1].style == style:
            pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + text)
        else:
            pieces.append(Piece(text, style))
    return tuple(pieces)


def _axis(label: str, margin: int) -> Line:
    return line((f"{label:>{margin}}", "grey"), ("┤" if label.strip() else "│", "rule"))


def _right_axis(label: str, *, drawn: bool) -> Line:
    return line(("├" if label.strip() else "│", "rule"), (f"{label} ", "grey")) if drawn else ()


def _bar(value: float | None, scale: Scale, rows: int, row: int, each: int) -> Piece:
    thick = max(1, each - 1) if each > 1 else 1
    blank = " " * (each - thick)
    if value is None:
        return Piece((NONE * min(2, thick) if row == 0 else "").ljust(each), "grey")
    eighths = round(scale.part(value) * rows * 8) - row * 8
    if row == 0 and value > 0:
        eighths = max(1, eighths)
    return Piece(EIGHTHS[max(0, min(8, eighths))] * thick + blank, "data")


def _labels(scale: Scale, unit: str, rows: int) -> list[str]:
    """What stands beside each row: labels at round values, the unit under the top ones."""
    labels = [""] * rows
    for value in scale.labels:
        labels[round((1 - scale.part(value)) * (rows - 1))] = written(value, scale.step)
    free = next((row for row in range(1, rows) if not labels[row]), None)
    if free is not None and rows > 2:
        labels[free] = unit
    return labels


def _margin(scale: Scale, unit: str) -> int:
    return max(cell_len(unit), *(len(written(value, scale.step)) for value in scale.labels)) + 1


def _feet(span: Span, margin: int, columns: int) -> list[Line]:
    ground = line(" " * margin, ("└" + "─" * columns, "rule"))
    text = [" "] * columns
    end = _("now") if span.ends_now else ""
    for second, label in ticks(span.since, span.until, max(2, columns // TICK_CELLS), span.zone):
        start = span.column(second, columns) - len(label) // 2
        if start >= 0 and start + len(label) < columns - len(end) - 1:
            text[start : start + len(label)] = label
    text[columns - len(end) :] = end
    return [ground, line(" " * (margin + 1), ("".join(text), "grey"))]


def _bar_feet(labels: Sequence[str], margin: int, each: int) -> list[Line]:
    ground = line(" " * margin, ("└" + "─" * (each * len(labels)), "rule"))
    widest = max((len(label) for label in labels), default=1)
    every = -(-(widest + 1) // each)
    room = each * len(labels)
    shown = "".join(label.ljust(each * every) for label in labels[::every])[:room]
    return [ground, line(" " * (margin + 1), (shown, "grey"))]
