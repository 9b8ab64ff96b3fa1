"""Tables as files of the repository: comma-separated, or one JSON object a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from appliance.operations.call import Call
from appliance.operations.repository import free_name, writing

FORMULAS: Final = ("=", "+", "-", "@", "\t")  # what a spreadsheet would carry out


class Form(StrEnum):
    """Of an export."""

    CSV = "csv"
    JSON = "json"


def write_table(
    call: Call, subject: str, columns: Sequence[str], rows: Iterable[Sequence[object]], form: Form, of: int = 0
) -> str:
    """Write rows, as many as `of` where that is known; the name of the file, which tells its subject and time."""
    name = free_name(call, subject, form)
    with writing(call, name) as file:
        table = csv.writer(file)
        if form is Form.CSV:
            table.writerow(columns)
        for done, row in enumerate(rows, 1):
            call.report(done, of)
            if form is Form.CSV:
                table.writerow([harmless(value) for value in row])
            else:
                file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
    return name


def harmless(value: object) -> object:
    """A text that a spreadsheet takes for a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value
