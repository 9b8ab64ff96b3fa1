"""Answers as text in terminal cells, as JSON with exact digits, as CSV; control characters stay out of all three."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from wcwidth import wcswidth

from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.json_text import json_of
from appliance.operations.signs import steady, without_controls

GAP: Final = "  "
NARROWEST: Final = 4  # cells a column keeps when the window is small
HEAD: Final = 5  # cells a head keeps while only heads give way
CUT: Final = "…"
FORMULA: Final = ("=", "+", "-", "@", "\t")


def text_of(answer: Answer, columns: int | None) -> list[str]:
    """Lines for a person; `columns` is the window's width, None where nothing is to be cut."""
    lines = [without_controls(line) for line in answer.lines]
    if answer.table:
        lines += table_lines(answer.table, columns)
    return lines + [line for part in answer.parts for line in text_of(part, columns)]


def table_lines(table: Table, columns: int | None) -> list[str]:
    """A head line and one line per row; a table without rows has no lines."""
    if not table.rows:
        return []
    rows = [[_cell_text(cell) for cell in row] for row in table.rows]
    heads = [column.title for column in table.columns]
    contents = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    widths = [max(cells(head), content) for head, content in zip(heads, contents, strict=True)]
    if columns is not None:
        widths = fit(widths, contents, columns)
    right = [column.right for column in table.columns]
    return [_line(row, widths, right) for row in (heads, *rows)]


def fit(widths: Sequence[int], contents: Sequence[int], columns: int) -> list[int]:
    """Narrow the widest columns until all fit into the window: first where only the head is wide.

    The first column, which says of what a row is, gives way at last.
    """
    room = columns - len(GAP) * (len(widths) - 1)
    first, *others = _narrowed(widths, [max(HEAD, content) for content in contents], room)
    others = _narrowed(others, [NARROWEST] * len(others), room - min(first, columns // 2))
    return [*_narrowed([first], [NARROWEST], room - sum(others)), *others]


def _narrowed(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """The widest column that is above its least width gives a cell, until all have room."""
    widths = list(widths)
    while sum(widths) > room and (wide := [place for place, width in enumerate(widths) if width > least[place]]):
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def cells(text: str) -> int:
    """Width of a text on a terminal."""
    return max(0, wcswidth(text))


def cut(text: str, width: int) -> str:
    """A text that takes at most `width` cells."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[:-1]
    return text + CUT


def csv_of(answer: Answer) -> list[str]:
    """Comma-separated lines with a head; an answer without a table is one column."""
    table = answer.table or Table.of("answer", [(line,) for line in answer.lines])
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.data():
        writer.writerow([_csv_cell(value) for value in row.values()])
    return target.getvalue().splitlines()


def _cell_text(cell: object) -> str:
    if isinstance(cell, Cell):
        cell = cell.text
    if isinstance(cell, bool):
        cell = "true" if cell else "false"
    return steady(without_controls("" if cell is None else str(cell))).replace("\t", " ")


def _csv_cell(value: object) -> object:
    if isinstance(value, datetime):
        return json.loads(json_of(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        text = without_controls(value)
        return f"'{text}" if text.startswith(FORMULA) else text  # a spreadsheet would run it
    return value


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    pieces = []
    for text, width, at_right in zip(row, widths, right, strict=True):
        shown = cut(text, width)
        blanks = " " * (width - cells(shown))
        pieces.append(blanks + shown if at_right else shown + blanks)
    return GAP.join(pieces).rstrip()
