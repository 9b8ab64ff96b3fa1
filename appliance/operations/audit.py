"""Orders about the audit trail (operations.md §12)."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from typing import Final

from appliance.errors import Kind, RefusedError
from appliance.operations.answer import Answer, Cell, Table
from appliance.operations.arguments import Count
from appliance.operations.call import Call
from appliance.operations.moment import Moment
from appliance.operations.operation import operation
from appliance.security.books import AuditRow

MONTH: Final = timedelta(days=31)
SHOWN: Final = "number time who door source what old new result"
FORMULAS: Final = ("=", "+", "-", "@", "\t")  # what a spreadsheet would carry out


class Form(StrEnum):
    """Of an export."""

    CSV = "csv"
    JSON = "json"


@operation("audit list", level=3, also="show audit")
def audit_list(call: Call, *, since: Moment | None = None, user: str = "", count: Count = 50) -> Answer:
    """Who ordered what, from where, old and new value, result."""
    begin = since.at(call.now(), call.zone) if since else call.now() - MONTH
    rows = call.parts.doorkeeper.audit.newest(begin, user, count)
    return Answer(table=Table.of(SHOWN, [_cells(call, row) for row in rows], right="number"))


@operation("show changes", level=3)
def show_changes(call: Call) -> Answer:
    """Last setting changes with who and when."""
    newest = call.parts.doorkeeper.audit.newest(call.now() - MONTH, "", 1000)
    rows = [row for row in newest if row.act.what.startswith(("set ", "unset ")) and row.act.old != row.act.new]
    cells = [(_time(call, row), row.act.who, row.act.what.partition(" ")[2], row.act.old, row.act.new) for row in rows]
    return Answer(table=Table.of("time who setting old new", cells))


@operation("audit verify", level=3)
def audit_verify(call: Call) -> Answer:
    """Checks the chain."""
    verdict = call.parts.doorkeeper.audit.verify()
    if verdict.broken is not None:
        raise RefusedError(f"The audit trail was changed: {verdict.sentence}", Kind.STORAGE)
    sentence = f"{verdict.rows} rows from {verdict.first} on, the chain is whole"
    return Answer(lines=(sentence,), data={"rows": verdict.rows, "first": verdict.first, "whole": True})


@operation("audit export", level=3, audited=True, long=True)
def audit_export(call: Call, *, since: Moment | None = None, format_: Form = Form.CSV) -> Answer:
    """Writes the audit log with its hash chain."""
    begin = since.at(call.now(), call.zone) if since else None
    name = f"audit-{call.now():%Y%m%dT%H%M%SZ}.{format_}"
    trail = call.parts.doorkeeper.audit
    rows = (row for row in trail.rows() if begin is None or row.at >= begin)
    with (call.parts.files / name).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        if format_ is Form.CSV:
            table.writerow([*SHOWN.split(), "link"])
        for done, row in enumerate(rows, 1):
            call.report(done, 0)
            if format_ is Form.CSV:
                table.writerow([_harmless(text) for text in _plain(row).values()])
            else:
                file.write(json.dumps(_plain(row), ensure_ascii=False) + "\n")
    return Answer(sentence=name, data={"file": name})


def _plain(row: AuditRow) -> dict[str, object]:
    return {"number": row.number, "time": row.at.isoformat(), **asdict(row.act), "link": row.link}


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def _cells(call: Call, row: AuditRow) -> tuple[object, ...]:
    return row.number, _time(call, row), *asdict(row.act).values()


def _time(call: Call, row: AuditRow) -> Cell:
    return Cell(row.at, f"{row.at.astimezone(call.zone):%Y-%m-%d %H:%M:%S}")
