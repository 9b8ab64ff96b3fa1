"""The answer of an operation as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.cells import cell_len

from appliance.operations.answer import Answer, Cell, Column, Table
from tui.draw import safe


def lines_of(answer: Answer) -> list[str]:
    """Its lines, its table below its headings, its sentence."""
    table = list(_table(answer.table)) if answer.table is not None else []
    return [*(safe(one) for one in answer.lines), *table, *([safe(answer.sentence)] if answer.sentence else [])]


def _table(table: Table) -> Iterator[str]:
    rows = [[_text(cell) for cell in row] for row in table.rows]
    widths = [
        max([cell_len(column.title), *(cell_len(row[place]) for row in rows)])
        for place, column in enumerate(table.columns)
    ]
    yield _row([column.title for column in table.columns], table.columns, widths)
    yield from (_row(row, table.columns, widths) for row in rows)


def _row(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    padded = []
    for text, column, width in zip(cells, columns, widths, strict=True):
        blanks = " " * (width - cell_len(text))
        padded.append(blanks + text if column.right else text + blanks)
    return "  ".join(padded).rstrip()


def _text(cell: object) -> str:
    if isinstance(cell, Cell):
        return safe(cell.text)
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:f}" if isinstance(cell, Decimal) else safe(str(cell))
